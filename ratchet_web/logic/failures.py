"""Why an execution failed, as far as its error tells: the likely kind, and what to look at first."""

import re
from enum import StrEnum
from typing import Final


class FailureKind(StrEnum):
    """What kind of failure an error looks like."""

    TIMEOUT = "timeout"
    MEMORY = "memory"
    SCHEMA = "schema"
    NETWORK = "network"
    REFUSED = "refused"
    SOURCE = "source"
    INTERRUPTED = "interrupted"
    THROWN = "thrown"
    UNKNOWN = "unknown"


WORDS: Final = {
    FailureKind.TIMEOUT: "Ran out of time",
    FailureKind.MEMORY: "Ran out of memory",
    FailureKind.SCHEMA: "Wrong shape of data",
    FailureKind.NETWORK: "Network",
    FailureKind.REFUSED: "Another service refused",
    FailureKind.SOURCE: "The source does not load",
    FailureKind.INTERRUPTED: "Interrupted",
    FailureKind.THROWN: "Thrown by the task",
    FailureKind.UNKNOWN: "Unknown",
}
ADVICE: Final = {
    FailureKind.TIMEOUT: "See in the log where the time went, then do less at once.",
    FailureKind.MEMORY: "Keep less in memory at once: work in pieces, and let go of what is done with.",
    FailureKind.SCHEMA: "Compare the value with the schema: one of the two is wrong.",
    FailureKind.NETWORK: "Check that the address can be reached from the server; if it can, retry.",
    FailureKind.REFUSED: "Check the address, the token and the limits of the service that was called.",
    FailureKind.SOURCE: "Correct the source at the line that is named; no input makes it run before.",
    FailureKind.INTERRUPTED: "The task is not to blame: retry, if it may run twice.",
    FailureKind.THROWN: "Look at the line and at the input; correct one of them and run it again.",
    FailureKind.UNKNOWN: "The error says little: the log may say more.",
}

# The names that errors have on servers, the ten classes for tasks among them.
_BY_NAME: Final = {
    "TimeLimitError": FailureKind.TIMEOUT,
    "TimeoutError": FailureKind.TIMEOUT,
    "MemoryLimitError": FailureKind.MEMORY,
    "OutputError": FailureKind.SCHEMA,
    "ValidationError": FailureKind.SCHEMA,
    "NetworkError": FailureKind.NETWORK,
    "ServiceUnavailableError": FailureKind.NETWORK,
    "AuthenticationError": FailureKind.REFUSED,
    "AuthorizationError": FailureKind.REFUSED,
    "RateLimitError": FailureKind.REFUSED,
    "HttpError": FailureKind.REFUSED,
    "SyntaxError": FailureKind.SOURCE,
    "Interrupted": FailureKind.INTERRUPTED,
    "WorkerError": FailureKind.INTERRUPTED,
}
# What messages say where no name decides; the first that fits does.
_BY_MESSAGE: Final = (
    (re.compile(r"defines no function main"), FailureKind.SOURCE),
    (re.compile(r"^interrupted\b", re.I), FailureKind.INTERRUPTED),
    (re.compile(r"no answer within|timed? ?out|time limit|deadline exceeded", re.I), FailureKind.TIMEOUT),
    (re.compile(r"out of memory|memory limit|array buffer allocation failed", re.I), FailureKind.MEMORY),
    (
        re.compile(r"fetch failed|ECONN\w+|ENOTFOUND|connection (refused|reset)|dns", re.I),
        FailureKind.NETWORK,
    ),
    (re.compile(r"\bschema\b|does not match|is not of type|required property", re.I), FailureKind.SCHEMA),
)
_NAMED = re.compile(r"^(?:Uncaught )?([A-Za-z_$][\w$]*):")
# Names that say no more than that something was thrown: the message decides.
_PLAIN: Final = frozenset(
    {"Error", "TypeError", "RangeError", "ReferenceError", "DataError", "EvalError", ""}
)
# What is looked for has so many characters at least, and stands among the first so many: the time to find it
# grows with the square of the longest word.
SHORTEST: Final = 5
LOOKED_AT: Final = 500


def failure_kind(message: str | None, name: str = "") -> FailureKind:
    """Return what kind of failure an error is; `name` is that of its class, where the server tells it."""
    text = (message or "").strip()
    if not name and (named := _NAMED.match(text)):
        name = named[1]
    if (known := _BY_NAME.get(name)) is not None:
        return known
    by_message = next((kind for pattern, kind in _BY_MESSAGE if pattern.search(text)), None)
    if by_message is not None and (name in _PLAIN or by_message is FailureKind.NETWORK):
        return by_message
    return FailureKind.THROWN if name or text else FailureKind.UNKNOWN


def title(error: str, message: str, most: int | None = None) -> str:
    """Return what a failure is called, of `most` characters."""
    whole = f"{error}: {message}".strip(": ") or "No message"
    return whole if most is None or len(whole) <= most else f"{whole[: most - 1]}…"


def same_failures(message: str | None) -> str:
    """Return the part of an error's message by which others like it are found: no numbers, no names.

    Empty where nothing telling is left.
    """
    first = (message or "").strip().split("\n", 1)[0][:LOOKED_AT]
    pieces = re.split(r"['\"`][^'\"`]*['\"`]|https?://\S+|\S*\d\S*|\s-\s.*|\0", first)
    longest = max((piece.strip(" :,;.()[]") for piece in pieces), key=len)
    return longest[:100] if len(longest) >= SHORTEST else ""
