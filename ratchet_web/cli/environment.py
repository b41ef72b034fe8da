"""The settings as a person gives them: checked at the start, listed by `--help`."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import ValidationError

from ratchet_web.cli.problems import ProblemError
from ratchet_web.logic.masking import is_secret
from ratchet_web.settings import Settings

PREFIX = str(Settings.model_config["env_prefix"])
# What addresses may hold before their hosts, whatever characters a password has.
CREDENTIALS = re.compile(r"//.*@", re.DOTALL)


@dataclass(frozen=True)
class Variable:
    """One setting: the variable that sets it, its default as text, and one line of help."""

    name: str
    default: str
    help: str
    secret: bool


def variables() -> list[Variable]:
    """Return every setting, in the order of the class."""
    return [
        Variable(
            name=f"{PREFIX}{name}".upper(),
            default="" if field.default is None else str(field.default),
            help=field.description or "",
            secret=is_secret(name, field),
        )
        for name, field in Settings.model_fields.items()
    ]


def read_settings() -> Settings:
    """Return the settings of the environment, the data directory as an absolute path.

    Raises:
        ProblemError: a variable holds what it cannot; one line for each such variable.
    """
    try:
        given = Settings()
    except ValidationError as error:
        raise ProblemError("\n".join(_faults(error))) from error
    places = {name: getattr(given, name) for name in ("data_dir", "files_dir", "web_audit_dir")}
    absolute = {name: path.expanduser().absolute() for name, path in places.items() if path is not None}
    return given.model_copy(update=absolute)


def unknown(environ: Mapping[str, str] = os.environ) -> Iterator[str]:
    """Yield one line for each variable that looks like a misspelt setting."""
    known = [variable.name for variable in variables()]
    for name in environ:
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, known, 1)
            yield f"{name} is no setting" + (f"; did you mean {near[0]}?" if near else ".")


def settings_help() -> str:
    """Return the table of all settings for `--help`."""
    rows = [(f"{variable.name}={variable.default}", variable.help) for variable in variables()]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"  {name:<{width}}  {text}" for name, text in rows)


def _faults(error: ValidationError) -> Iterator[str]:
    secret = {variable.name for variable in variables() if variable.secret}
    for fault in error.errors():
        name = f"{PREFIX}{fault['loc'][0]}".upper()
        shown = "" if name in secret else CREDENTIALS.sub("//…@", f" (it is {fault['input']!r})")
        yield f"{name}: {fault['msg'].removeprefix('Value error, ')}{shown}"
