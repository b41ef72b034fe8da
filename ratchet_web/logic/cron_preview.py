"""What an expression will do, in the words of a page: its sentence, its next runs, what runs beside them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from ratchet_web.logic.cron import CronError, Run, coming, describe, normalise
from ratchet_web.logic.cron_hints import hints
from ratchet_web.logic.cron_load import Timed, due_beside
from ratchet_web.logic.zones import ZoneError, zone_of

RUNS: Final = 10
EXPRESSION_LIMIT, ZONE_LIMIT = 200, 100
NAMED: Final = 3
NOTES: Final = {
    None: "",
    "shifted": "The clock goes forward over the time that was meant: it runs right after.",
    "repeated": "The clock goes back and shows this time once more: it runs again.",
}


class Others(NamedTuple):
    """The other enabled schedules, as far as they were read; `total` counts them, None: nobody knows."""

    known: Sequence[Timed] = ()
    total: int | None = None
    trouble: str = ""


def preview(expression: str, zone: str, now: datetime, others: Others) -> dict[str, Any]:
    """Return what is to be said of an expression in a zone.

    `error` and `field` say what is wrong with the expression, `zone_error` with the zone; without these
    there are `normal`, `words`, `hints`, `runs` as `run_rows` has them, each with `beside`, and `load`.
    """
    told: dict[str, Any] = {"cron": expression, "zone": zone, "error": "", "field": "", "zone_error": ""}
    try:
        normal = normalise(expression)
        told |= {"normal": normal, "words": describe(normal)}
    except CronError as error:
        said = str(error).removeprefix(f"{error.field}: ")
        told |= {"error": said[:1].upper() + said[1:], "field": error.field}
    try:
        zone_of(zone)
    except ZoneError as error:
        told |= {"zone_error": f"{error}"[:1].upper() + f"{error}"[1:]}
    if told["error"] or told["zone_error"]:
        return told
    runs = coming(normal, zone, now, RUNS)
    rows = [{**_row(run), "beside": _named(due_beside(run.at, others.known))} for run in runs]
    return {**told, "hints": hints(normal, now, runs), "runs": rows, "load": _load(others)}


def run_rows(expression: str, zone: str, after: datetime) -> list[dict[str, Any]]:
    """Return the next runs: `at` in UTC, `local` as the zone's clock shows it, `offset`, `note` in words.

    There are none for an expression or a zone that makes no sense here.
    """
    try:
        return [_row(run) for run in coming(normalise(expression), zone, after, RUNS)]
    except (CronError, ZoneError):
        return []


def _row(run: Run) -> dict[str, Any]:
    local = run.local
    seconds = f":{local:%S}" if local.second else ""
    shown = f"{local:%a} {local.day} {local:%b} {local.year}, {local:%H:%M}{seconds}"
    at = run.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return {"at": at, "local": shown, "offset": _offset(local), "note": NOTES[run.note]}


def _offset(local: datetime) -> str:
    shift = local.utcoffset()
    minutes = int(shift.total_seconds() // 60) if shift else 0
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def _named(names: Sequence[str]) -> str:
    """Return whose runs are due at the same minute: how many, and the names of a few."""
    if not names:
        return ""
    more = len(names) - NAMED
    listed = ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"{len(names)} {'other' if len(names) == 1 else 'others'} due then: {listed}"


def _load(others: Others) -> str:
    if others.trouble:
        return f"What else is due is not known: {others.trouble}"
    if not others.known:
        return "No other schedule is enabled."
    count = len(others.known)
    if others.total is not None and others.total <= count:
        each = "one other schedule that is" if count == 1 else f"{count} other schedules that are"
        return f"Held against the {each} enabled."
    of = f" of {others.total}" if others.total is not None else ""
    return f"Held against {count}{of} other schedules that are enabled; those beyond are not looked at."
