"""Why this plan: binding limits, rival plans, sensitivity to assumed numbers."""
