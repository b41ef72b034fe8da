"""Every setting: name, type, default, unit, one line of help. Read from the environment."""

import logging
import re
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ratchet_web.models.hosts import AllowedHosts
from ratchet_web.models.proxies import is_header_name, named_roles, networks
from ratchet_web.models.servers import KnownServer, fits_header, known_servers

REDIS_SCHEMES = ("redis://", "rediss://", "unix://")
# What granian logs: at a stop it now and then warns of killing a process that has just ended by itself.
GRANIAN_LEVELS: Final = {"warning": "error"}
# What uvicorn logs: at `info` it tells of every socket, at `warning` of everything that is not HTTP.
UVICORN_LEVELS: Final = {"info": "error", "warning": "error"}


class Settings(BaseSettings):
    """The settings of the console and of the embedded server, as the environment gives them."""

    model_config = SettingsConfigDict(env_prefix="RATCHET_", frozen=True)

    api_url: AnyHttpUrl | None = Field(
        None,
        description="API of a Ratchet server (http://localhost:8080/api/v1); unset: start the embedded one",
    )
    api_token: SecretStr | None = Field(None, description="Bearer token sent to the Ratchet server")
    servers: str = Field(
        "",
        description="Several servers instead of one, as name=url with commas between; the first is shown"
        " where an address names none",
    )
    server_tokens: SecretStr | None = Field(
        None, description="Bearer tokens of RATCHET_SERVERS, as name=token with commas between"
    )
    api_timeout_s: float = Field(
        10.0, gt=0, le=300, description="Seconds to wait for an answer of the Ratchet server"
    )
    web_host: str = Field("127.0.0.1", description="Address on which the console listens")
    web_port: int = Field(3000, ge=1, le=65535, description="Port of the console")
    web_prefix: str = Field(
        "",
        description="Path beneath which a proxy offers the console at its host, such as /ratchet; empty: /",
    )
    web_auth: Literal["none", "ratchet", "proxy"] = Field(
        "none",
        description="Who may use the console (none, ratchet, proxy): everybody who reaches it, with its"
        " token, who signs in with the login of the Ratchet server, or whom a reverse proxy names",
    )
    web_insecure: bool = Field(
        False,
        description="Whether RATCHET_WEB_AUTH=none is meant even where other machines reach the console"
        " (`--insecure`)",
    )
    web_proxy_from: str = Field(
        "",
        validate_default=True,
        description="Addresses and networks, with commas between, of the reverse proxies that"
        " RATCHET_WEB_AUTH=proxy believes; needed there",
    )
    web_proxy_user: str = Field(
        "X-Forwarded-User", description="Header in which such a proxy names who sends a request"
    )
    web_proxy_role: str = Field(
        "X-Forwarded-Role",
        description="Header in which it names their role, or groups with commas between; absent: reader",
    )
    web_proxy_roles: str = Field(
        "reader=reader, operator=operator, admin=admin",
        description="What that header may say, as name=role with commas between; roles are reader, operator"
        " and admin; who has none of these names is refused",
    )
    web_proxy_sign_out: str = Field(
        "", description="Address that such a proxy signs people out at (/oauth2/sign_out); unset: no link"
    )
    web_proxy_confirm_s: float = Field(
        600.0,
        ge=1,
        le=86_400,
        description="Seconds after which such a proxy has to name anew whoever has a page open",
    )
    web_audit_dir: Path | None = Field(
        None,
        description="Directory of the console's record of acts; unset: `audit` below RATCHET_DATA_DIR",
    )
    web_audit_mb: float = Field(
        100.0, gt=0, le=100_000, description="Megabytes that this record may have; then the oldest goes"
    )
    web_allowed_hosts: str = Field(
        "",
        description="More names, with commas between, by which a console without a sign-in of its own"
        " (none, proxy) is called that listens on a loopback address, such as that of a proxy before it",
    )
    web_session_s: float = Field(
        604_800.0, gt=0, description="Seconds after which somebody who signed in has to do it again"
    )
    web_session_idle_s: float = Field(
        43_200.0, gt=0, description="Seconds in which somebody who signed in does nothing, before it ends"
    )
    web_redis_url: SecretStr | None = Field(
        None,
        description="Redis by which several workers of the console, here or on other machines, know of each"
        " other (redis://:password@host:6379/0); unset: one worker",
    )
    web_workers: int = Field(
        1, ge=1, le=64, description="Processes of the console; more than one needs RATCHET_WEB_REDIS_URL"
    )
    web_undo_s: float = Field(
        5.0,
        ge=0,
        le=60,
        description="Seconds in which a switch or a priority can be undone before it is carried out; 0: none",
    )
    server_host: str = Field("127.0.0.1", description="Address on which the embedded server listens")
    server_port: int = Field(8080, ge=1, le=65535, description="Port of the embedded server")
    server_auth: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Whether the embedded server wants a login (auto, on, off); auto: unless only this"
        " machine reaches it, and RATCHET_WEB_AUTH is none",
    )
    server_insecure: bool = Field(
        False, description="Whether RATCHET_SERVER_AUTH=off is meant even where other machines reach it"
    )
    server_allowed_hosts: str = Field(
        "", description="More names, with commas between, by which an embedded server without login is called"
    )
    server_session_s: float = Field(
        604_800.0, gt=0, description="Seconds after which a login to the embedded server ends"
    )
    server_session_idle_s: float = Field(
        43_200.0, gt=0, description="Seconds without a request after which such a login ends"
    )
    server_console_token: SecretStr | None = Field(
        None,
        min_length=32,
        description="Token by which the embedded server knows the console; `up` makes one for each run",
    )
    data_dir: Path = Field(Path(".ratchet"), description="Directory of the embedded server's database")
    tasks_dir: Path | None = Field(
        None, description="Directory of task files (name.js, name.json) that `POST /tasks/sync` brings in"
    )
    workers: int = Field(2, ge=1, le=64, description="Worker processes of the embedded server")
    task_timeout_s: float = Field(300.0, gt=0, description="Seconds that one execution may take")
    task_memory_mb: int = Field(
        64, ge=16, le=3072, description="Megabytes of JavaScript heap that one execution may use"
    )
    task_log_lines: int = Field(
        20_000, ge=1, description="Log lines kept of one execution; the rest is counted and dropped"
    )
    task_log_line_chars: int = Field(16_384, ge=80, description="Characters kept of one log line")
    task_log_bytes: int = Field(
        20_000_000, ge=1_000, description="Bytes kept of one execution's log; the rest is counted and dropped"
    )
    task_output_bytes: int = Field(
        10_000_000, ge=1, description="Bytes that the output of one execution may have"
    )
    stop_grace_s: float = Field(
        2.0,
        ge=0,
        le=3600,
        description="Seconds that what runs may still take when the server stops, before it is interrupted",
    )
    retry_base_s: float = Field(
        2.0, gt=0, description="Seconds before a job's first retry; each further one waits twice as long"
    )
    retry_max_s: float = Field(300.0, gt=0, description="Longest wait in seconds before a retry")
    keep_days: float = Field(
        30.0,
        gt=0,
        le=36_500,
        description="Days after their end that executions, jobs and bulk operations are kept",
    )
    keep_executions: int = Field(
        1_000_000, ge=1, description="Executions, and jobs, that are kept; beyond that the oldest go"
    )
    keep_log_days: float | None = Field(
        None, gt=0, le=36_500, description="Days that log lines are kept; unset: as long as their execution"
    )
    keep_every_s: float = Field(
        3_600.0, gt=0, le=86_400, description="Seconds between two looks for what is kept no longer"
    )
    files_dir: Path | None = Field(
        None,
        description="Directory below which jobs may write their output; unset: none may",
    )
    fetch_allow: str = Field(
        "",
        description="Hosts, host:port or networks (10.0.0.0/8), by commas, "
        "that fetch may reach beside public ones",
    )
    stream_stall_s: float = Field(
        10.0, gt=0, le=600, description="Seconds after which a stream ends whose reader takes nothing"
    )
    web_log_format: Literal["text", "json"] = Field(
        "text", description="How the console writes its log (text, json): lines for people, or JSON lines"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="What the processes write to standard error: debug, info, warning or error"
    )

    @field_validator("fetch_allow")
    @classmethod
    def _hosts(cls, value: str) -> str:
        AllowedHosts.parse(value)
        return value

    @field_validator("web_prefix")
    @classmethod
    def _plain_path(cls, value: str) -> str:
        if not re.fullmatch(r"/?|/?[\w~-][\w.~-]*(/[\w~-][\w.~-]*)*/?", value, re.ASCII):
            raise ValueError("is no plain path: take letters, digits, - and _, such as /ratchet")
        path = value.strip("/")
        return f"/{path}" if path else ""

    @field_validator("web_redis_url")
    @classmethod
    def _is_of_redis(cls, value: SecretStr | None) -> SecretStr | None:
        given = value.get_secret_value().strip() if value else ""
        if given and not given.startswith(REDIS_SCHEMES):
            raise ValueError(f"is no address of Redis: it begins with {' or '.join(REDIS_SCHEMES)}")
        return SecretStr(given) if given else None

    @field_validator("web_workers")
    @classmethod
    def _can_share(cls, value: int, info: ValidationInfo) -> int:
        if value > 1 and info.data.get("web_redis_url", value) is None:
            raise ValueError("more than one worker needs Redis: set RATCHET_WEB_REDIS_URL, or leave it at 1")
        return value

    @field_validator("web_proxy_from")
    @classmethod
    def _from_stated(cls, value: str, info: ValidationInfo) -> str:
        if not networks(value) and info.data.get("web_auth") == "proxy":
            raise ValueError(
                "is needed with RATCHET_WEB_AUTH=proxy: the addresses of your reverse proxy (127.0.0.1), for"
                " anybody else could send its headers too"
            )
        return value

    @field_validator("web_proxy_user", "web_proxy_role")
    @classmethod
    def _header(cls, value: str) -> str:
        if not is_header_name(value):
            raise ValueError("is no name of a header")
        return value

    @field_validator("web_proxy_roles")
    @classmethod
    def _named_roles(cls, value: str) -> str:
        named_roles(value)
        return value

    @field_validator("web_proxy_sign_out")
    @classmethod
    def _leads_out(cls, value: str) -> str:
        if value and not re.match(r"(https?://[^/\s]|/(?![/\\]))[^\s]*$", value):
            raise ValueError("must begin with /, http:// or https://")
        return value

    @field_validator("api_token")
    @classmethod
    def _fits(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not fits_header(value.get_secret_value()):
            raise ValueError("holds what no header can carry: take printable ASCII on one line")
        return value

    @field_validator("servers")
    @classmethod
    def _instead_of_one(cls, value: str, info: ValidationInfo) -> str:
        if known_servers(value):
            for one, several in (("api_url", "servers"), ("api_token", "server_tokens")):
                if info.data.get(one) is not None:
                    raise ValueError(
                        f"cannot be set beside RATCHET_{one.upper()}: what that says belongs into"
                        f" RATCHET_{several.upper()}"
                    )
        return value

    @field_validator("server_tokens")
    @classmethod
    def _of_servers(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None and "servers" in info.data:
            known_servers(info.data["servers"], value.get_secret_value())
        return value

    @property
    def embedded(self) -> bool:
        """Return whether the embedded server is the one to look at: no other is given."""
        return self.api_url is None and not self.known_servers[0].name

    @property
    def audit_dir(self) -> Path:
        """Return the directory of the console's record of acts."""
        return self.web_audit_dir or self.data_dir / "audit"

    @property
    def known_servers(self) -> tuple[KnownServer, ...]:
        """Return the servers of the console: those with names, or the only one, without."""
        tokens = self.server_tokens.get_secret_value() if self.server_tokens else ""
        alone = KnownServer("", self.server_url, self.api_token)
        return known_servers(self.servers, tokens) or (alone,)

    @property
    def server_url(self) -> str:
        """Return the address of the only server's API: the one given, or the embedded server's."""
        if self.api_url is not None:
            return str(self.api_url).rstrip("/")
        return f"http://{self.server_host}:{self.server_port}/api/v1"


@cache
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()


def start_logging(chosen: Settings) -> None:
    """Let this process log to standard error what `log_level` asks for."""
    level = chosen.log_level.upper()
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    if level != "DEBUG":
        # At `info` it would tell of every single request.
        logging.getLogger("httpx").setLevel(logging.WARNING)
