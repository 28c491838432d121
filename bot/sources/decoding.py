"""Compressed bodies, opened piece by piece under a limit.

A few kilobytes of brotli can hold gigabytes: each decoder gives out at most
`PIECE` bytes at a time, and the caller stops at its limit.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

import brotli
import zstandard

__all__ = ["ACCEPTED", "PIECE", "BodyDecoder", "BrokenBody"]

ACCEPTED: Final = "gzip, deflate, br, zstd"
PIECE: Final = 64 * 1024
_MAX_STACK: Final = 4
# A zstd block gives at most 128 KiB and may be 4 bytes long: so little is fed at once.
_ZSTD_BITE: Final = 32
_ZSTD_WINDOW: Final = 8 * 1024 * 1024  # what RFC 8878 asks receivers to support


class BrokenBody(Exception):
    """The body is not what its Content-Encoding says, or ends too early."""


class _Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...

    def finish(self) -> None:
        """Raises BrokenBody if the stream is not complete."""
        ...


class BodyDecoder:
    """Decodes a body by its Content-Encoding header, the last coding first.

    `feed` yields pieces of at most about PIECE bytes (zstd: 1 MiB); stop reading it to
    stop decoding. Raises BrokenBody for unknown codings and broken data.
    """

    def __init__(self, content_encoding: str) -> None:
        names = [name.strip().lower() for name in content_encoding.split(",")]
        names = [name for name in names if name and name != "identity"]
        if len(names) > _MAX_STACK:
            raise BrokenBody(f"{len(names)} codings on top of each other")
        self._decoders = [_decoder(name) for name in reversed(names)]
        self._empty = True

    def feed(self, data: bytes) -> Iterable[bytes]:
        """Decoded pieces of the next raw bytes."""
        if not data:
            return ()
        self._empty = False
        pieces: Iterator[bytes] = iter((data,))
        for decoder in self._decoders:
            pieces = _chain(decoder, pieces)
        return pieces

    def finish(self) -> None:
        """Call at the end of the body. Raises BrokenBody when it was cut off."""
        if self._empty:
            return  # an empty body is often labelled as compressed
        for decoder in self._decoders:
            decoder.finish()


def _chain(decoder: _Decoder, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield from decoder.feed(piece)


def _decoder(name: str) -> _Decoder:
    match name:
        case "gzip" | "x-gzip":
            return _Gzip()
        case "deflate":
            return _Deflate()
        case "br":
            return _Brotli()
        case "zstd":
            return _Zstd()
    raise BrokenBody(f"unknown coding {name[:20]!r}")


class _Gzip:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._inner.eof:
                if not data.startswith(b"\x1f"):
                    return  # padding after the end, as other readers ignore it
                self._inner = zlib.decompressobj(wbits=31)
            try:
                piece = self._inner.decompress(data, PIECE)
            except zlib.error as error:
                raise BrokenBody(str(error)) from error
            data = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail
            if piece:
                yield piece

    def finish(self) -> None:
        if not self._inner.eof:
            raise BrokenBody("gzip ends too early")


class _Deflate:
    """zlib, or raw deflate as some servers send under the same name."""

    def __init__(self) -> None:
        self._head = b""
        self._inner: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            self._head += data
            if len(self._head) < 2:
                return
            data, self._head = self._head, b""
            is_zlib = data[0] & 0x0F == 8 and (data[0] * 256 + data[1]) % 31 == 0
            self._inner = zlib.decompressobj(wbits=15 if is_zlib else -15)
        while data and not self._inner.eof:
            try:
                piece = self._inner.decompress(data, PIECE)
            except zlib.error as error:
                raise BrokenBody(str(error)) from error
            data = self._inner.unconsumed_tail
            if piece:
                yield piece

    def finish(self) -> None:
        if self._inner is None or not self._inner.eof:
            raise BrokenBody("deflate ends too early")


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        while not self._inner.is_finished():
            try:
                piece = self._inner.process(data, output_buffer_limit=PIECE)
            except brotli.error as error:
                raise BrokenBody(str(error)) from error
            data = b""
            if piece:
                yield piece
            elif self._inner.can_accept_more_data():
                return

    def finish(self) -> None:
        if not self._inner.is_finished():
            raise BrokenBody("brotli ends too early")


class _Zstd:
    def __init__(self) -> None:
        self._inner = self._fresh()

    def _fresh(self) -> zstandard.ZstdDecompressionObj:
        return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()

    def feed(self, data: bytes) -> Iterator[bytes]:
        view = data
        while view:
            bite, view = view[:_ZSTD_BITE], view[_ZSTD_BITE:]
            while bite:
                if self._inner.eof:
                    self._inner = self._fresh()  # several frames may follow each other
                try:
                    piece = self._inner.decompress(bite)
                except zstandard.ZstdError as error:
                    raise BrokenBody(str(error)) from error
                bite = self._inner.unused_data if self._inner.eof else b""
                if piece:
                    yield piece

    def finish(self) -> None:
        if not self._inner.eof:
            raise BrokenBody("zstd ends too early")
