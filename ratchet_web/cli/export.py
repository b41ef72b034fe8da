"""Packs the built frontend and the backend for hosts of their own, as `reflex export` does: two archives."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ratchet_web.cli.origin import PRECOMPRESSED
from ratchet_web.cli.places import CLIENT, INSTALLED, ROOT
from ratchet_web.cli.problems import ProblemError
from ratchet_web.gate import headers_of
from ratchet_web.logic.prefixes import based

FRONTEND, BACKEND, HEADERS = "frontend.zip", "backend.zip", "ratchet-headers.conf"
# What the backend needs, as a path of the clone and one of the archive.
SOURCES = ("ratchet_web", "rxconfig.py", ".web/backend", "LICENSE")
REQUIREMENTS = ("requirements.lock", "requirements.txt")
# The same files give the same archive.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def export(folder: Path, prefix: str) -> None:
    """Write both archives into `folder`: the frontend as it is served beneath `prefix`.

    Beside them, for nginx, the headers that pages have where the console serves them.

    Raises:
        ProblemError: there is no clone to take the backend from.
    """
    if INSTALLED:
        raise ProblemError("An installed package holds no sources to pack: export from a clone.")
    folder.mkdir(parents=True, exist_ok=True)
    _pack(folder / FRONTEND, frontend(CLIENT, prefix))
    _pack(folder / BACKEND, backend(ROOT))
    (folder / HEADERS).write_text(nginx_headers(headers_of(CLIENT)))
    print(folder / HEADERS)


def nginx_headers(headers: Mapping[str, str]) -> str:
    """Return headers as nginx adds them."""
    return "".join(f'add_header {name} "{value}" always;\n' for name, value in headers.items())


def frontend(client: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the built frontend; documents name their addresses with the prefix."""
    for path in _files(client):
        name, content = path.relative_to(client).as_posix(), path.read_bytes()
        plain = path.with_suffix("") if path.suffix in PRECOMPRESSED else path
        if not prefix or plain.suffix != ".html":
            yield name, content
        elif plain == path:  # What is compressed of it says another thing.
            yield name, based(content.decode(), prefix).encode()


def backend(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what `pip install --no-deps -r requirements.txt` and `ratchet_web ui --backend-only` need."""
    for source in map(root.joinpath, SOURCES):
        for path in [source] if source.is_file() else _files(source):
            yield path.relative_to(root).as_posix(), path.read_bytes()
    locked, named = REQUIREMENTS
    yield named, (root / locked).read_bytes()


def _files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in found if "__pycache__" not in path.parts]


def _pack(archive: Path, files: Iterator[tuple[str, bytes]]) -> None:
    part = archive.with_suffix(".part")
    with ZipFile(part, "w", ZIP_DEFLATED) as packed:
        for name, content in files:
            about = ZipInfo(name, LONG_AGO)
            about.external_attr = 0o644 << 16
            packed.writestr(about, content, ZIP_DEFLATED)
    part.replace(archive)
    print(archive)
