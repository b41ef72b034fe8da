"""How schedules are listed."""

import sqlalchemy as sa

from ratchet_web.server.store.lists.base import Listing
from ratchet_web.server.store.schema import schedules, tasks

_S = schedules.c
ROWS = sa.select(schedules, tasks.c.name.label("task_name")).select_from(
    schedules.outerjoin(tasks, tasks.c.id == _S.task_id)
)
LISTING = Listing(
    key=_S.id,
    select=ROWS,
    filters={
        "name": lambda value: _S.name == value,
        "name_like": lambda value: _S.name.icontains(value, autoescape=True),
        "enabled": lambda value: _S.enabled == value,
        "task_id": lambda value: _S.task_id == value,
    },
    sorts={
        "id": (_S.id,),
        "name": (sa.func.lower(_S.name), _S.id),
        "next_run": (_S.next_run, _S.id),
        "last_run": (_S.last_run, _S.id),
        "enabled": (_S.enabled, _S.id),
        "created_at": (_S.created_at, _S.id),
        "updated_at": (_S.updated_at, _S.id),
    },
)
