"""How to run a task from elsewhere: the same request for a shell, for Python and for JavaScript."""

import json
import shlex
from collections.abc import Mapping
from pprint import pformat
from textwrap import indent
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import JsonValue

TOKEN = "RATCHET_API_TOKEN"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Request(NamedTuple):
    """A POST with a JSON body; `with_token`: the server wants one."""

    address: str
    body: Mapping[str, JsonValue]
    with_token: bool


def is_local(address: str) -> bool:
    """Return whether an address leads to another server on every machine."""
    return (urlsplit(address).hostname or "") in LOOPBACK


def as_shell_read(address: str, *, with_token: bool) -> str:
    """Return a command for a shell with curl that reads an address."""
    token = f'-H "Authorization: Bearer ${TOKEN}" ' if with_token else ""
    return f"curl --silent --show-error --fail-with-body {token}{shlex.quote(address)}"


def as_shell(request: Request) -> str:
    """Return a command for a shell with curl; the token is that of the environment."""
    token = f'\n  -H "Authorization: Bearer ${TOKEN}" \\' if request.with_token else ""
    # In a document no character of the text means anything to the shell, and no line of it is its end.
    return (
        f"curl --silent --show-error --fail-with-body {shlex.quote(request.address)} \\\n"
        f"  -H 'Content-Type: application/json' \\{token}\n"
        f"  --data-binary @- <<'JSON'\n{_json(request.body)}\nJSON"
    )


def as_python(request: Request) -> str:
    """Return a program for Python 3 that needs nothing installed."""
    token = f'\n    "Authorization": "Bearer " + os.environ["{TOKEN}"],' if request.with_token else ""
    body = pformat(dict(request.body), width=88, sort_dicts=False)
    return (
        f"import json\n{'import os' + chr(10) if request.with_token else ''}"
        "from urllib.request import Request, urlopen\n\n"
        f"body = {body}\n"
        f'headers = {{\n    "Content-Type": "application/json",{token}\n}}\n'
        f"request = Request({request.address!r}, json.dumps(body).encode(), headers)\n"
        "with urlopen(request) as answer:\n"
        '    print(json.load(answer)["data"])'
    )


def as_javascript(request: Request) -> str:
    """Return a module for Node, or a page that may call the server."""
    token = f",\n    Authorization: `Bearer ${{process.env.{TOKEN}}}`" if request.with_token else ""
    return (
        f"const body = {_javascript(request.body)};\n"
        f"const answer = await fetch({json.dumps(request.address)}, {{\n"
        '  method: "POST",\n'
        f'  headers: {{\n    "Content-Type": "application/json"{token},\n  }},\n'
        "  body: JSON.stringify(body),\n});\n"
        "if (!answer.ok) throw new Error(await answer.text());\n"
        "console.log((await answer.json()).data);"
    )


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _javascript(value: Any) -> str:
    """Return a literal; as one, a member of this name would be the prototype and no member."""
    text = _json(value)
    if '"__proto__"' not in text:
        return text
    return f"JSON.parse(\n{indent(json.dumps(json.dumps(value)), '  ')},\n)"
