"""An exercise made from a plan's own risks: a simulated day, its injects with branches, and a replay that checks it."""
