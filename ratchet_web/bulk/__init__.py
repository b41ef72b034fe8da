"""Bulk runs: one act on many rows, by the server where it can, else one by one within its budget."""
