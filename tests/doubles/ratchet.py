"""A small Ratchet in memory behind a scripted transport: a test moves its rows, events and logs."""

import json
from collections import Counter
from typing import Any

import httpx

from tests.doubles.transport import Scripted, Stream, answer

AT = "/api/v1"
STATUSES = ("PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED")
NOUNS = ("executions", "jobs", "schedules", "tasks")


class FakeRatchet:
    """`put` changes a row and announces it. While it is `deaf`, it ignores which rows are asked for."""

    def __init__(self) -> None:
        self.transport = Scripted()
        self.rows: dict[str, dict[str, dict[str, Any]]] = {noun: {} for noun in NOUNS}
        self.capabilities: dict[str, Any] | None = {
            "server": "fake",
            "version": "1.2.3",
            "events": True,
            "logFollow": True,
        }
        self.streams: list[Stream] = []
        self.follows: list[Stream] = []
        self.log: list[dict[str, Any]] = []
        self.log_done = False
        self.deaf = False
        on = self.transport.on
        on(f"{AT}/capabilities", lambda request: self._capable())
        on(f"{AT}/events", lambda request: self._open(self.streams))
        on(f"{AT}/health", lambda request: answer(200, {"status": "healthy", "checks": [{"name": "db"}]}))
        on(f"{AT}/executions/1/logs", self._logs)
        for noun in NOUNS:
            on(f"{AT}/{noun}", lambda request, noun=noun: self._page(noun, request))
            on(f"{AT}/{noun}/stats", lambda request, noun=noun: self._stats(noun))

    def put(self, noun: str, id: str, **fields: Any) -> None:
        kind = "updated" if id in self.rows[noun] else "created"
        self.rows[noun][id] = {**self.rows[noun].get(id, {"id": id}), **fields}
        self.transport.on(f"{AT}/{noun}/{id}", lambda request: answer(200, {"data": self.rows[noun][id]}))
        self.announce(noun, id, kind)

    def delete(self, noun: str, id: str) -> None:
        del self.rows[noun][id]
        self.transport.on(
            f"{AT}/{noun}/{id}", answer(404, {"error": {"message": f"There is no {noun} {id}"}})
        )
        self.announce(noun, id, "deleted")

    def announce(self, noun: str, id: str, kind: str = "updated") -> None:
        for stream in self.streams:
            stream.say("change", {"resource": noun, "id": id, "kind": kind})

    def print(self, *texts: str) -> None:
        fresh = [{"seq": len(self.log) + 1 + n, "text": text} for n, text in enumerate(texts)]
        self.log += fresh
        for follow in self.follows:
            follow.say("lines", {"lines": fresh, "total": len(self.log)}, str(len(self.log)))

    def finish_log(self) -> None:
        self.log_done = True
        for follow in self.follows:
            follow.say("end", {"total": len(self.log)})

    def go_down(self) -> None:
        self.transport.down = httpx.ConnectError("refused")
        for stream in (*self.streams, *self.follows):
            stream.drop()
        self.streams.clear()
        self.follows.clear()

    def come_back(self) -> None:
        self.transport.down = None

    def count(self, path: str) -> int:
        return self.transport.count(AT + path)

    def _capable(self) -> httpx.Response:
        return answer(404) if self.capabilities is None else answer(200, {"data": self.capabilities})

    def _open(self, streams: list[Stream]) -> httpx.Response:
        streams.append(Stream())
        return streams[-1].response()

    def _page(self, noun: str, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        wanted = {
            "status": params.get("status"),
            "jobId": params.get("job_id"),
            "taskId": None if self.deaf else params.get("task_id"),
        }
        is_by_id = "id_in" in params and not self.deaf
        named = params["id_in"].split(",") if is_by_id else self.rows[noun]
        found = [
            row
            for row in self.rows[noun].values()
            if row["id"] in named
            and all(value is None or row.get(name) == value for name, value in wanted.items())
        ]
        found.sort(key=lambda row: int(row["id"]), reverse=params.get("_order") == "DESC")
        page = found[: int(params["limit"])]
        return answer(200, {"data": page, "meta": {"pagination": {"total": len(found)}}})

    def _stats(self, noun: str) -> httpx.Response:
        counts = Counter(str(row.get("status", "")).lower() for row in self.rows[noun].values())
        stats = {f"{status}{noun.capitalize()}": n for status, n in counts.items()}
        return answer(200, {"stats": {**stats, f"total{noun.capitalize()}": len(self.rows[noun])}})

    def counted(self, request: httpx.Request) -> httpx.Response:
        """Answer `/executions/counts`: a test puts it there."""
        task = request.url.params.get("task_id")
        mine = [row for row in self.rows["executions"].values() if task in (None, row.get("taskId"))]
        found = Counter(str(row.get("status", "")) for row in mine)
        return answer(200, {"data": {status.lower(): found[status] for status in STATUSES}})

    def _logs(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        if "follow" in params:
            response = self._open(self.follows)
            fresh = self.log[int(params["after"]) :]
            if fresh:
                self.follows[-1].say("lines", {"lines": fresh, "total": len(self.log)})
            if self.log_done:
                self.follows[-1].say("end", {"total": len(self.log)})
            return response
        start = max(0, len(self.log) - int(params["tail"])) if "tail" in params else int(params["after"])
        lines = self.log[start : start + int(params.get("limit", 5000))]
        return answer(200, {"data": lines, "meta": {"total": len(self.log), "done": self.log_done}})


def body(request: httpx.Request) -> Any:
    return json.loads(request.content)
