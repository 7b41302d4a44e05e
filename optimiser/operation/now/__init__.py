"""Advice in the middle of an operation: what is reported, the futures that agree with it, and what to do now."""
