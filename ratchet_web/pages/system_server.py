"""`/system`, Server: which dialect it speaks, what it can do, and what asking it has cost."""

from typing import Any, NamedTuple

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.abilities import Ability
from ratchet_web.components.live import Live
from ratchet_web.components.parts import card, copy_button, number
from ratchet_web.components.status import offered
from ratchet_web.components.system import about as facts_below
from ratchet_web.components.times import instant

Row = rx.Var[dict[str, Any]]


class Words(NamedTuple):
    """An ability: its name for people, and what the console does with it."""

    name: str
    means: str


ABILITIES = {
    Ability.EVENTS: Words("Announces changes", "Pages change as soon as the server does."),
    Ability.LOGS: Words("Keeps logs", "What a task prints can be read, while it runs too."),
    Ability.LOG_SEARCH: Words("Searches logs", "A log is filtered by level and searched to its end."),
    Ability.SOURCE: Words("Gives and takes sources", "Tasks can be read and written here."),
    Ability.CHECK: Words("Checks sources", "A mistake in a source is told before it is saved."),
    Ability.INPUT: Words("Keeps inputs", "A run gets the input that it was given."),
    Ability.ORIGIN: Words("Tells where runs come from", "A run names its job from the beginning."),
    Ability.PROGRESS: Words("Records progress", "A run says how far it is."),
    Ability.WORKERS: Words("Tells of its workers", "What each worker does can be seen."),
    Ability.HEALTH: Words("Checks its health", "What it says of its health is that of its parts."),
    Ability.LAST_RUN: Words("Knows the last firings", "A schedule says when it last fired."),
    Ability.STATISTICS: Words("Counts and measures", "Times and rates come from the server."),
    Ability.CHANGE_JOB: Words("Changes jobs", "A waiting job can be given another time or priority."),
    Ability.DELIVERIES: Words("Tells of deliveries", "Where outputs went, and once more if that is wanted."),
    Ability.QUEUE: Words("Tells how the queue moves", "Each lane shows its oldest wait and its pace."),
    Ability.TEST_DELIVERY: Words("Tries destinations", "A webhook or a file can be tried before it is used."),
    Ability.JOB_DELIVERY: Words("Changes where outputs go", "A waiting job can get other destinations."),
    Ability.RETRY_POLICY: Words("Keeps retry policies", "A job can say how long it waits between attempts."),
    Ability.CHANGE_SCHEDULE: Words("Changes schedules", "A schedule can be edited."),
    Ability.SCHEDULE_OPTIONS: Words(
        "Keeps zones and rules of schedules", "A schedule has a zone, an input, and rules for missed runs."
    ),
    Ability.BULK: Words(
        "Acts on many at once", "Everything that a filter finds can be cancelled or retried."
    ),
    Ability.BULK_PACE: Words("Slows bulk runs down", "What it does to many rows can be held at a pace."),
    Ability.SCHEDULE_DELIVERY: Words(
        "Keeps how schedules retry and deliver", "A schedule gives its jobs a policy and destinations."
    ),
    Ability.VERSIONS: Words("Keeps versions", "Earlier versions of a task can be read and restored."),
    Ability.ACTIVITY: Words("Tells what tasks did of late", "Lists of tasks show runs, rates and times."),
    Ability.SERIES: Words("Keeps figures over time", "The dashboard's charts and comparisons come from it."),
    Ability.DENSITY: Words(
        "Counts executions over time", "Lists count what the filters leave, by status and by time."
    ),
    Ability.SCHEDULE_RUNS: Words(
        "Tells the runs of schedules", "The timeline of the schedules shows what ran, beside what is to come."
    ),
    Ability.SCHEDULE_ACTIVITY: Words(
        "Tells how schedules went", "Schedules show their last runs, how late they were and how many failed."
    ),
    Ability.SCHEDULE_CHANGES: Words(
        "Keeps changes of schedules", "A schedule shows who changed what of it, and when."
    ),
    Ability.PAYLOAD_SEARCH: Words(
        "Looks into inputs and outputs", "Executions can be found by a text in what they were given or gave."
    ),
    Ability.TRY: Words("Runs drafts", "A task can be tried before it is saved."),
    Ability.FAILURES: Words("Judges failures", "What failed in the same way can be ignored or resolved."),
    Ability.PAUSE: Words("Pauses", "The queue, or the jobs of one task, can be held back for a while."),
}
TONGUES = {
    "contract": "Ratchet's published API",
    "native": "The native server's own API, which differs from the published one",
}


def server_tab(about: Row) -> rx.Component:
    """Return the tab."""
    server = about["server"].to(dict[str, Any])
    spent = about["spent"].to(dict[str, Any])
    left = rx.el.div(_dialect(server), _requests(server, spent), class_name="stack")
    return rx.el.div(left, _abilities(server), class_name="columns")


def _dialect(server: Row) -> rx.Component:
    address = server["address"].to(str)
    told = rx.cond(server["name"], server["name"].to(str), "It does not say its name")
    lists = rx.cond(server["graphql"], "GraphQL", "REST")
    link = Live("link").about
    every = rx.fragment(
        "The console looks now and then",
        rx.cond(link["interval_s"], rx.fragment(", now each ", number(link["interval_s"]), " s")),
    )
    events = rx.cond(_cannot(server, Ability.EVENTS), every, "The server announces them (events)")
    return card(
        "Dialect",
        facts_below(
            ("Address", rx.el.span(address, class_name="mono")),
            ("Server", told),
            ("Version", rx.cond(server["version"], server["version"].to(str), "–")),
            ("Speaks", rx.match(server["tongue"].to(str), *TONGUES.items(), server["tongue"].to(str))),
            ("Lists are read by", lists),
            ("Changes are seen by", events),
            ("Workers announced", number(server["workers"])),
        ),
        beside=copy_button(address, "address"),
    )


def _requests(server: Row, spent: Row) -> rx.Component:
    limited = server["limited"].bool()
    free = rx.el.p("This server sets no limit that the console knows of.", class_name="pad dim small")
    return card(
        "Requests by this console",
        facts_below(
            ("REST, since it began", number(spent["rest"])),
            ("GraphQL, since it began", number(spent["graphql"])),
            ("Refused as too many", number(spent["refused"])),
        ),
        rx.cond(limited, _limit(spent), free),
    )


def _limit(spent: Row) -> rx.Component:
    held = rx.fragment("nothing is sent until ", instant(at=spent["held_until"]))
    why = rx.cond(
        spent["for_the_day"],
        "It looks as if the limit of the day is reached: it begins anew at midnight UTC.",
        "It refused a request as one too many, and is left alone for a moment: what it refuses counts too.",
    )
    return rx.fragment(
        facts_below(
            ("Spent today (UTC)", number(spent["rest_today"])),
            (
                "Left today",
                rx.fragment(number(spent["left_today"]), " of ", number(spent["allowed_today"])),
            ),
            ("Held back", rx.cond(spent["held_until"], held, "no")),
        ),
        rx.cond(spent["held_until"], rx.el.p(why, class_name="pad small")),
        rx.el.p(
            "This server answers only so many requests a day, to all its callers together, so the console"
            " keeps to a part of them. When they are used up it stops looking; what people do goes on for"
            " a while. GraphQL is not limited. Health and metrics are asked for at most each 5 minutes.",
            class_name="pad dim small",
        ),
    )


def _abilities(server: Row) -> rx.Component:
    points = [_ability(ability, words, server) for ability, words in ABILITIES.items()]
    return card("What it can do", rx.el.ul(*points, class_name="points"))


def _ability(ability: Ability, words: Words, server: Row) -> rx.Component:
    why = _cannot(server, ability)
    text = rx.cond(why, why, words.means)
    return rx.el.li(rx.el.h3(words.name), offered(~why.bool()), rx.el.p(text, class_name="dim"))


def _cannot(server: Row, ability: Ability) -> Var[str]:
    text = f"({server!s}?.cannot?.{ability.value} ?? '')"
    return Var(text, _var_type=str, _var_data=server._get_all_var_data()).to(str)
