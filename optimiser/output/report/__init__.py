"""The report: one page for people, for screen and paper."""
