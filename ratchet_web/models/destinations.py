"""Where a job's output goes when it has completed; secrets in it are never shown again."""

from datetime import datetime
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from ratchet_web.models.base import Draft, Id, Number, RowId, Whole, Wire, Word

MASK = "***"
DESTINATIONS_LIMIT = 10
URL_CHARS = 2_048

# What HTTP allows: with a line break or a space at an end, no request could be made at all.
_HEADER_TEXT = r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?"
Secret = Annotated[str, Field(min_length=1, max_length=4_096)]
HeaderSecret = Annotated[Secret, Field(pattern=f"^{_HEADER_TEXT}$")]
Header = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
HeaderText = Annotated[str, Field(max_length=4_096, pattern=f"^(?:{_HEADER_TEXT})?$")]

_OWN_HEADERS = ("host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer")


def _free_name(name: str) -> str:
    if name.lower() in _OWN_HEADERS:
        raise ValueError("cannot be set: it belongs to the request itself")
    return name


FreeHeader = Annotated[Header, AfterValidator(_free_name)]


class DestinationType(Word):
    """What kind of place an output goes to."""

    WEBHOOK = "WEBHOOK"
    FILESYSTEM = "FILESYSTEM"
    STDIO = "STDIO"


class WebhookMethod(Word):
    """How a webhook is called; with GET it gets no body."""

    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    GET = "GET"


class FileFormat(Word):
    """How an output is written into a file: JSON, JSON with indents, or a text as it is."""

    JSON = "JSON"
    PRETTY = "PRETTY"
    RAW = "RAW"


class AuthType(Word):
    """How a webhook knows us."""

    NONE = "NONE"
    BEARER = "BEARER"
    BASIC = "BASIC"
    APIKEY = "APIKEY"

    @classmethod
    def _missing_(cls, value: object) -> "AuthType | None":
        return cls.APIKEY if str(value).upper() in ("API_KEY", "API-KEY") else super()._missing_(value)


class Bearer(Draft):
    """`Authorization: Bearer …`."""

    token: HeaderSecret


class Basic(Draft):
    """`Authorization: Basic …`."""

    username: Annotated[str, Field(min_length=1, max_length=200, pattern="^[^:]+$")]
    password: Secret


class ApiKey(Draft):
    """A key in a header of its own."""

    key: HeaderSecret
    header_name: FreeHeader = "X-API-Key"


class Authentication(Draft):
    """One way, and what it needs."""

    auth_type: AuthType
    bearer: Bearer | None = None
    basic: Basic | None = None
    api_key: ApiKey | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        parts = {AuthType.BEARER: "bearer", AuthType.BASIC: "basic", AuthType.APIKEY: "api_key"}
        needed = parts.get(self.auth_type)
        given = {name for name in parts.values() if getattr(self, name) is not None}
        if given != ({needed} if needed else set()):
            wanted = f"exactly {needed}".replace("_k", "K") if needed else "nothing else"
            raise ValueError(f"authType {self.auth_type} needs {wanted}")
        return self


class WebhookRetries(Draft):
    """How often, and after how long, a webhook that failed is called again."""

    max_attempts: Whole = Field(5, ge=1, le=20)
    initial_delay_seconds: Number = Field(1.0, ge=0.1, le=3_600)
    max_delay_seconds: Number = Field(300.0, ge=0.1, le=86_400)
    backoff_multiplier: Number = Field(2.0, ge=1, le=10)


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a URL that begins with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must hold no user and password: put them into authentication")
    if " " in url or not url.isprintable():
        raise ValueError("must hold no spaces and no control characters")
    return url


class Webhook(Draft):
    """An HTTP request that carries the output."""

    url: Annotated[str, Field(max_length=URL_CHARS), AfterValidator(_web_address)]
    method: WebhookMethod = WebhookMethod.POST
    timeout_seconds: Whole = Field(30, ge=1, le=300)
    content_type: HeaderText = "application/json"
    headers: Annotated[dict[FreeHeader, HeaderText], Field(max_length=50)] | None = None
    retry_policy: WebhookRetries | None = None
    authentication: Authentication | None = None


def _path_below(path: str) -> str:
    if path.startswith("/") or "\\" in path or "\0" in path:
        raise ValueError("must be relative: it is looked up below the directory for files")
    if not path.isprintable():
        raise ValueError("must hold no control characters")
    parts = path.split("/")
    if ".." in parts:
        raise ValueError("must hold no ..")
    if any(part in ("", ".") or part.startswith(".") or len(part.encode()) > 200 for part in parts):
        raise ValueError("must be made of names of 1 to 200 bytes that do not begin with a dot")
    return path


class Filesystem(Draft):
    """A new file below the directory for files; `{jobId}` and `{executionId}` in its path are filled in."""

    path: Annotated[str, Field(min_length=1, max_length=1_000), AfterValidator(_path_below)]
    format: FileFormat = FileFormat.JSON
    compression: Literal["none", "NONE"] | None = None
    permissions: Annotated[str, Field(pattern="^0?[0-7]{3}$")] | None = None


class Stdio(Draft):
    """A line of JSON on the server's own output."""

    stream: Literal["stdout", "stderr"] = "stdout"


class OutputDestination(Draft):
    """One place, of one type, with that type's part filled in."""

    destination_type: DestinationType
    template: Annotated[str, Field(max_length=65_536)] | None = None
    webhook: Webhook | None = None
    filesystem: Filesystem | None = None
    stdio: Stdio | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        wanted = str(self.destination_type).lower()
        given = {n for n in ("webhook", "filesystem", "stdio") if getattr(self, n) is not None}
        # Standard output needs nothing more to be said.
        if given - {wanted} or (wanted not in given and wanted != "stdio"):
            raise ValueError(f"destinationType {self.destination_type} needs exactly {wanted}")
        return self


Destinations = Annotated[list[OutputDestination], Field(max_length=DESTINATIONS_LIMIT)]


class DeliveryStatus(Word):
    """PENDING waits for its first or its next attempt; the other two are final."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class Delivery(Wire):
    """What became of one destination of a job that completed; `position` counts its destinations from 1."""

    id: Id
    job_id: Id = ""
    execution_id: Id = ""
    position: int = 0
    destination_type: DestinationType = DestinationType("unknown")
    status: DeliveryStatus = DeliveryStatus("unknown")
    attempts: int = 0
    next_attempt_at: datetime | None = None
    response_status: int | None = None
    error: str | None = None
    created_at: datetime | None = None
    attempted_at: datetime | None = None
    delivered_at: datetime | None = None


class DeliveryTest(Draft):
    """`POST /deliveries/test`: bring a sample to a destination now; nothing of it is kept.

    Where masks are sent, they stand for the stored secrets of the job or the schedule that is named.
    """

    destination: OutputDestination
    job_id: RowId | None = None
    schedule_id: RowId | None = None

    @model_validator(mode="after")
    def _one_owner(self) -> Self:
        if self.job_id is not None and self.schedule_id is not None:
            raise ValueError("name a job or a schedule, not both")
        return self


class DeliveryTrial(Wire):
    """What came of a test delivery: DELIVERED or FAILED, and after how long.

    `answer` is how a webhook's answer begins, None where there is none to show; `note` says what was done
    instead, or why nothing is shown.
    """

    status: DeliveryStatus = DeliveryStatus("unknown")
    duration_ms: int | None = None
    response_status: int | None = None
    error: str | None = None
    answer: str | None = None
    note: str | None = None
