"""How tasks are listed."""

import sqlalchemy as sa

from ratchet_web.server.store.lists.base import (
    Listing,
    among,
    at_least,
    at_most,
    containing,
    equal,
    present,
    short,
)
from ratchet_web.server.store.schema import task_versions, tasks

_T = tasks.c
_VERSIONS = (
    sa.select(sa.func.json_group_array(sa.distinct(task_versions.c.version)))
    .where(task_versions.c.task_id == _T.id)
    .scalar_subquery()
    .label("available_versions")
)
ROWS = sa.select(tasks, _VERSIONS)

LISTING = Listing(
    key=_T.id,
    select=sa.select(*(short(c) if c is _T.source_code else c for c in _T), _VERSIONS),
    filters={
        "id_in": among(_T.id),
        "uuid": lambda value: _T.uuid == value.bytes,
        "name": equal(_T.name),
        "name_like": containing(_T.name),
        "version": equal(_T.version),
        "enabled": equal(_T.enabled),
        "registry_source": equal(_T.registry_source),
        "in_sync": equal(_T.in_sync),
        "has_validation": present(_T.validated_at),
        "created_after": at_least(_T.created_at),
        "created_before": at_most(_T.created_at),
        "updated_after": at_least(_T.updated_at),
        "updated_before": at_most(_T.updated_at),
        "validated_after": at_least(_T.validated_at),
        "validated_before": at_most(_T.validated_at),
    },
    sorts={
        "id": (_T.id,),
        "name": (sa.func.lower(_T.name), _T.version, _T.id),
        "version": (_T.version, _T.id),
        "enabled": (_T.enabled, _T.id),
        "created_at": (_T.created_at, _T.id),
        "updated_at": (_T.updated_at, _T.id),
        "validated_at": (_T.validated_at, _T.id),
        "registry_source": (_T.registry_source, _T.id),
    },
    only=_T.deleted_at.is_(None),
)
