"""Output destinations as they are kept and as they are shown: secrets are stored, but never shown again."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson

from ratchet_web.logic.schemas import Fault
from ratchet_web.logic.templates import unknown_places
from ratchet_web.logic.work_texts import secret_places, value_at
from ratchet_web.models.destinations import MASK, DestinationType, OutputDestination
from ratchet_web.server.deliveries.parcel import NAMES
from ratchet_web.server.errors import InvalidError
from ratchet_web.settings import Settings

FIELD = "outputDestinations"
NO_FILES = "cannot be used: the server has no directory for files (RATCHET_FILES_DIR)"
NOT_STORED = "is the mask of a secret, and there is no secret for this address to keep: give it anew"

Json = dict[str, Any]


def shown(stored: str | None) -> list[Json] | None:
    """Return stored destinations as answers have them: each secret is the mask."""
    if stored is None:
        return None
    destinations: list[Json] = orjson.loads(stored)
    for destination in destinations:
        for holder, name, _ in secret_places(destination):
            holder[name] = MASK
    return destinations


def kept(
    given: Sequence[OutputDestination] | None, settings: Settings, before: str | None = None
) -> str | None:
    """Return the JSON to be stored; where the mask was sent back, the secret of `before` stays.

    Raises:
        InvalidError: there is no secret to keep, or files cannot be written.
    """
    if not given:
        return None
    if settings.files_dir is None:
        _refuse_files(given)
    earlier: list[Json] = [] if before is None else orjson.loads(before)
    made = [one.model_dump(mode="json", by_alias=True, exclude_none=True) for one in given]
    faults = [fault for index, one in enumerate(made) for fault in _unmask(index, one, earlier)]
    faults += [fault for index, one in enumerate(given) for fault in _misnamed(index, one)]
    if faults:
        raise InvalidError(faults)
    return orjson.dumps(made).decode()


def has_masks(destination: OutputDestination) -> bool:
    """Return whether a mask stands in place of a secret."""
    return MASK in secret_texts(destination)


def secret_texts(destination: OutputDestination) -> list[str]:
    """Return all that is secret in a destination."""
    made = destination.model_dump(mode="json", by_alias=True, exclude_none=True)
    return [holder[name] for holder, name, _ in secret_places(made) if holder[name]]


def _refuse_files(given: Sequence[OutputDestination]) -> None:
    faults = [
        Fault(f"{FIELD}.{index}.filesystem", NO_FILES)
        for index, one in enumerate(given)
        if one.destination_type is DestinationType.FILESYSTEM
    ]
    if faults:
        raise InvalidError(faults)


def _misnamed(index: int, destination: OutputDestination) -> Iterator[Fault]:
    for place in unknown_places(destination.template or "", NAMES):
        why = f"names {{{{{place[:40]}}}}}, which is none of {', '.join(NAMES)}"
        yield Fault(f"{FIELD}.{index}.template", why)


def _unmask(index: int, destination: Json, earlier: Sequence[Json]) -> Iterator[Fault]:
    candidates = [*earlier[index : index + 1], *earlier]
    for holder, name, path in secret_places(destination):
        if holder[name] != MASK:
            continue
        found = (value_at(one, path) for one in candidates if _same_server(one, destination))
        secret = next((secret for secret in found if secret is not None), None)
        if secret is None:
            yield Fault(".".join((FIELD, str(index), *path)), NOT_STORED)
        else:
            holder[name] = secret


def _same_server(one: Json, other: Json) -> bool:
    # A secret must not be led to another server by whoever may change a job but not read it.
    return "webhook" in one and _origin(one["webhook"]["url"]) == _origin(other["webhook"]["url"])


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
