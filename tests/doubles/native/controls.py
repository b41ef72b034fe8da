"""A door for tests into a double that runs in another process: `/__double__/…`, counted by nobody."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.doubles.native import answers
from tests.doubles.native.answers import PanicError
from tests.doubles.native.app import Native

AT = "/__double__/"


class Controls:
    """Seeds the double and tells what it counted; everything else goes on to it."""

    def __init__(self, double: Native) -> None:
        self._double = double

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(AT):
            request = Request(scope, receive)
            answer = self._answer(
                scope["path"].removeprefix(AT), await request.body() and await request.json()
            )
            await answer(scope, receive, send)
            return
        try:
            await self._double(scope, receive, send)
        except PanicError:
            await _break_off(send)

    def _answer(self, name: str, sent: Any) -> Response:
        if name == "spent":
            return answers.value(asdict(self._double.spent))
        if name == "requests":
            return answers.value(list(self._double.requests))
        if name == "rows":
            return answers.value(
                [self._add(sent["kind"], dict(sent["fields"])) for _ in range(sent["count"])]
            )
        return answers.empty(404)

    def _add(self, kind: str, fields: dict[str, Any]) -> int:
        if "task_id" in fields:
            fields["task"] = self._double.state.tasks.find(int(fields.pop("task_id")))
        if "queued_at" in fields:
            fields["queued_at"] = datetime.fromisoformat(fields["queued_at"])
        row = getattr(self._double, f"add_{kind}")(**fields)
        return int(row.id)


async def _break_off(send: Send) -> None:
    """Close the connection within an answer: a server that runs elsewhere cannot close it before."""
    head = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]}
    await send(head)
    await send({"type": "http.response.body", "body": b"", "more_body": True})
    raise RuntimeError("the double broke down, as the server would")
