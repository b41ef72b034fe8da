"""Where a job's output goes and what became of it, without anything secret. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from ratchet_web.logic.masking import without_user
from ratchet_web.models.destinations import MASK, Delivery, DeliveryStatus

_SECRET_PARTS = ("authentication", "headers")
_AUTH = {"BEARER": "bearer token", "BASIC": "user and password", "APIKEY": "API key", "API_KEY": "API key"}
_CHARS = 300
Row = dict[str, Any]


def destination_rows(told: JsonValue, deliveries: Sequence[Delivery]) -> list[Row]:
    """Return a row for each destination, with its delivery where there is one.

    `again`: whether it can be delivered once more.
    """
    given = told if isinstance(told, list) else []
    found = {each.position: each for each in deliveries}
    return [
        {"position": place, **_about(one), **_outcome(found.get(place))}
        for place, one in enumerate(given, start=1)
        if isinstance(one, Mapping)
    ]


def masked(value: JsonValue) -> JsonValue:
    """Return destinations without what they hold secret; the names of headers stay."""
    if isinstance(value, Mapping):
        return {k: _hidden(v) if k in _SECRET_PARTS else masked(v) for k, v in value.items()}
    if isinstance(value, str) and "://" in value:
        return without_user(value)
    return [masked(each) for each in value] if isinstance(value, list) else value


def _hidden(value: JsonValue) -> JsonValue:
    if isinstance(value, Mapping):
        return {k: v if k in ("authType", "headerName") else _hidden(v) for k, v in value.items()}
    return None if value is None else MASK


def _about(one: Mapping[str, Any]) -> Row:
    kind = str(one.get("destinationType", "unknown"))[:_CHARS]
    part = one.get(kind.lower())
    detail = part if isinstance(part, Mapping) else {}
    describe = {"WEBHOOK": _webhook, "FILESYSTEM": _file, "STDIO": _stdio}.get(kind.upper())
    title, target, more = describe(detail) if describe else (kind, "", [])
    if one.get("template"):
        more = [*more, "by a template"]
    return {"title": title, "target": target[:_CHARS], "more": ", ".join(more)[:_CHARS]}


def _webhook(part: Mapping[str, Any]) -> tuple[str, str, list[str]]:
    auth = part.get("authentication")
    kind = str(auth.get("authType", "")).upper() if isinstance(auth, Mapping) else ""
    more = [f"{part.get('method') or 'POST'}"]
    if kind in _AUTH:
        more.append(f"with a hidden {_AUTH[kind]}")
    if isinstance(headers := part.get("headers"), Mapping) and headers:
        more.append(f"headers {', '.join(map(str, headers))}")
    return "Webhook", without_user(str(part.get("url", ""))), more


def _file(part: Mapping[str, Any]) -> tuple[str, str, list[str]]:
    return "File", str(part.get("path", "")), [f"as {str(part.get('format') or 'JSON').lower()}"]


def _stdio(part: Mapping[str, Any]) -> tuple[str, str, list[str]]:
    return "Standard output", str(part.get("stream") or "stdout"), []


def _outcome(delivery: Delivery | None) -> Row:
    if delivery is None:
        none = {"status": "", "again": False, "at": None, "attempts": 0, "next_at": None}
        return {**none, "answer": "", "error": ""}
    told = delivery.model_dump(mode="json")
    code = f"HTTP {delivery.response_status}" if delivery.response_status else ""
    return {
        "status": told["status"],
        "again": delivery.status in (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED),
        "at": told["delivered_at"] or told["attempted_at"],
        "attempts": delivery.attempts,
        "answer": code,
        "error": (delivery.error or "")[:_CHARS],
        "next_at": told["next_attempt_at"],
    }
