"""The day at a glance, alike on terminal, report and orders: who, where, when, how likely disorder is, who is short."""
