"""Which events."""

from typing import cast

from pydantic import Field, field_validator

from ratchet_web.server.errors import nearest
from ratchet_web.server.events import RESOURCES, Wanted
from ratchet_web.server.parameters.base import Parameters


class EventParameters(Parameters):
    """The stream of events."""

    resource: str | None = Field(None, max_length=200, description="Only these resources, with commas")

    @field_validator("resource")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        for word in value.split(",") if value is not None else ():
            if word not in RESOURCES:
                raise ValueError(f"{word} {nearest(word, RESOURCES)}")
        return value

    def wanted(self) -> Wanted:
        """Return the resources, all of them where none is named."""
        return cast(Wanted, frozenset(RESOURCES if self.resource is None else self.resource.split(",")))
