"""Replaces a file as a whole, so that a reader or a power cut sees the old content or the new one, never a part."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

PRIVATE = 0o600  # the files of the data folder hold secrets
# A file that is mounted alone (docker) cannot be replaced, or its folder cannot be written: then it is written in place.
ONLY_IN_PLACE = {errno.EBUSY, errno.EACCES, errno.EPERM, errno.EROFS, errno.EXDEV}


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` (links are followed), synced to the disk, with the mode of the file that was there.

    Raises OSError if neither the folder nor the file can be written.
    """
    target = path.resolve()
    try:
        _replace(target, content)
    except OSError as error:
        if error.errno not in ONLY_IN_PLACE or not target.exists():
            raise
        with target.open("r+b") as file:
            file.write(content)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())


def _replace(target: Path, data: bytes) -> None:
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
