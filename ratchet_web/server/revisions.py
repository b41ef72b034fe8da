"""Two people at one task: a change may name the revision that it was made from (RFC 9110, 13.1.1)."""

import re
from typing import Annotated

from fastapi import Header, Response

from ratchet_web.logic.schemas import Fault
from ratchet_web.server.errors import ApiError, InvalidError
from ratchet_web.server.store.lists.base import Row

IfMatch = Annotated[str | None, Header(description="The revision that the change was made from, in quotes")]

_TAG = re.compile(r'(")?([1-9][0-9]{0,17})(?(1)")')


def expected_revision(if_match: str | None) -> int | None:
    """Return the revision that must be the current one; None if any will do.

    Raises:
        InvalidError: the header is not a revision in quotes.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise InvalidError([Fault("If-Match", 'must be a revision in quotes, such as "3"')])
    return int(found[2])


def stale(name: str, revision: int) -> ApiError:
    """Return the refusal of a change that was made from an older revision."""
    message = f"Task {name} was changed meanwhile: it is at revision {revision}"
    return ApiError(412, message, [Fault("revision", str(revision))], "PRECONDITION_FAILED")


def with_revision(answer: Response, row: Row) -> Response:
    """Return the answer with the task's revision as its `ETag`."""
    answer.headers["etag"] = f'"{row.revision}"'
    return answer
