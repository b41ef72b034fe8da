"""The server's own description (OpenAPI)."""
