"""What went wrong in a task, with the line; V8's own texts are read here and nowhere else."""

import re
from dataclasses import dataclass

SOURCE_NAME = "task.js"
NO_MAIN = "The task defines no function main(input)"
TIME_LIMIT, MEMORY_LIMIT, WORKER_ERROR = "TimeLimitError", "MemoryLimitError", "WorkerError"

_FRAME = re.compile(r"^\s+at ")
_POSITION = re.compile(re.escape(SOURCE_NAME) + r":(\d+):(\d+)")
_LOCATION = re.compile(r"^\S*?:(\d+): ")
_MARKED_LINE = re.compile(r"\n[^\n]*\n([^\n^]*)\^+[^\n]*\n")
_NAMED = re.compile(r"^([A-Za-z_$][\w$]*)(?:: (.*))?$", re.DOTALL)


@dataclass(frozen=True)
class TaskError:
    """Why a task failed. `stack` has only the task's own frames; `line` and `column` count from 1."""

    name: str
    message: str
    stack: str = ""
    line: int | None = None
    column: int | None = None


def thrown(name: str, message: str, stack: str) -> TaskError:
    """Return what the task threw, its position taken from the topmost frame of its own."""
    own = "\n".join(line for line in stack.split("\n") if not _FRAME.match(line) or _POSITION.search(line))
    message = message or own.partition("\n")[0] or name
    position = _POSITION.search(own)
    if position is None:
        return TaskError(name, message)
    return TaskError(name, message, own.strip(), int(position[1]), int(position[2]))


def broken_source(text: str, source: str) -> TaskError:
    """Return what V8 said of a source that does not parse, or that threw while it was loaded.

    V8 writes `file:line: Name: message`, the line, carets below the column, then the stack if there is one.
    """
    place = _LOCATION.match(text)
    marked = _MARKED_LINE.search(text)
    head = text[place.end() if place else 0 : marked.start() if marked else len(text)].strip()
    named = _NAMED.match(head)
    name, message = (named[1], named[2] or "") if named and named[1].endswith("Error") else ("Error", head)
    line = int(place[1]) if place else None
    column = len(marked[1]) + 1 if marked else None
    if line is not None:
        line, column = _inside(source, line, column)
    stack = text[marked.end() :].strip() if marked and name != "SyntaxError" else ""
    if _POSITION.search(stack):
        return thrown(name, message, stack)
    return TaskError(name, message, "", line, column)


def at_function(error: TaskError, function_text: str, source: str) -> TaskError:
    """Return the error placed at the function of this text, where the source has it."""
    start = source.find(function_text) if function_text else -1
    if start < 0:
        return error
    line = source.count("\n", 0, start) + 1
    return TaskError(error.name, error.message, error.stack, line, start - source.rfind("\n", 0, start))


def ran_too_long(timeout_s: float) -> TaskError:
    """Return the error of an execution that reached its time limit."""
    return TaskError(TIME_LIMIT, f"Ran longer than {timeout_s:g} s (limit)")


def used_too_much_memory(memory_mb: int) -> TaskError:
    """Return the error of an execution that reached its memory limit."""
    return TaskError(MEMORY_LIMIT, f"Used more than {memory_mb} MB of memory (limit)")


def _inside(source: str, line: int, column: int | None) -> tuple[int, int | None]:
    """Keep a position within the source: V8 reports an unexpected end at our own last line."""
    lines = source.split("\n")
    return (line, column) if line <= len(lines) else (len(lines), len(lines[-1]) + 1)
