"""The REST interface of `optimiser serve`: what may be asked, who may ask, and jobs that survive a restart.

Nothing here decides a result. A job is a task in the ledger; a worker process does it with the functions that the
command line calls, and its result is the document that ``--json`` prints.
"""
