"""The routes: each reads the request, calls the package or the job queue, and returns a document."""
