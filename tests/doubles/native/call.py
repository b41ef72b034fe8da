"""One request on its way to a handler, and what handlers share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from tests.doubles.native.answers import RefusalError, bad_request, text
from tests.doubles.native.clock import Clock
from tests.doubles.native.filters import int32
from tests.doubles.native.json_text import MisreadError, Text
from tests.doubles.native.life import Life
from tests.doubles.native.paging import ListQuery, list_query
from tests.doubles.native.shapes import Read
from tests.doubles.native.state import State
from tests.doubles.native.words import InvalidError, check_text

LARGEST_BODY = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """A request that found its route; `id` is the part of the path that varies, as it was sent."""

    state: State
    life: Life
    clock: Clock
    id: str
    query: bytes
    content_type: str
    body: bytes

    def now_ns(self) -> int:
        return self.clock.now_ns()

    def listed(self) -> ListQuery:
        return list_query(self.query)

    def number(self) -> int:
        """Return the id as a number; one that is none counts as 0, which no row has."""
        return int32(self.id) or 0

    def checked_number(self) -> int:
        """Return the id as a number after the word filter.

        Raises:
            RefusalError: the id looks like an attack.
        """
        accept(check_text, self.id)
        return self.number()

    def read(self, shape: Read) -> Any:
        """Read the body.

        Raises:
            RefusalError: 415 for another type, 413 when it is too large, 400 and 422 when it cannot be read.
        """
        kind = self.content_type.partition(";")[0].strip().lower()
        if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
            raise RefusalError(text(415, "Expected request with `Content-Type: application/json`"))
        if len(self.body) > LARGEST_BODY:
            raise RefusalError(text(413, "Failed to buffer the request body: length limit exceeded"))
        try:
            return shape(Text(self.body), "")
        except MisreadError as error:
            raise RefusalError(_unreadable(error, self.body)) from error


def _unreadable(error: MisreadError, body: bytes) -> Response:
    if error.is_data:
        told = f"Failed to deserialize the JSON body into the target type: {error.told(body)}"
        return text(422, told)
    return text(400, f"Failed to parse the request body as JSON: {error.told(body)}")


def accept(check: Callable[[Any], None], value: Any) -> None:
    """Run a check on a value, unless it is absent.

    Raises:
        RefusalError: the check failed; the answer does not say at which field.
    """
    if value is None:
        return
    try:
        check(value)
    except InvalidError as error:
        raise bad_request(str(error)) from error
