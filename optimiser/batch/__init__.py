"""Many cases: from files, tables and sweeps to one table of results."""
