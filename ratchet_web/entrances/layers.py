"""Puts the application behind its entrance: what every request, event and worker passes, in its order."""

from collections import Counter
from functools import partial
from pathlib import Path

import reflex as rx
from starlette.applications import Starlette

from ratchet_web.entrances.premises import Premises
from ratchet_web.entrances.ways import WAYS
from ratchet_web.gate import gate
from ratchet_web.live.leftovers import Leftovers
from ratchet_web.live.wire import Straight
from ratchet_web.prefix import Prefix
from ratchet_web.settings import Settings
from ratchet_web.state.services import hubs
from ratchet_web.vitals.events import Events
from ratchet_web.vitals.metrics import Vitals
from ratchet_web.vitals.requests import Requests


def place(app: rx.App, settings: Settings, built: Path) -> None:
    """Let requests come to an application through the way that the settings name; `built` has its pages.

    A request passes the prefix first, then the gate, then what gives it an id and a line, then whatever its
    way has.
    """
    premises, events = Premises(app, settings), Events()
    entrance = WAYS[settings.web_auth](premises)
    told = partial(vitals, app, premises, events)
    requests = partial(Requests, vitals=told, guarded=settings.web_auth != "none")
    outermost = [partial(Prefix, prefix=settings.web_prefix)] if settings.web_prefix else []
    # Reflex takes the innermost first.
    app.api_transformer = [
        Starlette(routes=entrance.routes),
        *entrance.layers,
        requests,
        gate(settings, built),
        *outermost,
    ]
    app.add_middleware(events)
    app.add_middleware(entrance.guard)
    app.register_lifespan_task(entrance.services)
    app.register_lifespan_task(Leftovers(app).run)
    app.register_lifespan_task(settle)


def settle(starlette_app: Starlette) -> None:
    """Do what is left once everything stands; Reflex calls it with its own application at the start."""
    # Around Reflex's layers too: within them each message to a socket costs a task, twice as much.
    layers = starlette_app.middleware_stack or starlette_app.build_middleware_stack()
    starlette_app.middleware_stack = Straight(layers)


def vitals(app: rx.App, premises: Premises, events: Events) -> Vitals:
    """Return how this worker is; asks nobody."""
    here, workers, began_s = hubs(), premises.workers, premises.began.timestamp()
    if here is None:
        return Vitals(started_s=began_s)
    space = app.event_namespace
    return Vitals(
        runs=True,
        redis="unused" if workers is None else "away" if workers.trouble else "ok",
        links=Counter(hub.mode for hub in here),
        viewers=sum(hub.watching for hub in here),
        topics=sum(hub.topics for hub in here),
        sockets=len(space.sid_to_token) if space else 0,
        workers=1 if workers is None else 1 + len(workers.others),
        events=events.count,
        started_s=began_s,
    )
