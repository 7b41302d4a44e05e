"""Many cases: from files, tables and sweeps to one table of results.

A case is an instance with what is changed in it, a seed and settings. `list_cases` makes cases of what is named on the
command line, `list_grid` of what a program passes. `run_batch` solves them side by side: a driver lists them as tasks
in the ledger of a run's folder, has an executor solve them, and writes each result down when it comes, so that it goes
on after whatever was killed. `export` and `data_frames` make one table of a run, `paired_runs` compares cases with the
same random numbers.
"""
