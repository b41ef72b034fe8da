"""The input and output schemas of the example tasks (JSON Schema, draft 2020-12)."""

from typing import Final

from pydantic import JsonValue

# Where a server with default settings tells its health; a new database gets its own server's address instead.
HEALTH_URL: Final = "http://127.0.0.1:8080/api/v1/health"


def _object(title: str, properties: dict[str, JsonValue], required: list[JsonValue]) -> dict[str, JsonValue]:
    return {
        "title": title,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _number(title: str, description: str, example: float) -> dict[str, JsonValue]:
    return {
        "type": "number",
        "title": title,
        "description": description,
        "minimum": -1e15,
        "maximum": 1e15,
        "examples": [example],
    }


def _count(title: str) -> dict[str, JsonValue]:
    return {"type": "integer", "title": title, "minimum": 0}


ADD_NUMBERS_INPUT = _object(
    "Two numbers and what to do with them",
    {
        "operation": {
            "type": "string",
            "title": "Operation",
            "description": "What to do with the two numbers",
            "enum": ["add", "subtract", "multiply", "divide"],
            "default": "add",
        },
        "a": _number("First number", "The number to begin with", 19.99),
        "b": _number(
            "Second number", "The number that is added, subtracted, multiplied by or divided by", 5.01
        ),
        "precision": {
            "type": "integer",
            "title": "Precision",
            "description": "Digits after the decimal point of the result",
            "minimum": 0,
            "maximum": 10,
            "default": 2,
        },
    },
    ["operation", "a", "b"],
)
ADD_NUMBERS_OUTPUT = _object(
    "Result",
    {
        "result": {"type": "number", "title": "Result", "description": "Rounded to the precision asked for"},
        "exact": {"type": "number", "title": "Exact result"},
        "expression": {"type": "string", "title": "Expression", "examples": ["19.99 + 5.01"]},
    },
    ["result", "exact", "expression"],
)

TEXT_STATS_INPUT = _object(
    "A text",
    {
        "text": {
            "type": "string",
            "title": "Text",
            "description": "The text to look at, in any language that puts spaces between words",
            "maxLength": 100_000,
            "examples": ["The quick brown fox jumps over the lazy dog. The dog sleeps on."],
        },
        "topWords": {
            "type": "integer",
            "title": "Most frequent words",
            "description": "How many of them to list",
            "minimum": 0,
            "maximum": 50,
            "default": 5,
        },
        "ignoreCase": {
            "type": "boolean",
            "title": "Ignore case",
            "description": "Count The and the as one word",
            "default": True,
        },
    },
    ["text"],
)
TEXT_STATS_OUTPUT = _object(
    "Statistics",
    {
        "characters": _count("Characters"),
        "words": _count("Words"),
        "lines": _count("Lines"),
        "sentences": _count("Sentences"),
        "averageWordLength": {"type": "number", "title": "Average word length", "minimum": 0},
        "readingTimeSeconds": _count("Reading time in seconds"),
        "topWords": {
            "type": "array",
            "title": "Most frequent words",
            "items": _object(
                "Word",
                {"word": {"type": "string", "title": "Word"}, "count": _count("Count")},
                ["word", "count"],
            ),
        },
    },
    ["characters", "words", "lines", "sentences", "averageWordLength", "readingTimeSeconds", "topWords"],
)

LONG_REPORT_INPUT = _object(
    "A report",
    {
        "seconds": {
            "type": "integer",
            "title": "Duration in seconds",
            "description": "How long building the report takes",
            "minimum": 1,
            "maximum": 300,
            "default": 30,
        },
        "title": {
            "type": "string",
            "title": "Title",
            "description": "What the report is called",
            "minLength": 1,
            "maxLength": 100,
            "default": "Sales report",
            "examples": ["Sales report", "Morning report"],
        },
    },
    [],
)
LONG_REPORT_OUTPUT = _object(
    "Report",
    {
        "title": {"type": "string", "title": "Title"},
        "orders": _count("Orders"),
        "total": {"type": "number", "title": "Total"},
        "regions": {
            "type": "array",
            "title": "Regions",
            "items": _object(
                "Region",
                {
                    "region": {"type": "string", "title": "Region"},
                    "total": {"type": "number", "title": "Total"},
                },
                ["region", "total"],
            ),
        },
    },
    ["title", "orders", "total", "regions"],
)

FLAKY_SYNC_INPUT = _object(
    "A synchronisation",
    {
        "failureRate": {
            "type": "number",
            "title": "Failure rate",
            "description": "How likely an attempt fails: 0 never, 1 always",
            "minimum": 0,
            "maximum": 1,
            "default": 0.6,
            "examples": [0, 0.5, 1],
        },
        "pages": {
            "type": "integer",
            "title": "Pages",
            "description": "How many pages of ten customers to read",
            "minimum": 1,
            "maximum": 100,
            "default": 5,
        },
    },
    [],
)
FLAKY_SYNC_OUTPUT = _object(
    "Synchronised", {"saved": _count("Customers saved"), "pages": _count("Pages read")}, ["saved", "pages"]
)

FETCH_STATUS_INPUT = _object(
    "A web address",
    {
        "url": {
            "type": "string",
            "title": "Address",
            "description": "The http or https address to call",
            "format": "uri",
            "pattern": "^https?://",
            "default": HEALTH_URL,
            "examples": [HEALTH_URL, "https://example.com"],
        },
        "expectedStatus": {
            "type": "integer",
            "title": "Expected status",
            "description": "Fail when the answer has another status; leave empty to accept any",
            "minimum": 100,
            "maximum": 599,
            "examples": [200],
        },
    },
    [],
)
FETCH_STATUS_OUTPUT = _object(
    "Answer",
    {
        "url": {"type": "string", "title": "Address that answered, after redirects"},
        "status": {"type": "integer", "title": "Status"},
        "ok": {"type": "boolean", "title": "Status is 200 to 299"},
        "milliseconds": _count("Time until the last byte in milliseconds"),
        "contentType": {"type": ["string", "null"], "title": "Content type"},
        "beginsWith": {"type": "string", "title": "Begin of the body"},
    },
    ["url", "status", "ok", "milliseconds", "contentType", "beginsWith"],
)
