"""Tasks as files: `name.js` is the source of the task `name`, `name.json` beside it says the rest.

The `.json` file is an object with any of `version`, `description`, `enabled`, `inputSchema`, `outputSchema`
and `metadata`; without it the task has version 1.0.0 and no schemas. Other files, folders and names that
begin with a dot are left alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from ratchet_web.models.tasks import NewTask
from ratchet_web.server.columns import task_columns
from ratchet_web.server.errors import InvalidError

SOURCE_BYTES, REST_BYTES = 1_000_000, 600_000
FILES_LIMIT = 10_000
_KNOWN = ("version", "description", "enabled", "inputSchema", "outputSchema", "metadata")


class DirectoryError(Exception):
    """The directory cannot be read; the message says what to do."""


class _FileError(Exception):
    """One file cannot be used; the message says why."""


@dataclass(frozen=True)
class Found:
    """One task of the directory: the file's name, and its columns or what is wrong with it."""

    name: str
    path: str
    columns: dict[str, Any] | None = None
    error: str = ""


def read(directory: Path) -> Sequence[Found]:
    """Return all tasks of a directory, by name; one that cannot be used says why.

    Raises:
        DirectoryError: the directory itself cannot be read, or holds too many files.
    """
    try:
        home = directory.resolve(strict=True)
        names = sorted(path.name for path in home.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise DirectoryError(
            f"The tasks directory {directory} cannot be read ({error.strerror}): set RATCHET_TASKS_DIR"
        ) from error
    if len(names) > FILES_LIMIT:
        raise DirectoryError(f"The tasks directory {directory} holds more than {FILES_LIMIT} files")
    sources = {name.removesuffix(".js") for name in names if name.endswith(".js")}
    lost = {name.removesuffix(".json") for name in names if name.endswith(".json")} - sources
    found = [_found(home, name) for name in sources]
    found += [Found(name, f"{name}.js", error=f"{name}.json has no {name}.js beside it") for name in lost]
    return sorted(found, key=lambda task: task.name)


def _found(home: Path, name: str) -> Found:
    path = f"{name}.js"
    try:
        return Found(name, path, _columns(home, name))
    except _FileError as error:
        return Found(name, path, error=str(error))
    except InvalidError as error:
        return Found(name, path, error=f"{name}.json: {error}")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return Found(name, path, error=f"{where}: {first['msg']}")


def _columns(home: Path, name: str) -> dict[str, Any]:
    source = _text(home, f"{name}.js", SOURCE_BYTES)
    if (home / f"{name}.json").is_symlink() or (home / f"{name}.json").exists():
        rest = _rest(f"{name}.json", _text(home, f"{name}.json", REST_BYTES))
    else:
        rest = {}
    return task_columns(NewTask.model_validate({**rest, "name": name, "sourceCode": source}))


def _rest(name: str, text: str) -> dict[str, Any]:
    try:
        rest = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _FileError(f"{name} is not JSON: {error}") from None
    if not isinstance(rest, dict):
        raise _FileError(f"{name} must hold an object")
    for key in rest:
        if key not in _KNOWN:
            raise _FileError(f"{name}: {key[:40]} is not known; known are {', '.join(_KNOWN)}")
    return rest


def _text(home: Path, name: str, limit_bytes: int) -> str:
    try:
        real = (home / name).resolve(strict=True)
        if not real.is_relative_to(home):
            raise _FileError(f"{name} is a link that leads out of the tasks directory")
        if not real.is_file():
            raise _FileError(f"{name} is not a file")
        with real.open("rb") as file:
            content = file.read(limit_bytes + 1)
    except (OSError, RuntimeError) as error:
        raise _FileError(f"{name} cannot be read: {error}") from None
    if len(content) > limit_bytes:
        raise _FileError(f"{name} is too large: at most {limit_bytes // 1000} kB")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise _FileError(f"{name} is not UTF-8") from None
