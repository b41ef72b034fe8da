"""Every setting: name, type, default, unit, one line of help. Read from the environment."""

import logging
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ratchet_web.models.hosts import AllowedHosts
from ratchet_web.models.servers import KnownServer, fits_header, known_servers


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
    web_auth: Literal["none", "ratchet"] = Field(
        "none",
        description="Who may use the console (none, ratchet): everybody who reaches it, with its token, or"
        " who signs in with the login of the Ratchet server",
    )
    web_allowed_hosts: str = Field(
        "",
        description="More names, with commas between, by which a console without sign-in is called that"
        " listens on a loopback address, such as that of a proxy before it",
    )
    web_session_s: float = Field(
        604_800.0, gt=0, description="Seconds after which somebody who signed in has to do it again"
    )
    web_session_idle_s: float = Field(
        43_200.0, gt=0, description="Seconds in which somebody who signed in does nothing, before it ends"
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
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="What the processes write to standard error: debug, info, warning or error"
    )

    @field_validator("fetch_allow")
    @classmethod
    def _hosts(cls, value: str) -> str:
        AllowedHosts.parse(value)
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
