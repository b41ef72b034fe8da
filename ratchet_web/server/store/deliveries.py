"""Deliveries in the store."""

import sqlalchemy as sa

from ratchet_web.server.store.codes import DeliveryCode
from ratchet_web.server.store.schema import deliveries


def insert(connection: sa.Connection, job_id: int, execution_id: int, count: int, now_ms: int) -> None:
    """Let a completed job's output be delivered to each of its `count` destinations."""
    row = {"job_id": job_id, "execution_id": execution_id, "status": DeliveryCode.PENDING}
    times = {"next_at": now_ms, "created_at": now_ms}
    rows = [{**row, **times, "position": position} for position in range(1, count + 1)]
    connection.execute(sa.insert(deliveries), rows)
