"""Work that survives being killed: a ledger, results, workers, a Dask cluster."""
