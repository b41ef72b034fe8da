"""What the console tells of itself."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class ShownSetting(BaseModel):
    """A setting as anybody may see it: `name` is its variable, `value` and `default` hold no secret.

    `given`: the environment sets it. A `secret` one shows whether it is set, and nothing else.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    value: str = ""
    default: str = ""
    given: bool = False
    secret: bool = False
    help: str = ""


class AboutConsole(BaseModel):
    """This process."""

    model_config = ConfigDict(frozen=True)

    version: str = ""
    started_at: datetime | None = None
    settings: tuple[ShownSetting, ...] = ()
