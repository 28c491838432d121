"""Files about the installation or its readers, which only the bot's user can read."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["is_open_to_others", "write_private"]


def is_open_to_others(directory: Path) -> bool:
    """Whether users other than its owner have any right to the directory; none if it is missing."""
    try:
        return bool(directory.stat().st_mode & 0o077)
    except (FileNotFoundError, NotADirectoryError):
        return False


def write_private(path: Path, content: bytes, *, unfinished: str = ".new") -> None:
    """Put `content` there whole or not at all, with mode 0600 whatever the umask. Raises OSError.

    An older file of another mode is replaced. What is not finished stands beside it with the
    suffix `unfinished`.
    """
    fresh = path.with_suffix(unfinished)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
    fresh.replace(path)
