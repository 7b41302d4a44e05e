"""The law of escalation learned from logs: exact likelihood of days, posterior of constants, and what it changes."""
