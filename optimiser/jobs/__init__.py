"""Work that survives being killed.

A task is one piece of work. The ledger, one SQLite file, lists tasks with their states and leases them to processes; a
lease ends when its process does. An executor runs calls on its workers: in this process, in processes of this machine,
or on a Dask cluster; a worker that dies takes only its own call with it. Results are files of their own, each whole or
not there. Nothing here knows what the work is: `batch`, `nation` and `web` say that.
"""
