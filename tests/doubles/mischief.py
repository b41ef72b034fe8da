"""What a hostile server makes of a true answer. Everything follows from a seed, so that it happens again."""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any, NamedTuple

from tests.doubles.mischief_http import HTTP, Reply, json_reply
from tests.doubles.truths import Told
from tests.support.xss import CORPUS

# No JSON holds half a surrogate pair by itself; this is turned into one when the text is written.
HALF = "\ue000half"
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2**63,
    10**30,
    -(10**400),
    1.7e308,
    "",
    " \n\t ",
    "text",
    "\u0000\u202eevil\u0007",
    HALF,
    "9" * 5_000,
    "x" * 100_000,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999-14:00",
    "2026-01-01T00:00:00",
    "2026-13-45T99:99:99Z",
    -62_135_596_800,
    253_402_300_799_000,
    [],
    {},
    [[]],
    {"a": {"b": [1]}},
    ["a", None, 1],
    "<script>alert(1)</script>",
    "../../etc/passwd",
)
# Ids, times, expressions of cron and the words of lists: without them there is no page to speak of.
WORD = re.compile(r"[\d*/ .-]*|\d{4}-\d\d-\d\dT.*|[A-Z_]+|healthy|object|string|info")
Twist = Callable[[Random, Any], Any]


class Kind(NamedTuple):
    """A way of being hostile. `heavy` ones cost much; `slow` ones only end with a timeout."""

    name: str
    act: Callable[[Random, Told], Reply]
    heavy: bool = False
    slow: bool = False


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value inside a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from places(each, (*path, key))


def put(value: Any, path: tuple[Any, ...], new: Any) -> None:
    """Replace what is at a path."""
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


def one_wrong(random: Random, value: Any) -> Any:
    """Replace up to three values, wherever they are."""
    for _ in range(random.randint(1, 3)):
        found = list(places(value))
        if found:
            put(value, random.choice(found), deepcopy(random.choice(ODD)))
    return value


def all_wrong(odd: Any) -> Twist:
    """Return what puts one odd value into every field but a row's id."""

    def twist(_random: Random, value: Any) -> Any:
        leaves = [
            p for p in places(value) if p[-1] != "id" and p[-1] not in ("data", "items", "meta", "stats")
        ]
        for path in reversed(leaves):
            if not isinstance(path[-1], int):
                put(value, path, deepcopy(odd))
        return value

    return twist


def scripts(random: Random, value: Any) -> Any:
    """Put a script into every text that is no id, no time and no word of a list, and beside each in a key."""
    if isinstance(value, str):
        return random.choice(CORPUS)
    for path in reversed(list(places(value))):
        inner = value
        for key in path:
            inner = inner[key]
        if isinstance(inner, str) and not WORD.fullmatch(inner):
            put(value, path, random.choice(CORPUS))
        elif isinstance(inner, dict) and not {"id", "data", "items"} & {*inner}:
            inner[random.choice(CORPUS)] = random.choice(CORPUS)
    return value


def missing(random: Random, value: Any) -> Any:
    """Leave out some keys, wherever they are."""
    for path in reversed(list(places(value))):
        if not isinstance(path[-1], int) and random.random() < 0.4:
            _drop(value, path)
    return value


def _drop(value: Any, path: tuple[Any, ...]) -> None:
    for key in path[:-1]:
        value = value[key]
    del value[path[-1]]


def unknown(random: Random, value: Any) -> Any:
    """Add keys that nobody knows, those that Python and JavaScript would stumble over among them."""
    strange = (
        "__proto__",
        "constructor",
        "__class__",
        "toString",
        "",
        "ключ",
        "a.b",
        "x" * 1_000,
        "model_config",
    )
    for path in [(), *places(value)]:
        inner = value
        for key in path:
            inner = inner[key]
        if isinstance(inner, dict):
            inner.update({name: deepcopy(random.choice(ODD)) for name in strange})
    return value


def of_lists(change: Callable[[Random, list[Any]], list[Any]]) -> Twist:
    """Return what changes every list in an answer."""

    def twist(random: Random, value: Any) -> Any:
        if isinstance(value, list):
            return change(random, value)
        for path in reversed(list(places(value))):
            inner = value
            for key in path:
                inner = inner[key]
            if isinstance(inner, list):
                put(value, path, change(random, inner))
        return value

    return twist


def totals(random: Random, value: Any) -> Any:
    """Let the totals lie."""
    lies = (-1, 0, 2, 10**15, 10**30, "many", 1.5, True, None, [], 10**400)
    for path in list(places(value)):
        if path[-1] in ("total", "totalPages", "limit", "next", "seq"):
            put(value, path, random.choice(lies))
    return value


def deep_value(depth: int) -> Twist:
    """Return what nests some value."""

    def twist(random: Random, value: Any) -> Any:
        nested: Any = 1
        for _ in range(depth):
            nested = random.choice(([nested], {"a": nested}))
        found = list(places(value))
        if not found:
            return nested
        put(value, random.choice(found), nested)
        return value

    return twist


def another(new: Any) -> Twist:
    """Return what answers something else altogether."""
    return lambda _random, _value: deepcopy(new)


def written(value: Any) -> bytes:
    """Return JSON as a careless server writes it: half surrogate pairs in escapes, no check of numbers."""
    return json.dumps(value).replace(json.dumps(HALF), '"\\ud800 half \\udc00"').encode()


def twisted(twist: Twist) -> Callable[[Random, Told], Reply]:
    """Return what twists the JSON of an answer, or that of its events."""

    def act(random: Random, told: Told) -> Reply:
        if told.events is not None:
            events = [(name, twist(random, deepcopy(value))) for name, value in told.events]
            return sse([(name, written(value)) for name, value in events])
        return json_reply(told.status, written(twist(random, deepcopy(told.value))))

    return act


def sse(events: list[tuple[str, bytes]]) -> Reply:
    """Return a stream of events that ends."""
    body = b"".join(b"event: " + name.encode() + b"\ndata: " + value + b"\n\n" for name, value in events)
    return Reply(200, {"content-type": "text/event-stream"}, body)


def good(_random: Random, told: Told) -> Reply:
    """Tell the truth."""
    return twisted(lambda _random, value: value)(_random, told)


def _many(count: int) -> Twist:
    def change(_random: Random, rows: list[Any]) -> list[Any]:
        if rows and isinstance(rows[0], dict) and "id" in rows[0]:
            return [{**rows[n % len(rows)], "id": str(n + 1)} for n in range(count)]
        return rows

    return of_lists(change)


def _strangers(random: Random, rows: list[Any]) -> list[Any]:
    strange = [
        None,
        7,
        "row",
        [],
        {},
        {"id": None},
        {"id": True},
        {"id": {}},
        {"id": [1]},
        {"id": ""},
        {"id": 1.5},
    ]
    mixed = [*rows, *strange, {"id": "9" * 5_000}, {"id": 10**400}, {"id": HALF}, {"id": "a b/c?d#e"}]
    random.shuffle(mixed)
    return mixed


JSON = (
    Kind("good", good),
    *(Kind(f"one wrong {n}", twisted(one_wrong)) for n in range(6)),
    *(Kind(f"all wrong {n}", twisted(all_wrong(odd))) for n, odd in enumerate(ODD)),
    *(Kind(f"missing {n}", twisted(missing)) for n in range(3)),
    Kind("unknown", twisted(unknown)),
    *(
        Kind(f"another {n}", twisted(another(v)))
        for n, v in enumerate(
            (
                None,
                [],
                {},
                5,
                "text",
                True,
                [None],
                {"data": None},
                {"data": []},
                {"errors": [{"message": " "}]},
                {"data": {}, "errors": "no"},
            )
        )
    ),
    Kind("strange rows", twisted(of_lists(_strangers))),
    Kind("duplicate ids", twisted(of_lists(lambda _random, rows: [*rows, *rows, *reversed(rows)]))),
    Kind("thousand rows", twisted(_many(5_000)), heavy=True),
    *(Kind(f"totals {n}", twisted(totals)) for n in range(3)),
    Kind("nested", twisted(deep_value(150))),
    Kind("nested deeply", twisted(deep_value(900))),
    Kind("scripts", twisted(scripts)),
    Kind("scripts everywhere", twisted(all_wrong(CORPUS[1]))),
)
KINDS = (*JSON, *(Kind(*each) for each in HTTP))
