"""The REST interface of `optimiser serve`: resources, access control, and jobs that survive a restart.

Nothing here decides a result. A request that takes longer makes a job: a task in the ledger, which a worker process
does with the functions that the command line calls; its result is the document that ``--json`` prints. `app` puts the
routes together, `access` and `body_limit` are the middleware in front of them, `job_queue` moves jobs from the ledger
to the workers and back, `server` listens.
"""
