"""The prefix of a proxy: the path beneath which the console stands at its host, such as `/ratchet`."""

import re

# Addresses in the attributes of a built document; its scripts find the prefix by themselves.
_ADDRESS = re.compile(r'(?<=\s)(href|src)="/(?!/)')


def based(document: str, prefix: str) -> str:
    """Return a built HTML document as it is served beneath a prefix."""
    return _ADDRESS.sub(rf'\1="{prefix}/', document)


def beneath(path: str, prefix: str) -> str:
    """Return a path of the console as a browser has to ask for it."""
    return prefix + path if path.startswith("/") and not path.startswith("//") else path


def inside(path: str, prefix: str) -> str:
    """Return what a path beneath the prefix means to the console; others, as a proxy sends them, stay."""
    if prefix and (path == prefix or path.startswith(prefix + "/")):
        return path[len(prefix) :] or "/"
    return path
