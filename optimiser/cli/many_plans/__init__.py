"""Commands about many plans: batches and their runs, nations, the server."""
