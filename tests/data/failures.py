"""Failures as they are met in the world, with what differs from run to run: 100 kinds, 5 of each."""

import base64
import json
import random
import string
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

# `Class|message|function that threw`; what stands in braces is made anew for each.
KINDS = Path(__file__).with_name("failures.txt").read_text().splitlines()
# Written without knowledge of the rules, as they are met: a block of lines for each kind.
HELD_OUT = Path(__file__).with_name("failures_held_out.txt").read_text().strip().split("\n\n")

_WORDS = ("name", "items", "customer", "total", "address", "lines", "sku", "price", "country", "state")
_rng = random.Random(20)


def _pick(alphabet: str, length: int) -> str:
    return "".join(_rng.choice(alphabet) for _ in range(length))


def _word() -> str:
    return _rng.choice(_WORDS)


def _n() -> str:
    return str(_rng.randrange(10 ** _rng.randrange(1, 8)))


def _path() -> str:
    return "/" + "/".join((_rng.choice(("var", "srv", "tmp", "home/app")), _word(), f"{_word()}-{_n()}.csv"))


def _host() -> str:
    return f"{_word()}-{_n()}.{_rng.choice(('example.com', 'shop.internal', 'eu.example.org', 'db.local'))}"


def _ip() -> str:
    return ".".join(str(_rng.randrange(256)) for _ in range(4))


def _iso() -> str:
    month, day, hour, second = (_rng.randrange(1, most) for most in (13, 29, 24, 60))
    whole = f"2026-{month:02}-{day:02}T{hour:02}:07:{second:02}"
    return whole + _rng.choice(("Z", f".{_pick(string.digits, 3)}Z", "+02:00"))


def _dur() -> str:
    return _rng.choice(
        (f"{_n()} ms", f"{_n()}ms", "1 second", "30 seconds", "2.5s", "1m30s", "5 minutes", "2 h 10 m")
    )


def _size() -> str:
    return f"{_rng.randrange(2, 900)}{_rng.choice((' KB', ' MB', ' GB', 'MiB', ' bytes', ' kB'))}"


def _json() -> str:
    return json.dumps(
        {
            _word(): _rng.randrange(99),
            "id": str(uuid.UUID(int=_rng.getrandbits(128))),
            _word(): [1, 2, _word()],
        }
    )


def _date_de() -> str:
    return (
        f"{_rng.randrange(1, 29)}.{_rng.randrange(1, 13)}.2026 {_rng.randrange(24)}:{_rng.randrange(10, 60)}"
    )


def _http_date() -> str:
    day, month = _rng.choice(("Mon", "Tue", "Sun")), _rng.choice(("Jan", "May", "Nov"))
    return f"{day}, {_rng.randrange(10, 29)} {month} 2026 {_rng.randrange(10, 24)}:12:07 GMT"


def _jwt() -> str:
    parts = (base64.urlsafe_b64encode(_rng.randbytes(n)).decode().rstrip("=") for n in (27, 60, 32))
    return "eyJ" + ".".join(parts)


_BASE62 = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
MADE: dict[str, Callable[[], str]] = {
    "fixed": lambda: "",
    "word": _word,
    "camel": lambda: "undefined",
    "char": lambda: _rng.choice("<}]x,"),
    "text": lambda: f"{_word()} {_word()} {_n()}",
    "n": _n,
    "ip": _ip,
    "ip6": lambda: ":".join(_pick(_HEX, 4) for _ in range(8)),
    "port": lambda: str(_rng.choice((80, 443, 5432, 6379, 8080, 27017))),
    "host": _host,
    "path": _path,
    "relpath": lambda: f"{_word()}/2026/{_n()}.tar.gz",
    "urlpath": lambda: f"/v1/{_word()}/{_n()}?page={_n()}",
    "url": lambda: f"https://{_host()}/v1/{_word()}/{_n()}?q={_word()}&p={_n()}",
    "dur": _dur,
    "ms": _n,
    "status": lambda: _rng.choice(("500", "502", "503")),
    "uuid": lambda: str(uuid.UUID(int=_rng.getrandbits(128), version=4)),
    "hex24": lambda: _pick(_HEX, 24),
    "hex32": lambda: _pick(_HEX, 32),
    "hex64": lambda: _pick(_HEX, 64),
    "sha": lambda: _pick(_HEX, _rng.choice((7, 8, 40))),
    "upper3": lambda: _pick(string.ascii_uppercase, 3),
    "upper16": lambda: _pick("0123456789ABCDEF", 16),
    "token": lambda: f"sk_live_{_pick(_BASE62, 24)}",
    "jwt": _jwt,
    "b64": lambda: base64.b64encode(_rng.randbytes(48)).decode(),
    "email": lambda: f"{_word()}.{_word()}{_n()}@{_word()}.example.com",
    "pod": lambda: f"checkout-{_pick(_HEX, 10)}-{_pick('bcdfghjklmnpqrstvwxz2456789', 5)}",
    "cus": lambda: f"cus_{_pick(_BASE62, 14)}",
    "money": lambda: f"EUR {_n()}.{_pick(string.digits, 2)}",
    "iso": _iso,
    "msgid": lambda: f"<{_pick(_HEX, 8)}.{_n()}@mail.example.com>",
    "size": _size,
    "mib": lambda: f"{_rng.choice((64, 128, 256, 512))}Mi",
    "pct": lambda: f"{_rng.randrange(1, 100)}%",
    "date_de": _date_de,
    "http_date": _http_date,
    "batch": lambda: f"{_word()[:0]}2026-11-{_rng.randrange(10, 30)}-{_pick(_HEX, 6)}",
    "list": lambda: ", ".join(_n() for _ in range(_rng.randrange(2, 12))),
    "json": _json,
    "quoted": lambda: f"“{_word()} {_word()}”",
}


def made(text: str) -> str:
    """Return a text with each of its braces filled anew."""
    found = text
    for name, make in MADE.items():
        while f"{{{name}}}" in found:
            found = found.replace(f"{{{name}}}", make(), 1)
    return found.replace("{{", "{").replace("}}", "}")


def corpus() -> list[tuple[int, str, dict[str, Any]]]:
    """Return `(kind, message, details)` of 500 failures; the kind is what they are to be grouped by."""
    return [(kind, *_failure(*map(made, _parts(line)))) for kind, line in enumerate(KINDS) for _ in range(5)]


def held_out() -> list[tuple[int, str, dict[str, Any]]]:
    """Return `(kind, message, details)` of failures of other shapes than those of `corpus`."""
    return [
        (kind, *_failure(*_parts(line))) for kind, block in enumerate(HELD_OUT) for line in block.splitlines()
    ]


def _parts(line: str) -> tuple[str, str, str]:
    (name, _, rest), call = line.rpartition("|")[0].partition("|"), line.rpartition("|")[2]
    return name, rest, call


def _failure(name: str, message: str, call: str) -> tuple[str, dict[str, Any]]:
    line = _rng.randrange(1, 400)
    stack = (
        f"{name}: {message}\n    at {call} (task.js:{line}:{_rng.randrange(80)})\n    at main (task.js:3:1)"
    )
    details = {
        "name": name,
        "message": message,
        "stack": stack if call else "",
        "line": line if call else None,
    }
    return f"{name}: {message}", details
