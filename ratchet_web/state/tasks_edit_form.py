"""What a person typed of a task: read from the form, compared with what the server has."""

import json
import re
from collections.abc import Container, Iterable, Mapping
from typing import Any, NamedTuple
from zlib import crc32

from pydantic import JsonValue

from ratchet_web.logic.json_text import parsed
from ratchet_web.logic.samples import sample
from ratchet_web.logic.schemas import schema_faults
from ratchet_web.models.tasks import Task

TEXT_LIMIT = 2_000_000
SCHEMAS = ("input_schema", "output_schema")
# In the order of the page, with the names that it gives them.
FIELDS = {
    "name": "Name",
    "version": "Version",
    "description": "Description",
    "source_code": "Source",
    "input_schema": "Input schema",
    "output_schema": "Output schema",
}
ROOT = "schema"
Problems = list[dict[str, Any]]


class Judged(NamedTuple):
    """What keeps a text from being a schema.

    `error` says it in a sentence, and nothing of a good schema, or none at all. Each of the `problems` has
    the path of its place, `properties.a`; where a text stops being JSON the editor itself shows.
    """

    error: str
    problems: Problems


BROKEN = "This holds half of a character (a lone surrogate), which cannot be stored."
_HALF = re.compile("[\\ud800-\\udfff]")
_BASE = re.compile(r"r([1-9][0-9]{0,17})-[0-9a-f]{8}|t[0-9T:.+Z-]{0,40}")


def texts(form: object) -> dict[str, str]:
    """Return the texts of a form that a browser sent, without what is too long to be one."""
    given = form if isinstance(form, dict) else {}
    return {key: text for key, text in given.items() if isinstance(text, str) and len(text) <= TEXT_LIMIT}


def errors_of(form: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with the texts and the schemas of a form, by field."""
    halved = {name: BROKEN for name in FIELDS if is_broken(form.get(name, ""))}
    return halved | {name: error for name in SCHEMAS if (error := judged(form.get(name, "")).error)}


def is_broken(text: str) -> bool:
    """Return whether a text holds half of a surrogate pair, which cannot be sent or stored."""
    return _HALF.search(text) is not None


def are_marked(errors: Mapping[str, str]) -> bool:
    """Return whether one of the fields is said to be wrong, and not just the whole."""
    return any(errors.get(name) for name in FIELDS)


def fields_of(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a draft; its schemas are JSON."""
    fields: dict[str, Any] = {
        "name": form.get("name", "").strip(),
        "version": form.get("version", "").strip(),
        "description": form.get("description", "").strip() or None,
        "source_code": form.get("source_code", ""),
    }
    return fields | {name: parsed(form.get(name, "")) for name in SCHEMAS}


def judged(text: str) -> Judged:
    """Return what is wrong with the text of a schema."""
    try:
        schema = parsed(text)
    except ValueError as error:
        return Judged(f"This is not JSON: {error}", [])
    # The meta-schema is read in no order of its own.
    faults = sorted(schema_faults(schema, ROOT), key=lambda fault: fault.path)
    problems = [{"path": fault.path[len(ROOT) + 1 :], "message": fault.message} for fault in faults]
    return Judged("; ".join(f"{fault.path} {fault.message}" for fault in faults[:3]), problems)


def sample_of(text: str) -> str:
    """Return an input that fits the text of a schema, as JSON; empty where it is no schema."""
    try:
        schema = parsed(text)
    except ValueError:
        return ""
    return "" if schema_faults(schema, ROOT) else sample_text(schema)


def sample_text(schema: JsonValue) -> str:
    """Return an input that fits a schema, as JSON."""
    return pretty(sample(schema))


def pretty(schema: JsonValue) -> str:
    """Return a schema as text, nothing for none."""
    return "" if schema is None else json.dumps(schema, indent=2, ensure_ascii=False)


def shown(task: Task) -> dict[str, str]:
    """Return the fields of a task as the form shows them."""
    named = {"name": task.name, "version": task.version, "description": task.description or ""}
    schemas = {name: pretty(getattr(task, name)) for name in SCHEMAS}
    return {**named, "source_code": task.source_code, **schemas}


def changed(form: Mapping[str, str], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return those fields of a draft that were changed; all where the form does not say."""
    names = form["changed"].split() if "changed" in form else FIELDS
    return {name: value for name, value in fields.items() if name in names}


def base_of(task: Task) -> str:
    """Return what a change to this task is made from: its revision, else the time of its last change.

    A description is no part of a revision, yet nobody may overwrite another one unseen.
    """
    if task.revision:
        return f"r{task.revision}-{crc32((task.description or '').encode(errors='replace')):08x}"
    return f"t{task.updated_at.isoformat()}" if task.updated_at else "t"


def is_base(text: str) -> bool:
    """Return whether `base_of` could have given this."""
    return _BASE.fullmatch(text) is not None


def revision_of(base: str) -> int | None:
    """Return the revision of a base; None where the server counts none."""
    found = _BASE.fullmatch(base)
    return int(found[1]) if found and found[1] else None


def differences(theirs: Task, mine: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return which fields of a change differ from what the server has: `{name, label, theirs, mine}`."""
    # The order of a schema's members means nothing.
    same = {name for name in SCHEMAS if getattr(theirs, name) == mine.get(name)}
    texts_of_mine = {name: pretty(value) if name in SCHEMAS else value or "" for name, value in mine.items()}
    return [
        {"name": name, "label": label, "theirs": text, "mine": texts_of_mine[name]}
        for name, label in FIELDS.items()
        if name in mine and name not in same and (text := shown(theirs)[name]) != texts_of_mine[name]
    ]


def placed(errors: Iterable[Mapping[str, str]], fields: Container[str] = FIELDS) -> dict[str, str]:
    """Return what the server says of fields, `{field, message}`, by the fields of the form.

    What has no field there is said of the whole: `form`.
    """
    found: dict[str, str] = {}
    for each in errors:
        name = named(each["field"])
        place = name if name in fields else "form"
        said = each["message"] if name in (place, "form") else f"{each['field']}: {each['message']}"
        found[place] = f"{found[place]}; {said}" if place in found else said
    return found


def named(field: str) -> str:
    """Return our name of a field that the server names in camel case, without what lies inside it."""
    head = field.split(".")[0]
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in head) or "form"


def in_words(field: str, message: str) -> str:
    """Return what a person can do about a field that breaks its pattern."""
    return {
        "name": "Use letters, digits, - and _; at most 100.",
        "version": "Use a semantic version such as 1.0.0.",
    }.get(field, message)
