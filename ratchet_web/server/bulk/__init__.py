"""Bulk operations: read from a request, frozen, carried out in the background."""
