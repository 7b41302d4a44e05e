"""One problem, one plan, the law of escalation, and the independent check of a plan.

`instance` is what is known before the day, `deployment` who stands where, `escalation_law` how a crowd becomes tense or
calm, `checker` what a deployment must keep. Everything is immutable data and pure functions.
"""
