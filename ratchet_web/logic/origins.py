"""Where a request comes from, as browsers tell it."""

from urllib.parse import urlsplit


def is_foreign(origin: str | None, host: str | None) -> bool:
    """Return whether a page of another origin sent a request, by its headers `Origin` and `Host`.

    Programs send no `Origin` and are never foreign; one that names no host (`null`) always is (RFC 6454,
    section 7).
    """
    if origin is None:
        return False
    try:
        sender = urlsplit(origin).netloc
    except ValueError:
        return True
    return not sender or sender.lower() != (host or "").lower()
