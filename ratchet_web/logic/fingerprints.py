"""Which failures are the same one: the fingerprint of an error, whatever ids and times stand in its message.

A fingerprint is made of the error's class, its message with all folded that differs from run to run, and
the function in which it was thrown; not of the line, which moves with each change of a source. Errors come
from strangers: what is looked at is bounded, and each pattern takes a bounded number of steps per character.
"""

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from ratchet_web.logic.fingerprints_words import folded_word
from ratchet_web.logic.stacks import frames

# Which rules these are: another number with each change after which an error has another key. A server groups
# anew what it grouped by others.
RULES: Final = 1
# So much of a message and of a stack is looked at, and so much of a folded message is told and compared.
LOOKED_AT: Final = 2_000
STACK_LOOKED_AT: Final = 20_000
TOLD: Final = 300
NAME_CHARS: Final = 80
KEY: Final = re.compile(r"[0-9a-f]{16}")

_NAMED = re.compile(
    r"(?:Uncaught |Unhandled )?((?:[A-Za-z_$][\w$]{0,80}\.){0,8}[A-Za-z_$][\w$]{0,80}"
    r"(?:Error|Exception|Fault)|Error|Interrupted)(?::\s|$)"
)
_STACK_LINE = re.compile(r"\n\s{0,40}(?:at\s|File \"|Traceback|stack backtrace|goroutine \d)")
_PYTHON_FRAME = re.compile(r'File "([^"\n]{1,400})", line \d{1,9}, in ([^\s]{1,200})')
_CALL = re.compile(r"^(?:async |new |Object\.|Promise\.|process\.)+")
_FILE = re.compile(r"[^/\\]{1,200}$")

_UNIT = (
    r"(?:ns|µs|us|ms|msecs?|millis(?:econds?)?|milliseconds?|microseconds?|s|secs?|seconds?|m|mins?|minutes?"
    r"|h|hrs?|hours?|d|days?|weeks?|months?|years?)"
)
_SIZE = r"(?:[kKMGTP]i?B|[kKMGTP]i?b|B|bytes?|octets?|[KMGT]i?bytes?)"
_NUMBER = r"\d[\d.,_]{0,60}(?<=\d)|\d"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )"
_CLOCK = (
    r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[AP]M)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)(?:[+-]\d{4})?)?"
)
_CURRENCY = "EUR|USD|GBP|JPY|CHF|CAD|AUD|NZD|CNY|INR|BRL|MXN|SEK|NOK|DKK|PLN|CZK|HUF|TRY|ZAR"
_MONEY = rf"(?:[€$£¥₹₽₩₺]|(?:{_CURRENCY})(?![A-Za-z]))"
_TOP_LEVEL = (
    "com|org|net|io|dev|app|co|ai|cloud|edu|gov|info|biz|de|uk|fr|nl|eu|ch|at|us|jp|cn|in|br|ru|es|pl|se"
    "|local|internal|lan|corp|home|test|example|invalid|localdomain|svc"
)
_PICTURES = r"\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
# Each kind of thing that differs from run to run, in the order in which they are looked for at a place.
_FOLDED: Final = {
    "url": r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s\"'<>`]{1,1000}(?<![.,;:!?)\]}])",
    "email": r"(?<![\w.+%-])‹?(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}›?",
    # V8 quotes what it could not read without escaping it; of others it says the value bare.
    "said": (
        r"(?<=Unexpected token ).{1,600}?(?= is not valid JSON)|(?<=Invalid currency code : )\S{1,100}"
        r"|(?<=Invalid language tag: )\S{1,100}|(?<=Invalid time zone specified: )\S{1,100}"
        r"|(?<=[Bb]ucket: )[\w.-]{1,63}"
    ),
    "str": (
        r"\"(?:[^\"\\\n]|\\.){0,1000}\"|`[^`\n]{0,1000}`|“[^”\n]{0,1000}”|«[^»\n]{0,1000}»|‘[^’\n]{0,1000}’"
        r"|„[^“”\n]{0,1000}[“”]|»[^«\n]{0,1000}«|「[^」\n]{0,1000}」|『[^』\n]{0,1000}』"
        r"|(?<!\w)'(?:[^'\n]|''|'(?=\w)){0,1000}'(?!\w)"
    ),
    # As Kubernetes names the pod of a message: `api-6bd4f9c9b7-9xk2p_prod(0f3a2b1c-…)`.
    "pod": r"(?<![\w.-])[a-z0-9][a-z0-9.-]{0,252}_[a-z0-9-]{1,63}\([0-9a-f-]{32,36}\)",
    "uuid": (
        r"(?<![0-9A-Za-z])[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9A-Za-z])"
    ),
    "time": (
        rf"(?<!\w)(?:\d{{4}}-\d\d-\d\d(?:[T ]{_CLOCK})?|\d{{4}}/\d\d/\d\d(?: {_CLOCK})?"
        rf"|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}}(?:,? {_CLOCK})?"
        rf"|{_DAY}?{_MONTH} \d{{1,2}},? (?:\d{{4}} ?)?(?:{_CLOCK})?(?: \d{{4}})?"
        rf"|{_DAY}?\d{{1,2}}[ -]{_MONTH}[ -]\d{{4}}(?:[ :]{_CLOCK})?)(?!\w)"
    ),
    "clock": rf"(?<![\w:.]){_CLOCK}(?![\w:])",
    "arn": r"\barn:[a-z-]{1,20}:[a-z0-9-]{0,40}:[a-z0-9-]{0,40}:\d{0,12}:[^\s\"',;)]{1,1000}",
    "image": r"(?<=\bimage )[\w./-]{1,400}[:@][\w.:-]{1,200}(?<!:)",
    "iban": r"(?<!\w)[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)",
    "money": rf"(?<!\w)[-+]?(?:{_MONEY} ?[-+]?(?:{_NUMBER})|(?:{_NUMBER}) ?{_MONEY})(?!\w)",
    "phone": r"(?<![\w+])\+\d{1,3}[ ./-]?(?:\(\d{1,5}\)[ ./-]?)?\d{1,12}(?:[ ./-]\d{1,10}){1,6}(?!\w)",
    "semver": (
        r"(?<![\w.])v?\d{1,9}\.\d{1,9}\.\d{1,9}(?:-[0-9A-Za-z][0-9A-Za-z.-]{0,60}(?<!\.))?"
        r"(?:\+[0-9A-Za-z][0-9A-Za-z.-]{0,60}(?<!\.))?(?!\.?\w)"
    ),
    "addr": (
        r"(?<![\w:-])(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}(?![\w:-])"
        r"|(?<![\w:])(?:[0-9a-fA-F]{0,4}:){2,7}(?:\d{1,3}\.){3}\d{1,3}(?!\w)"
        r"|(?<![\w:])fe80:[0-9a-fA-F:]{2,40}%\w{1,20}"
        r"|(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2}|:\d{1,5})?(?![\w.]*\w)"
        r"|\[(?=[^\]]{0,40}:)[0-9a-fA-F:.%]{2,60}\](?::\d{1,5})?(?<=[\]\d])"
        r"|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){2,7}(?::[0-9a-fA-F]{1,4}|[0-9a-fA-F]{1,4}|:)"
        r"(?::[0-9a-fA-F]{1,4}){0,6}(?![\w:])|(?<![\w:])::(?:[0-9a-fA-F]{1,4})?(?::[0-9a-fA-F]{1,4}){0,6}(?![\w:])"
        rf"|(?<![\w.@/-])(?:\*\.)?(?:[A-Za-z0-9_-]{{1,63}}\.){{1,8}}(?:{_TOP_LEVEL})(?::\d{{1,5}})?(?![\w-]|\.\w)"
        r"|(?<![\w.@/-])[A-Za-z][A-Za-z0-9-]{0,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}:\d{1,9}(?![\w:])"
        r"|(?<=ENOTFOUND )\S{1,255}|(?<=EAI_AGAIN )\S{1,255}|(?<=lookup )\S{1,255}(?<!:)|(?<=host: )\S{1,255}"
    ),
    "path": (
        r"(?<![\w/<>])(?:~|\.{1,2}|\$\w{1,40})?/[\w.@%+~=,:$-]{1,255}(?:/[\w.@%+~=,:$-]{0,255}){0,60}(?<![.,:])"
        r"|(?<!\w)[A-Za-z]:[\\/][^\s\"'<>|,;)]{1,1000}(?<![.,:])"
        r"|\\\\[\w.$-]{1,100}(?:\\[\w.$ -]{1,100}){1,30}"
        r"|(?<![\w/.])[\w.-]{1,100}(?:/[\w.-]{1,100}){1,30}\.[A-Za-z]\w{0,9}(?::\d{1,7}){0,2}(?![\w/])"
    ),
    "jwt": r"(?<![\w.-])eyJ[\w-]{4,4000}\.[\w-]{2,4000}\.[\w-]{0,4000}",
    "blob": r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,4000}(?:\.[A-Za-z0-9+/_-]{8,4000}){0,3}={0,2}",
    "hex": r"(?<!\w)0[xX][0-9a-fA-F]{1,128}(?!\w)",
    "size": rf"(?<![\w.])[-+]?(?:{_NUMBER}) ?{_SIZE}(?:/s)?(?!\w)",
    "dur": (
        rf"(?<![\w.])[-+]?(?:{_NUMBER}) ?{_UNIT}"
        rf"(?:[ ,]{{0,2}}(?:and )?(?:{_NUMBER}) ?{_UNIT}){{0,5}}(?!\w)"
    ),
    "n": rf"(?<![\w.])[-+]?(?:{_NUMBER})(?:[eE][-+]?\d{{1,4}})?(?: ?%)?(?![\w])",
    "emoji": rf"[{_PICTURES}][\ufe0f\u200d\u20e3{_PICTURES}]{{0,40}}",
    "word": r"[A-Za-z0-9_$]{1,400}(?:-[A-Za-z0-9_$]{1,400}){0,20}",
}
_EVERY = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _FOLDED.items()))
_SAME_WORD: Final = {
    **dict.fromkeys(("uuid", "hex", "jwt", "pod", "arn", "iban"), "id"),
    **dict.fromkeys(("said", "emoji"), "str"),
    **dict.fromkeys(("phone", "semver"), "n"),
    "clock": "time",
    "image": "path",
}
_KEY_VALUE = re.compile(r"\([\w, \"]{1,200}\)=\([^()]{0,400}\)")
# Some versions of V8 add it.
_LINE_TOO = re.compile(r"(?<=at position <n>) \(line <n> column <n>\)")
# That a bracket is closed is looked at first: what follows costs much where it is not.
_GROUP = re.compile(
    r"\{(?=[^{}]{0,2000}\})[^{}]{0,1000}[:=][^{}]{0,1000}\}"
    r"|\[(?=[^\[\]]{0,3000}\])[^\[\]]{0,1000}<\w{1,5}>[^\[\]]{0,1000},[^\[\]]{0,1000}\]"
)
_AGAIN = re.compile(r"((?:\b[A-Za-z]{1,10}:)?<\w{1,5}>)(?:(?:, ?| ?; ?| and | or | |-){1,2}\1)+…?")
_PLURAL = re.compile(r"(<n> (?!(?:has|is|was|does|as|its|this|less|plus)\b)[a-z]{2,40}?)s\b")


@dataclass(frozen=True)
class Fingerprint:
    """Failures with the same `key` are the same one; `message` is folded, `frame` the function that threw."""

    key: str
    error: str
    message: str
    frame: str


def fingerprint(message: str | None, details: Any = None) -> Fingerprint:
    """Return the fingerprint of an error: what is said of it, and what a server tells besides.

    `details` may hold `name`, `message` and `stack`; anything else of it is not looked at.
    """
    told = details if isinstance(details, dict) else {}
    name, own, stack = (_text(told.get(key)) for key in ("name", "message", "stack"))
    head = _head(own or message or "")
    found = _NAMED.match(head)
    error = (name or (found[1] if found else ""))[:NAME_CHARS]
    if found and found[1].rpartition(".")[2] == error.rpartition(".")[2]:
        head = head[found.end() :]
    folded, frame = folded_text(head), _thrown_in(stack or (message or "")[:STACK_LOOKED_AT])
    # Of random digits some are all numbers: which of the two it looks like says nothing.
    whole = "\0".join((error, folded, frame)).replace("<id>", "<n>").encode("utf-8", "surrogatepass")
    return Fingerprint(blake2b(whole, digest_size=8).hexdigest(), error, folded, frame)


def folded_text(text: str) -> str:
    """Return a text with everything folded that differs from run to run: `<n>`, `<id>`, `<path>`, …"""
    text = _EVERY.sub(_fold, " ".join(text[:LOOKED_AT].replace("<", "‹").replace(">", "›").split()))
    text = _LINE_TOO.sub("", _KEY_VALUE.sub("(<str>)=(<str>)", text))
    for _ in range(3):
        text = _GROUP.sub("<data>", text)
    return _PLURAL.sub(r"\1", _AGAIN.sub(r"\1…", text))[:TOLD]


def _fold(found: re.Match[str]) -> str:
    kind = found.lastgroup or ""
    if kind == "word":
        return folded_word(found[0])
    if kind == "blob":
        return _folded_blob(found[0])
    return f"<{_SAME_WORD.get(kind, kind)}>"


def _folded_blob(text: str) -> str:
    """Return a long run of characters as an id, if it is none of words."""
    digits, upper = any(map(str.isdigit, text)), any(map(str.isupper, text))
    plain = max(map(len, re.split(r"[^A-Za-z0-9]", text)))
    if digits and (plain >= 24 or (upper and any(map(str.islower, text)) and plain >= 12)):
        return "<id>"
    return "/".join(map(folded_word, text.split("/")))


def _head(text: str) -> str:
    """Return what an error says, without the stack that some write below it."""
    text = text[:LOOKED_AT].strip()
    if text.startswith("Traceback"):
        return text.rsplit("\n", 1)[-1].strip()
    stack = _STACK_LINE.search(text)
    return text[: stack.start()].strip() if stack else text


def _thrown_in(stack: str) -> str:
    """Return the function at the top of a stack, with its file where that is not a task's own."""
    stack = stack[:STACK_LOOKED_AT]
    if python := _PYTHON_FRAME.findall(stack):
        file, call = python[-1]
    else:
        found = frames(stack)
        if not found:
            return ""
        top = next((frame for frame in found if frame.line is not None), found[0])
        call, file = top.call or "", top.file
    name = _FILE.search(file)
    return folded_text(f"{_CALL.sub('', call)} {name[0] if name else ''}".strip())[:NAME_CHARS]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
