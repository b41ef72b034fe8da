"""What a page of the console may load and run: its own, and of scripts in it those that the build wrote."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable
from typing import Final

# Styles may stand in a page: the widgets write theirs as they are drawn. Plots and downloads are blobs.
RULES: Final = (
    "default-src 'none'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
_INLINE = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<text>.*?)</script\s*>", re.DOTALL | re.I)
_SOURCE = re.compile(r"\bsrc\s*=", re.I)


def policy(pages: Iterable[str]) -> str:
    """Return the value of `Content-Security-Policy` for these pages, as the build wrote them."""
    known = sorted({hash_of(text) for page in pages for text in inline_scripts(page)})
    scripts = " ".join(("script-src 'self'", *known))
    return "; ".join((scripts, *RULES))


def inline_scripts(page: str) -> list[str]:
    """Return what stands in a page to be run."""
    found = _INLINE.finditer(page)
    return [each["text"] for each in found if not _SOURCE.search(each["attributes"]) and each["text"]]


def hash_of(script: str) -> str:
    """Return how a policy names a script that stands in a page."""
    return f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
