"""One problem, one plan, the law of escalation, and the independent check of a plan.

`instance` is what is known before the day, `deployment` who stands where, `escalation_law` how a crowd becomes tense or
calm, `harms` what is counted and weighed, `checker` what a deployment must keep; `whatif` is a list of changes to an
instance, `nation` several instances that share pools. Everything is immutable data and pure functions. What is derived
from an instance, such as its `distances`, is computed once and shared while it is in use (`values.derived`).
"""
