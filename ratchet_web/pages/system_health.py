"""`/system`, Health: each component, what it means and what to do when it is not well."""

from typing import Any, NamedTuple

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking, lacking_note
from ratchet_web.components.live import Live
from ratchet_web.components.parts import card, empty_state, facts, failure_notice
from ratchet_web.components.status import health_status
from ratchet_web.components.system import figure
from ratchet_web.components.times import ago

Row = rx.Var[dict[str, Any]]


class Meaning(NamedTuple):
    """A component: its name for people, what it is there for, what to do when it is not well."""

    name: str
    means: str
    remedy: str


COMPONENTS = {
    "database": Meaning(
        "Database",
        "It holds tasks, executions, jobs, schedules and logs. Without it nothing can be read or accepted.",
        "See that its disk has space and its directory can be written, then what the server's log says.",
    ),
    "workers": Meaning(
        "Workers",
        "The processes that run tasks. With fewer of them work waits longer, with none it does not begin.",
        "Lost ones are started anew within seconds. If not: see the free memory, then the server's log.",
    ),
    "queue": Meaning(
        "Queue",
        "It gives waiting work to free workers, the most urgent first.",
        "What waits is kept and not lost. Restart the server; its log says why the queue stood still.",
    ),
    "schedules": Meaning(
        "Schedules",
        "They queue jobs when they are due.",
        "Nothing fires until it is well. Restart the server; each schedule's policy decides of missed times.",
    ),
    "retention": Meaning(
        "Retention",
        "It removes what is kept no longer, so that the database does not grow without end.",
        "Nothing is lost by it, but the disk fills: see its message and the free space.",
    ),
    "disk": Meaning(
        "Disk",
        "The space that the server writes to.",
        "Make room, or keep less: a full disk stops everything that writes.",
    ),
    "memory": Meaning(
        "Memory",
        "The memory of the server's process.",
        "Fewer workers, or less memory for each task, leave more of it.",
    ),
    "registry": Meaning(
        "Task registry",
        "The place from which the server takes task definitions.",
        "Tasks that are known already go on; new ones do not arrive. See that the server reaches it.",
    ),
}
OVERALL = {
    "healthy": "Work is accepted and run.",
    "degraded": "It works, with less than it should have: see below.",
    "unhealthy": "Something that it needs does not work: see below.",
}


def health_tab(live: Live) -> rx.Component:
    """Return the tab."""
    health = live.about["health"].to(dict[str, Any])
    trouble = live.about["trouble"].to(dict[str, Any])["health"].to(dict[str, str])
    return rx.fragment(
        rx.cond(trouble, failure_notice(trouble, trouble["since"])),
        lacking_note(Ability.HEALTH),
        rx.cond(health, rx.el.div(_overall(health), _components(live), class_name="stack spaced")),
    )


def _overall(health: Row) -> rx.Component:
    status, untrue = health["status"].to(str), lacking(Ability.HEALTH)
    told = rx.match(status, *OVERALL.items(), "The server does not say more.")
    words = rx.cond(untrue, "How it really is nobody knows.", told)
    return card(
        "Overall",
        rx.el.div(
            rx.el.p(words),
            facts(
                ("Version", rx.cond(health["version"], health["version"].to(str), "–")),
                ("Up for", figure(health["uptime_seconds"], "seconds")),
                ("Asked", ago(at=health["at"])),
            ),
            class_name="pad-facts",
        ),
        beside=rx.cond(untrue, rx.el.span("Not known", class_name="status"), health_status(status)),
    )


def _components(live: Live) -> rx.Component:
    checks = live.several("health", "checks")
    points = rx.el.ul(rx.foreach(checks, _component), class_name="points")
    none = empty_state("No components", "This server does not say how its parts are.")
    return card("Components", rx.cond(checks.length() > 0, points, none))


def _component(check: Row) -> rx.Component:
    name, status = check["name"].to(str), check["status"].to(str)
    known = COMPONENTS.items()
    title = rx.match(name, *[(key, each.name) for key, each in known], name)
    means = rx.match(name, *[(key, each.means) for key, each in known], "A part of this server.")
    remedy = rx.match(
        name, *[(key, each.remedy) for key, each in known], "The server's log says more about it."
    )
    return rx.el.li(
        rx.el.h3(title),
        health_status(status),
        rx.cond(check["message"], rx.el.p(check["message"].to(str), class_name="said")),
        rx.el.p(means, class_name="dim"),
        rx.cond(status != "healthy", rx.el.p(rx.el.strong("What to do: "), remedy)),
        key=name,
    )
