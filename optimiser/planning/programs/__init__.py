"""Integer and linear programs: what is asked of a deployment as rows, and solvers run honestly."""
