"""Compressed answers, unpacked in small steps: a few bytes may unfold to a thousand times as many."""

import zlib
from typing import Final

ACCEPTED: Final = "gzip, deflate"
# Unfolded, such a part is 4 MB at most.
RAW_PART_BYTES: Final = 4_096

_EITHER_HEADER = zlib.MAX_WBITS | 32


class UndecodableError(Exception):
    """The answer is packed in a way that cannot be read; the message says how."""


class Decoder:
    """Unpacks the parts of an answer with this `content-encoding`."""

    def __init__(self, encoding: str) -> None:
        names = [
            name for part in encoding.split(",") if (name := part.strip().lower()) not in ("", "identity")
        ]
        if len(names) > 1 or not {"gzip", "x-gzip", "deflate"}.issuperset(names):
            raise UndecodableError(f"the answer is packed as {encoding[:100]}, which is not known here")
        self._unpacker = zlib.decompressobj(_EITHER_HEADER) if names else None

    def decoded(self, part: bytes) -> bytes:
        """Return what a part unfolds to.

        Raises:
            UndecodableError: it is not packed as it says.
        """
        if self._unpacker is None:
            return part
        try:
            return self._unpacker.decompress(part)
        except zlib.error as error:
            raise UndecodableError(f"the answer cannot be unpacked: {error}") from error
