"""`python -m tests.bench NAME [--options]`: runs one measurement; the last line is a summary with `"ok"`."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence

from tests.bench import (
    bulk,
    client,
    dashboard,
    dispatch,
    events,
    failures,
    fanout,
    first_view,
    idle,
    json_view,
    live_lag,
    log_viewer,
    million,
    navigation,
    queue,
    soak,
    start,
    throughput,
    timeline,
    typing,
)
from tests.bench.measure import Limit, Measured

BENCHES: dict[str, Callable[[argparse.Namespace], Awaitable[list[Measured]]]] = {
    "first_view": first_view.run,
    "navigation": navigation.run,
    "live_lag": live_lag.run,
    "fanout": fanout.run,
    "start": start.run,
    "dispatch": dispatch.run,
    "throughput": throughput.run,
    "idle": idle.run,
    "events": events.run,
    "bulk": bulk.run,
    "failures": failures.run,
    "client": client.run,
    "million": million.run,
    "json_view": json_view.run,
    "log_viewer": log_viewer.run,
    "typing": typing.run,
    "timeline": timeline.run,
    "queue": queue.run,
    "dashboard": dashboard.run,
    "soak": soak.run,
}
# Only by their names: they take their time.
LONG = frozenset({"soak"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benches that were named; return 1 where a limit was missed."""
    options = parse(arguments)
    missed: list[Limit] = []
    for name in options.names:
        for measured in asyncio.run(BENCHES[name](options)):
            print(json.dumps({"bench": name, **measured.row()}), flush=True)
            missed += measured.missed()
    summary = {"ok": not missed, "missed": [str(limit) for limit in missed]}
    print(json.dumps(summary))
    return 1 if missed else 0


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options; no name means every bench. A name that is none ends the program."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"any of {', '.join(BENCHES)}; default: all but soak"
    )
    parser.add_argument("--rounds", type=int, default=0, help="repetitions; 0: as many as the bench needs")
    parser.add_argument("--seconds", type=float, default=idle.REST_S, help="how long `idle` looks on")
    parser.add_argument(
        "--rows",
        type=int,
        default=million.ROWS,
        help="how many rows `million` and `navigation`, and lines `log_viewer`, look among",
    )
    parser.add_argument(
        "--viewers", type=int, default=0, help="of `live_lag`, `fanout` and `soak`; 0: theirs"
    )
    parser.add_argument("--minutes", type=float, default=soak.MINUTES, help="how long `soak` lasts")
    parser.add_argument("--keep", metavar="DIR", help="where they keep their rows between runs")
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in BENCHES:
            parser.error(f"there is no bench {name!r}: choose from {', '.join(BENCHES)}")
    options.names = options.names or [name for name in BENCHES if name not in LONG]
    return options


if __name__ == "__main__":
    sys.exit(main())
