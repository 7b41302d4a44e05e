"""An exercise on paper: list of injects, role-players, controllers, evaluators, safety; for print and as a workbook."""
