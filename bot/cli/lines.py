"""Lines of a file, a packed file or a pipe, in batches of what can be read at once.

A pipe may be slow: a batch is never held back to be filled up, and `waiting` tells
when the next read would block, so that what is ready can be written first.
"""

from __future__ import annotations

import os
import select
import stat
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["LONGEST", "Lines", "TooLong", "same_file"]

LONGEST: Final = 16 * 2**20  # bytes of a line
_READ: Final = 64 * 1024
_GZIP: Final = b"\x1f\x8b"
_BOM: Final = b"\xef\xbb\xbf"


class TooLong(bytes):
    """What stands for a line longer than LONGEST."""


class Lines:
    """Lines of `path`, "-" being standard input. A context manager.

    Raises OSError where it cannot be opened or read, EOFError where a packed file
    ends too early or is damaged, each after the lines before that.
    """

    def __init__(self, path: str) -> None:
        self._fd = sys.stdin.fileno() if path == "-" else os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._own = path != "-"
        self.name = "FILE" if path == "-" else path
        """What stands for it in a command."""
        status = os.fstat(self._fd)
        if stat.S_ISDIR(status.st_mode):
            os.close(self._fd)
            raise IsADirectoryError(21, "Is a directory", path)
        self.regular = stat.S_ISREG(status.st_mode)
        self.size = status.st_size if self.regular else None
        """Bytes in all, packed if it is packed; None for a pipe."""
        self.done = 0
        """Bytes read so far."""

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._own:
            os.close(self._fd)

    def start(self) -> list[bytes]:
        """The first lines of a file, without reading on; none of a pipe or a packed file."""
        start = os.pread(self._fd, _READ, 0) if self.regular else b""
        return [] if start.startswith(_GZIP) else start.split(b"\n")

    def waiting(self) -> bool:
        """Whether reading on would wait for the writer of a pipe."""
        return not self.regular and not select.select([self._fd], [], [], 0)[0]

    def batches(self) -> Iterator[list[bytes]]:
        """Whole lines without their ends, as they come. Never an empty batch."""
        rest = b""
        first, skipping = True, False
        for piece in self._pieces():
            if first:
                piece = piece.removeprefix(_BOM)  # noqa: PLW2901
                first = False
            *whole, rest = (rest + piece).split(b"\n")
            if skipping and whole:
                whole[0] = TooLong()
                skipping = False
            if len(rest) > LONGEST or skipping:
                rest, skipping = b"", True
            if whole:
                yield whole
        if skipping:
            yield [TooLong()]
        elif rest:
            yield [rest]

    def _pieces(self) -> Iterator[bytes]:
        start = self._read()
        while start and len(start) < len(_GZIP) and (more := self._read()):
            start += more
        if start.startswith(_GZIP):
            yield from self._unpacked(start)
            return
        while start:
            yield start
            start = self._read()

    def _unpacked(self, packed: bytes) -> Iterator[bytes]:
        """A gzip file, of one part or several. Bounded: it may be packed a thousandfold."""
        unpacker = zlib.decompressobj(wbits=31)
        try:
            while True:
                if piece := unpacker.decompress(packed, 4 * _READ):
                    yield piece
                packed = unpacker.unconsumed_tail or unpacker.unused_data
                if unpacker.eof:
                    packed = packed.lstrip(b"\0") or self._read().lstrip(b"\0")
                    if not packed:
                        return
                    unpacker = zlib.decompressobj(wbits=31)
                elif not packed and not (packed := self._read()) and not piece:
                    raise EOFError("the packed file ends too early")
        except zlib.error as error:
            raise EOFError("the packed file is damaged") from error

    def _read(self) -> bytes:
        try:
            piece = os.read(self._fd, _READ)
        except OSError as error:  # which knows no name
            raise OSError(error.errno, error.strerror, self.name) from error
        self.done += len(piece)
        return piece


def same_file(path: str, output: Path) -> bool:
    """Whether writing `output` would destroy what is read."""
    return path != "-" and output.exists() and Path(path).samefile(output)
