"""Watching one execution: its row, and where it failed."""

import logging
from dataclasses import dataclass
from typing import ClassVar

from pydantic.alias_generators import to_snake

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.live.executions import are_unfinished
from ratchet_web.live.rows import Row, detail_row
from ratchet_web.live.topic import Snapshot, Topic, is_about, is_of
from ratchet_web.logic.failures import ADVICE, WORDS, failure_kind, same_failures
from ratchet_web.logic.stacks import Frame, excerpt, frames, line_text
from ratchet_web.models.base import is_row_id
from ratchet_web.models.dialect import Ability
from ratchet_web.models.executions import Execution, ExecutionQuery, ExecutionStatus
from ratchet_web.models.monitoring import Change
from ratchet_web.models.tasks import TaskVersion

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExecutionDetail(Topic):
    """`executions/12`: one execution with everything that is not too long.

    `about.failure` says where and how it failed; `about.input_changed` whether a retry has another input than
    what it retries, None where nobody knows.
    """

    NOUN: ClassVar = "executions"
    id: str

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By its own changes, and where it failed by those of its task: the source may be another then."""
        if is_about(change, "tasks"):
            return bool(last.about.get("failure")) and last.rows[0]["task_id"] == change.id
        return is_of(change, self.NOUN, self.id)

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the execution."""
        execution = await api.executions.head(self.id)
        about: Row = {}
        if execution.status is ExecutionStatus.FAILED:
            about["failure"] = described(execution, await _source(api, execution))
        if execution.retry_of is not None and execution.job_id is None:
            about["input_changed"] = await _input_changed(api, execution)
        row = detail_row(execution) | _left_out(execution)
        return Snapshot((row,), about, are_unfinished((execution,)))


def _left_out(execution: Execution) -> Row:
    """Return the sizes of the payloads that were not read."""
    return {f"{to_snake(name)}_size": size for name, size in execution.left_out.items()}


async def _source(api: Ratchet, execution: Execution) -> TaskVersion | None:
    """Return what ran; None where nobody can say. Missing lines are not worth a missing page."""
    if execution.task_revision is None or not (await api.dialect()).can(Ability.VERSIONS):
        return None
    try:
        return await api.tasks.version(execution.task_id, execution.task_revision)
    except RatchetError as error:
        logger.info("No source of execution %s: %s (request %s)", execution.id, error, error.request_id)
        return None


async def _input_changed(api: Ratchet, execution: Execution) -> bool | None:
    if "input" in execution.left_out or not is_row_id(execution.retry_of):
        return None
    try:
        before = await api.executions.head(execution.retry_of or "")
    except RatchetError:
        return None
    return None if "input" in before.left_out else before.input != execution.input


def described(execution: Execution, source: TaskVersion | None) -> Row:
    """Return a failure as pages show it.

    `kind`, `word`, `advice`: what it looks like; `same`: the address of others like it, that of their failure
    where the server keeps those (`grouped`); `revision`: of the task that ran; `current`: whether the task is
    still that; `place`: `{line, column, call}` in its source; `lines`: the source there; `frames`: of the
    stack, `{text, line, code}`.
    """
    details = execution.error_details if isinstance(execution.error_details, dict) else {}
    name, stack = details.get("name"), details.get("stack")
    kind = failure_kind(execution.error_message, name if isinstance(name, str) else "")
    found = frames(stack) if isinstance(stack, str) else ()
    place = _place(details, found)
    text = source.source_code if source else ""
    lines = text.split("\n")
    return {
        "kind": kind.value,
        "word": WORDS[kind],
        "advice": ADVICE[kind],
        "same": f"/failures/{execution.fingerprint}" if execution.fingerprint else _same(execution),
        "grouped": execution.fingerprint is not None,
        "revision": execution.task_revision,
        "current": bool(source and source.current),
        "known": bool(text),
        "place": place,
        "lines": [
            {"id": each.number, "text": each.text, "marked": each.marked}
            for each in excerpt(text, place["line"])
        ]
        if text and place
        else [],
        "frames": [
            {"text": frame.text, "line": frame.line, "code": line_text(lines, frame.line) if text else ""}
            for frame in found
        ],
    }


def _place(details: Row, found: tuple[Frame, ...]) -> Row | None:
    """Return where it failed: where the server says, else the innermost frame."""
    line, column = details.get("line"), details.get("column")
    top = next((frame for frame in found if frame.line is not None), None)
    if not isinstance(line, int) or isinstance(line, bool):
        line, column = (top.line, top.column) if top else (None, None)
    if line is None:
        return None
    call = top.call if top is not None and top.line == line else ""
    return {"line": line, "column": column if isinstance(column, int) else None, "call": call}


def _same(execution: Execution) -> str:
    """Return the address of the failures of this task whose error says the same."""
    if not is_row_id(execution.task_id):
        return ""
    query = ExecutionQuery(status=ExecutionStatus.FAILED, task=execution.task_id)
    text = same_failures(execution.error_message)
    return query.address(text=text) if text else query.address()
