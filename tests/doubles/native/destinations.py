"""The rules for the destinations of schedules; those of jobs have none."""

from collections.abc import Callable
from typing import Any

from tests.doubles.native.words import InvalidError

Settings = dict[str, Any]


def check_destinations(destinations: list[Settings]) -> None:
    """Raise `InvalidError` with the first thing that is wrong."""
    if not destinations:
        raise InvalidError("Output destinations array cannot be empty")
    if len(destinations) > 10:
        raise InvalidError("Maximum of 10 output destinations allowed per schedule")
    for index, destination in enumerate(destinations):
        fault = _fault(destination)
        if fault:
            raise InvalidError(f"destination[{index}]: {fault}")


def _fault(destination: Settings) -> str:
    kind = destination["destinationType"]
    if kind == "database":
        return "Database destinations not yet supported"
    if kind not in CHECKS:
        return f"Unsupported destination type: {kind}"
    settings = destination[kind]
    if settings is None:
        return f"{kind.capitalize()} destination must include {kind} configuration"
    return CHECKS[kind](settings)


def _filesystem(settings: Settings) -> str:
    path = settings["path"]
    if not path:
        return "Filesystem path cannot be empty"
    if len(path.encode()) > 4096:
        return "Filesystem path too long (max 4096 characters)"
    return "Path traversal not allowed in filesystem paths" if ".." in path else ""


def _webhook(settings: Settings) -> str:
    url, timeout_s = settings["url"], settings["timeoutSeconds"]
    kind = settings["contentType"]
    faults = (
        (not url, "Webhook URL cannot be empty"),
        (not url.startswith(("http://", "https://")), "Webhook URL must be a valid HTTP/HTTPS URL"),
        (len(url.encode()) > 2048, "Webhook URL too long (max 2048 characters)"),
        (timeout_s <= 0, "Webhook timeout must be greater than 0"),
        (timeout_s > 300, "Webhook timeout too long (max 300 seconds)"),
        (settings["method"] == "DELETE", "Unsupported HTTP method for webhook"),
        (kind is not None and not 1 <= len(kind.encode()) <= 100, "Invalid content type"),
    )
    found = next((told for is_fault, told in faults if is_fault), "")
    return found or _retry_policy(settings["retryPolicy"]) or _authentication(settings["authentication"])


def _retry_policy(policy: Settings | None) -> str:
    if policy is None:
        return ""
    if policy["maxAttempts"] == 0 or policy["maxAttempts"] > 10:
        return "Retry max_attempts must be between 1 and 10"
    if policy["initialDelaySeconds"] > policy["maxDelaySeconds"]:
        return "Initial delay cannot be greater than max delay"
    if not 1.0 <= policy["backoffMultiplier"] <= 10.0:
        return "Backoff multiplier must be between 1.0 and 10.0"
    return ""


def _authentication(settings: Settings | None) -> str:
    if settings is None:
        return ""
    check = AUTHENTICATIONS.get(settings["authType"])
    return check(settings) if check else "Unsupported authentication type"


def _bearer(settings: Settings) -> str:
    if settings["bearer"] is None:
        return "Bearer authentication requires bearer configuration"
    return "" if 1 <= len(settings["bearer"]["token"]) <= 1024 else "Bearer token invalid length"


def _basic(settings: Settings) -> str:
    if settings["basic"] is None:
        return "Basic authentication requires basic configuration"
    sizes = [len(settings["basic"][key].encode()) for key in ("username", "password")]
    if 0 in sizes:
        return "Basic authentication credentials cannot be empty"
    return "Basic authentication credentials too long" if max(sizes) > 255 else ""


def _api_key(settings: Settings) -> str:
    if settings["apiKey"] is None:
        return "API key authentication requires api_key configuration"
    if not 1 <= len(settings["apiKey"]["key"]) <= 1024:
        return "API key invalid length"
    return "" if 1 <= len(settings["apiKey"]["headerName"]) <= 100 else "API key header name invalid"


CHECKS: dict[str, Callable[[Settings], str]] = {"webhook": _webhook, "filesystem": _filesystem}
AUTHENTICATIONS: dict[str, Callable[[Settings], str]] = {
    "bearer": _bearer,
    "basic": _basic,
    "api_key": _api_key,
}
