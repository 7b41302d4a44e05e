"""How a crowd becomes tense and calm, and whom and what that harms: constants, what a law must offer, those that ship.

`constants` has every number with unit and source, `escalation_law` what a law sees and answers, `facilitation_law` the
default, `risk_law` the earlier ones, `choice` finds a law by its name.
"""
