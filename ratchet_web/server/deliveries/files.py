"""Writes outputs into new files below one directory: whole or not at all, and never over another file."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson

from ratchet_web.models.destinations import FileFormat, Filesystem
from ratchet_web.server.deliveries.parcel import DeliveryError, FinalError, Parcel

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A link or a file where a folder should be, a name too long: that does not pass.
_FINAL = (errno.ELOOP, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EISDIR)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def write(root: Path, parcel: Parcel, file: Filesystem) -> None:
    """Write a parcel's file; blocking. Doing it again for the same delivery leaves what is there.

    It is written under a hidden name of this delivery and then linked: that name stays until `settle`, so
    that after a crash in between nobody takes our own file for another's.

    Raises:
        DeliveryError: it could not be written.
    """
    *folders, name = _path(parcel, file).split("/")
    part = _part(parcel)
    try:
        with _folder(root, folders) as folder:
            if _same(folder, part, name):
                return
            _remove(folder, part)
            _fill(folder, part, _content(parcel, file), int(file.permissions or "644", 8))
            os.link(part, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
            os.fsync(folder)
    except FileExistsError:
        settle(root, parcel, file)
        raise FinalError(_taken(name)) from None
    except OSError as error:
        kind = FinalError if error.errno in _FINAL else DeliveryError
        raise kind(f"The file cannot be written: {error.strerror}") from None


def check(root: Path, parcel: Parcel, file: Filesystem) -> None:
    """See whether a parcel's file could be written; blocking. Nothing is left behind, not even a folder.

    Raises:
        DeliveryError: it could not be written.
    """
    *folders, name = _path(parcel, file).split("/")
    part = f".ratchet-test-{secrets.token_hex(8)}.part"
    try:
        with _nearest(root, folders) as (folder, is_last):
            if is_last and _is_there(folder, name):
                raise FinalError(_taken(name))
            try:
                _fill(folder, part, _content(parcel, file), 0o600)
            finally:
                _remove(folder, part)
    except OSError as error:
        raise FinalError(f"The file cannot be written: {error.strerror}") from None


def settle(root: Path, parcel: Parcel, file: Filesystem) -> None:
    """Remove the hidden name of a delivery that is over."""
    *folders, _ = _path(parcel, file).split("/")
    try:
        with _folder(root, folders) as folder:
            _remove(folder, _part(parcel))
    except OSError:
        return


def _path(parcel: Parcel, file: Filesystem) -> str:
    path = file.path.replace("{jobId}", str(parcel.job_id))
    return path.replace("{executionId}", str(parcel.execution_id))


def _part(parcel: Parcel) -> str:
    return f".ratchet-delivery-{parcel.delivery_id}.part"


@contextmanager
def _folder(root: Path, names: list[str]) -> Iterator[int]:
    """Yield the folder below the root, made where it is missing; symbolic links are not followed."""
    # The root itself may be a link: whoever runs the server chose it.
    folder = os.open(root, _FOLDER & ~os.O_NOFOLLOW)
    try:
        for name in names:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=folder)
            below = os.open(name, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = below
        yield folder
    finally:
        os.close(folder)


@contextmanager
def _nearest(root: Path, names: list[str]) -> Iterator[tuple[int, bool]]:
    """Yield the last of these folders that is there, and whether all are; links are not followed."""
    folder = os.open(root, _FOLDER & ~os.O_NOFOLLOW)
    try:
        for name in names:
            try:
                below = os.open(name, _FOLDER, dir_fd=folder)
            except FileNotFoundError:
                yield folder, False
                return
            os.close(folder)
            folder = below
        yield folder, True
    finally:
        os.close(folder)


def _is_there(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _taken(name: str) -> str:
    return f"There is a file {name} already: it is not overwritten"


def _fill(folder: int, name: str, content: bytes, mode: int) -> None:
    descriptor = os.open(name, _NEW, 0o600, dir_fd=folder)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)


def _same(folder: int, part: str, name: str) -> bool:
    try:
        stats = [os.stat(each, dir_fd=folder, follow_symlinks=False) for each in (part, name)]
    except FileNotFoundError:
        return False
    return os.path.samestat(*stats)


def _remove(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return


def _content(parcel: Parcel, file: Filesystem) -> bytes:
    text = parcel.text()
    if parcel.destination.template is not None or file.format is FileFormat.JSON:
        return text.encode()
    value = orjson.loads(text)
    if file.format is FileFormat.RAW:
        return value.encode() if isinstance(value, str) else text.encode()
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)
