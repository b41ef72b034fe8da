"""When a schedule runs: a cron expression and the zone whose clock it goes by (assets/cron_builder.jsx)."""

from typing import Any

import reflex as rx
from reflex.vars import Var


class CronBuilder(rx.Component):
    """A cron expression as controls and as text; `told` is what is known of the text of `told.cron`.

    `on_look(text)` hears of what is typed when typing pauses, and of a draft that was restored.
    """

    library = "$/public/cron_builder.jsx"
    tag = "CronBuilder"
    name: Var[str]
    initial: Var[str]
    doc_key: Var[str]
    draft_key: Var[str]
    saved_key: Var[str]
    told: Var[Any]
    error: Var[str]
    on_look: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class ZoneField(rx.Component):
    """A time zone by its IANA name; without an `initial` one that of the browser, which `on_look` is told."""

    library = "$/public/zone_field.jsx"
    tag = "ZoneField"
    name: Var[str]
    initial: Var[str]
    doc_key: Var[str]
    draft_key: Var[str]
    saved_key: Var[str]
    error: Var[str]
    on_look: rx.EventHandler[rx.event.passthrough_event_spec(str)]


cron_builder, zone_field = CronBuilder.create, ZoneField.create
