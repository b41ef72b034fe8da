"""The lines of the console's log: for people, or JSON for what collects them. Secrets are in neither."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Final

from typing_extensions import override

from ratchet_web.models.requests import answered

TEXT: Final = "%(levelname)s %(name)s: %(message)s"
EXTRA: Final = ("request_id", "method", "path", "status", "duration_ms", "event")
# Reflex logs the headers and the data of events that it does not understand.
TELLING: Final = re.compile(
    r"""(?i)(["']?(?:cookie|authorization|x-api-key)["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\n]+)"""
)
# What a browser says that its page met: any text, of any length.
FAULT: Final = re.compile(r"(?s)(?<=\[Reflex Frontend Exception\]).*")
SAID_MOST: Final = 4_000
DATA: Final = re.compile(r"(?is)((?:Event data|Failed to deserialize event data|received)\b:?).*")


def of_browser(text: str) -> str:
    """Return a line in which what a browser said cannot pass for lines of ours, nor fill the disk."""
    return FAULT.sub(lambda found: f" {found[0].strip()[:SAID_MOST]!r}", DATA.sub(r"\1 …", text))


def discreet(text: str) -> str:
    """Return a line without cookies, tokens and what a browser sent."""
    return TELLING.sub(r"\1…", text)


class Lines(logging.Formatter):
    """Lines for people."""

    def __init__(self) -> None:
        super().__init__(TEXT)

    @override
    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if record.name.startswith("reflex"):
            text = of_browser(text)
        return discreet(text)


class JsonLines(Lines):
    """One JSON object a line: `time`, `level`, `logger`, `message`, and what is known of the request."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        said = super().format(record)
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": said.removeprefix(f"{record.levelname} {record.name}: "),
        }
        known = {name: value for name in EXTRA if (value := getattr(record, name, None)) is not None}
        if "request_id" not in known and (id := answered()):
            known["request_id"] = id
        return json.dumps(line | known, ensure_ascii=False)


def dress(form: str) -> None:
    """Let everything that this process logs have this form: `text` or `json`."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(JsonLines() if form == "json" else Lines())
