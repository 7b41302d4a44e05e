"""The published shapes of documents, as JSON Schema."""
