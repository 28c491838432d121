"""The tables of the packs, `packs/data/*.toml`: what a researcher edits, as a start reads it.

Reading TOML took a fifth of a reader's start. So `python -m filters.packs.build` keeps each table
as read, in tables.bin, with a mark of its text: one that was edited since is read from its text.
"""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from importlib import resources
from typing import Any

import msgspec

__all__ = ["NAMES", "dump", "table"]

NAMES = (
    "groups.toml", "refusal.toml", "desertion.toml", "self-harm.toml", "pressure.toml",
    "draft-evasion.toml", "entities.toml", "habits.toml",
)  # fmt: skip
"""The tables that every start reads."""


def table(name: str) -> dict[str, Any]:
    """A table by the name of its file."""
    text = _bytes(name)
    mark, packed = _kept().get(name, (b"", b""))
    if mark != _mark_of(text):
        return tomllib.loads(text.decode())
    found: dict[str, Any] = msgspec.msgpack.decode(zlib.decompress(packed))
    return found


def dump(names: Iterable[str] = NAMES) -> bytes:
    """Tables as `table` finds them, each read from its text."""
    kept = {}
    for name in names:
        text = _bytes(name)
        packed = msgspec.msgpack.encode(tomllib.loads(text.decode()))
        kept[name] = _mark_of(text), zlib.compress(packed, 9)
    return msgspec.msgpack.encode(kept)


@cache
def _kept() -> dict[str, tuple[bytes, bytes]]:
    return msgspec.msgpack.decode(_bytes("tables.bin"), type=dict[str, tuple[bytes, bytes]])


def _mark_of(text: bytes) -> bytes:
    return blake2b(text, digest_size=12).digest()


def _bytes(name: str) -> bytes:
    return resources.files("filters").joinpath("packs", "data", name).read_bytes()
