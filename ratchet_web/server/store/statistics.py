"""What the query planner knows of the data: without it, rare filters are looked for in the wrong place."""

import sqlalchemy as sa

# Rows looked at in each index: near enough for the planner, and quick at any size.
SAMPLE_ROWS = 1_000


def renew(connection: sa.Connection) -> None:
    """Look at a sample of every index anew."""
    connection.exec_driver_sql(f"PRAGMA analysis_limit = {SAMPLE_ROWS}")
    connection.exec_driver_sql("ANALYZE")
