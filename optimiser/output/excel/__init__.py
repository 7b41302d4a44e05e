"""Workbooks for people: the template, the plan, the papers."""
