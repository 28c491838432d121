"""Compressed bodies, opened piece by piece under a limit.

A few kilobytes of brotli can hold gigabytes: each decoder gives out at most
`PIECE` bytes at a time, and the caller stops at its limit.

Servers name codings that are none (`none`, `utf-8`, `aws-chunked`), say gzip of a plain body,
pack without saying so, and send checksums of something else. The detected coding wins over the
declared one. Only a body that is cut off is an error: half a feed must not count as the whole.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Final, Protocol

import brotli
import zstandard

__all__ = ["ACCEPTED", "PIECE", "BodyDecoder", "BrokenBody"]

ACCEPTED: Final = "gzip, deflate, br, zstd"
PIECE: Final = 64 * 1024
_MAX_STACK: Final = 4
_GZIP: Final = b"\x1f\x8b\x08"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_PLAIN: Final = (b"<?xml", b"<rss", b"<feed", b"<rdf", b"<!doc", b"<html", b'{"')
_TEXT: Final = re.compile(rb"[\t\r\n -~]+")  # which nothing packed consists of
_MAGIC_BYTES: Final = 6  # bytes that tell
_MAX_BYTES_HELD: Final = 1024 * 1024  # before anything has come out
# A zstd block gives at most 128 KiB and may be 4 bytes long: so little is fed at once.
_ZSTD_INPUT_BYTES: Final = 32
_ZSTD_WINDOW: Final = 8 * 1024 * 1024  # what RFC 8878 asks receivers to support


class BrokenBody(Exception):
    """The body cannot be opened, or ends too early."""


class _Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...

    def finish(self) -> Iterator[bytes]:
        """What is left. Raises BrokenBody if the stream is not complete."""
        ...


class BodyDecoder:
    """Decodes a body by its Content-Encoding header, the last coding first.

    `feed` and `finish` yield pieces of at most about PIECE bytes (zstd: 1 MiB); stop reading
    them to stop decoding. Raises BrokenBody for broken data.
    """

    def __init__(self, content_encoding: str) -> None:
        names = [name.strip().lower() for name in content_encoding.split(",")]
        known = [name for name in names if name in _DECODERS]
        if len(known) > _MAX_STACK:
            raise BrokenBody(f"{len(known)} codings on top of each other")
        self._stages: list[_Decoder] = [_AsItIs(_DECODERS[name]) for name in reversed(known)]
        self._stages.append(_Unsaid(_MAX_STACK - len(known)))
        self._empty = True

    def feed(self, data: bytes) -> Iterable[bytes]:
        """Decoded pieces of the next raw bytes."""
        if not data:
            return ()
        self._empty = False
        return _through(self._stages, iter((data,)))

    def finish(self) -> Iterator[bytes]:
        """The last pieces; read them at the end of the body. Raises BrokenBody when it was cut."""
        if self._empty:
            return  # an empty body is often labelled as compressed
        for n, stage in enumerate(self._stages, 1):
            yield from _through(self._stages[n:], stage.finish())


def _through(stages: Iterable[_Decoder], pieces: Iterator[bytes]) -> Iterator[bytes]:
    for stage in stages:
        pieces = _chain(stage, pieces)
    return pieces


def _chain(decoder: _Decoder, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield from decoder.feed(piece)


class _AsItIs:
    """A coding that was declared, or none where the bytes are plain or the coding makes nothing of
    them."""

    def __init__(self, make: Callable[[], _Decoder]) -> None:
        self._inner: _Decoder | None = make()
        self._held = b""
        self._judged = self._given = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            yield data
            return
        if not self._given:
            self._held += data
            if not self._judged:
                if len(self._held) < _MAGIC_BYTES:
                    return
                data, self._judged = self._held, True
                if self._is_plain():
                    yield from self._as_plain()
                    return
        try:
            for piece in self._inner.feed(data):
                self._given, self._held = True, b""
                yield piece
        except BrokenBody:
            if self._given:
                raise
            yield from self._as_plain()
        if len(self._held) > _MAX_BYTES_HELD:
            raise BrokenBody("nothing comes out")

    def finish(self) -> Iterator[bytes]:
        if self._inner is None:
            return
        if not self._judged and self._is_plain():
            yield from self._as_plain()
            return
        try:
            late = () if self._judged else self._inner.feed(self._held)
            for piece in chain(late, self._inner.finish()):
                self._given = True
                yield piece
        except BrokenBody:
            if self._given or not _TEXT.fullmatch(self._held):
                raise
            yield from self._as_plain()

    def _is_plain(self) -> bool:
        if isinstance(self._inner, _Gzip):
            return not self._held.startswith(_GZIP[:2])
        # Brotli has no first bytes of its own: some of gzip's headers begin like it.
        if isinstance(self._inner, _Brotli) and self._held.startswith((_GZIP, _ZSTD)):
            return True
        return self._held.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PLAIN)

    def _as_plain(self) -> Iterator[bytes]:
        held, self._held, self._inner = self._held, b"", None
        yield held


class _Unsaid:
    """gzip, zlib and zstd that nobody said, told by their first bytes; also one in the other."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._head = b""
        self._inner: list[_Decoder] | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            self._head += data
            if len(self._head) < len(_ZSTD):
                return iter(())
            data = self._judged()
        return _through(self._inner or (), iter((data,)))

    def finish(self) -> Iterator[bytes]:
        if self._inner is None and self._head:
            yield from _through(self._inner or (), iter((self._judged(),)))
        for n, stage in enumerate(self._inner or (), 1):
            yield from _through((self._inner or [])[n:], stage.finish())

    def _judged(self) -> bytes:
        head, self._head = self._head, b""
        self._inner = []
        named = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")
        if named:
            if not self._depth:
                raise BrokenBody("too many codings on top of each other")
            decoder = _DECODERS[named]()
            self._inner = [decoder, _Unsaid(self._depth - 1)]
        return head


class _Inflated:
    """A raw deflate stream: the checksum behind it is often another's, and not asked."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=-15)
        self.rest = b""  # what follows its end

    @property
    def over(self) -> bool:
        return self._inner.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        while not self._inner.eof:
            try:
                piece = self._inner.decompress(data, PIECE)
            except zlib.error as error:
                raise BrokenBody(str(error)) from error
            data = self._inner.unconsumed_tail
            if piece:
                yield piece
            elif not data:
                break
        self.rest = self._inner.unused_data


class _Gzip:
    """Members one after the other, each with a header; what follows the last is padding."""

    def __init__(self) -> None:
        self._head = b""
        self._inner: _Inflated | None = None
        self._skip = 0
        self._members = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._skip:
                skipped = min(self._skip, len(data))
                self._skip, data = self._skip - skipped, data[skipped:]
                continue
            if self._inner is None:
                self._head += data
                if self._members and not _GZIP.startswith(self._head[:3]):
                    self._head = b""
                    return  # padding after the end, as other readers ignore it
                length = _gzip_header(self._head)
                if not length:
                    return
                data, self._head = self._head[length:], b""
                self._inner = _Inflated()
            yield from self._inner.feed(data)
            if not self._inner.over:
                return
            data, self._inner = self._inner.rest, None
            self._skip, self._members = 8, self._members + 1  # checksum and length

    def finish(self) -> Iterator[bytes]:
        if self._inner is not None:
            yield from self._inner.feed(b"")
        if not self._members or (self._inner is not None and not self._inner.over):
            raise BrokenBody("gzip ends too early")


def _gzip_header(head: bytes) -> int:
    """How long a member's header is (RFC 1952), 0 while it is not all there."""
    if len(head) < 10:
        return 0
    if not head.startswith(_GZIP):
        raise BrokenBody("no gzip")
    flags, at = head[3], 10
    if flags & 4:
        at += 2 + int.from_bytes(head[at : at + 2], "little")
    for flag in (8, 16):  # name, comment
        if flags & flag:
            at = head.find(b"\0", at) + 1
            if not at:
                if len(head) > PIECE:
                    raise BrokenBody("no gzip")
                return 0
    at += 2 if flags & 2 else 0
    return at if len(head) >= at else 0


class _Deflate:
    """zlib, or raw deflate as some servers send under the same name."""

    def __init__(self) -> None:
        self._head = b""
        self._inner: _Inflated | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            self._head += data
            if len(self._head) < 2:
                return
            data, self._head = self._head, b""
            is_zlib = data[0] & 0x0F == 8 and (data[0] * 256 + data[1]) % 31 == 0
            data = data[2:] if is_zlib else data
            self._inner = _Inflated()
        yield from self._inner.feed(data)

    def finish(self) -> Iterator[bytes]:
        if self._inner is not None:
            yield from self._inner.feed(b"")
        if self._inner is None or not self._inner.over:
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

    def finish(self) -> Iterator[bytes]:
        if not self._inner.is_finished():
            raise BrokenBody("brotli ends too early")
        return iter(())


class _Zstd:
    def __init__(self) -> None:
        self._inner = self._fresh()

    def _fresh(self) -> zstandard.ZstdDecompressionObj:
        return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()

    def feed(self, data: bytes) -> Iterator[bytes]:
        view = data
        while view:
            bite, view = view[:_ZSTD_INPUT_BYTES], view[_ZSTD_INPUT_BYTES:]
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

    def finish(self) -> Iterator[bytes]:
        if not self._inner.eof:
            raise BrokenBody("zstd ends too early")
        return iter(())


_DECODERS: Final[dict[str, Callable[[], _Decoder]]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
# What a body begins with that no text does; zlib by its usual levels.
_MAGIC: Final[Mapping[bytes, str]] = {
    _GZIP: "gzip",
    _ZSTD: "zstd",
    **dict.fromkeys((b"\x78\x01", b"\x78\x9c", b"\x78\xda"), "deflate"),
}
