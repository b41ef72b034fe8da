"""What every model shares: reading is lenient, writing is strict."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.functional_validators import ModelWrapValidatorHandler

Id = str
ROW_ID_DIGITS = 19
ROW_ID_MOST = 2**63 - 1


def is_row_id(text: object) -> bool:
    """Return whether this is an id as our server gives them: 1 to 19 ASCII digits, as a 64-bit number."""
    if not isinstance(text, str) or not 1 <= len(text) <= ROW_ID_DIGITS:
        return False
    return text.isascii() and text.isdecimal() and int(text) <= ROW_ID_MOST


def _row_id(text: str) -> str:
    if not is_row_id(text):
        raise ValueError("must be the id of a row: a number")
    return text


# An `Id` is what a server sent, in whatever form; a `RowId` is what a person or a browser may ask for.
RowId = Annotated[
    str, AfterValidator(_row_id), Field(json_schema_extra={"pattern": f"^[0-9]{{1,{ROW_ID_DIGITS}}}$"})
]

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")


def _no_number_of_seconds(value: Any) -> Any:
    if isinstance(value, int | float) or (isinstance(value, str) and not _TIME.match(value)):
        raise ValueError("should be a valid datetime, such as 2026-01-31T12:00:00Z")
    return value


def _no_text(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("must be a number")
    return value


# What a request says: `"5"` is no number, 0 is not false, and 1700000000 is no time.
Instant = Annotated[AwareDatetime, BeforeValidator(_no_number_of_seconds)]
Flag = Annotated[bool, Strict()]
Whole = Annotated[int, BeforeValidator(_no_text)]
Number = Annotated[float, BeforeValidator(_no_text)]


# A browser holds larger numbers only roughly.
_MOST_NUMBER = 2**53


def _is_no_count(value: Any) -> bool:
    return isinstance(value, int | float) and abs(value) > _MOST_NUMBER


def _in_utc(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return tuple(map(_in_utc, value)) if isinstance(value, tuple) else value


class Wire(BaseModel):
    """Something a server sent: unknown keys are ignored, a value of the wrong kind becomes the default.

    Only a missing or unusable required field (an `id`) raises `pydantic.ValidationError`: one odd field
    must never cost a person the whole page.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        coerce_numbers_to_str=True,  # some servers send ids as numbers
        allow_inf_nan=False,  # a browser's JSON knows neither
        json_schema_serialization_defaults_required=True,  # our own server's document: it leaves nothing out
    )

    @model_validator(mode="wrap")
    @classmethod
    def _forgive(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        # Nearly every row is good, so that its fields are looked at one by one only where it is not.
        try:
            return handler(value)._plausible()
        except ValidationError as error:
            kept = cls._without(value, error) if isinstance(value, dict) else None
            if kept is None:
                raise
            return handler(kept)._plausible()

    def _plausible(self) -> Self:
        """Return it with numbers that count nothing left out, and times without a zone taken for UTC.

        Raises:
            ValueError: a field that must be there is such a number.
        """
        for name, value in self.__dict__.items():
            if isinstance(value, datetime | tuple):
                self.__dict__[name] = _in_utc(value)
            elif _is_no_count(value):
                field = type(self).model_fields[name]
                if field.is_required():
                    raise ValueError(f"{name} is too large")
                self.__dict__[name] = field.get_default(call_default_factory=True, validated_data={})
        return self

    @classmethod
    def _without(cls, value: dict[str, Any], error: ValidationError) -> dict[str, Any] | None:
        """Return the fields that can be read; None where one that must be there is not among them."""
        names = {field.alias or name: name for name, field in cls.model_fields.items()}
        bad = {
            names.get(str(e["loc"][0]), str(e["loc"][0])) for e in error.errors(include_url=False) if e["loc"]
        }
        if not bad or any(cls.model_fields[name].is_required() for name in bad if name in cls.model_fields):
            return None
        return {key: told for key, told in value.items() if names.get(key, key) not in bad}


class KnownWords(BaseModel):
    """A model in which a word that is not in our vocabulary is an error."""

    @field_validator("*", mode="after")
    @classmethod
    def _refuse_strangers(cls, value: Any) -> Any:
        if isinstance(value, Word) and not value.known:
            raise ValueError(f"must be one of {', '.join(type(value))}")
        return value


class Draft(KnownWords):
    """Something that we send. Unknown keys, unknown words and wrong types are errors."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)

    def wire(self) -> dict[str, Any]:
        """Return the JSON body: camelCase keys, only what was set."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Word(StrEnum):
    """A word of the server's vocabulary. Read in either case; a word we do not know keeps its own text."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        for member in cls:
            if member.value == value.upper():
                return member
        stranger = str.__new__(cls, value)
        stranger._name_, stranger._value_ = "UNKNOWN", value
        return stranger

    @property
    def known(self) -> bool:
        """Whether this word is in our vocabulary."""
        return self._name_ != "UNKNOWN"
