"""How tasks are listed."""

import sqlalchemy as sa

from ratchet_web.server.store.lists.base import Listing, short
from ratchet_web.server.store.schema import tasks

_T = tasks.c

LISTING = Listing(
    key=_T.id,
    select=sa.select(*(short(c) if c is _T.source_code else c for c in _T)),
    filters={
        "name": lambda value: _T.name == value,
        "name_like": lambda value: _T.name.icontains(value, autoescape=True),
        "enabled": lambda value: _T.enabled == value,
        "version": lambda value: _T.version == value,
        "uuid": lambda value: _T.uuid == value.bytes,
    },
    sorts={
        "id": (_T.id,),
        "name": (sa.func.lower(_T.name), _T.version, _T.id),
        "version": (_T.version, _T.id),
        "enabled": (_T.enabled, _T.id),
        "created_at": (_T.created_at, _T.id),
        "updated_at": (_T.updated_at, _T.id),
    },
)
