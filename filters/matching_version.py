"""What of a release decides which filters a text matches, as one short value.

Stored items keep the generation of filters they were matched with. A release that
mends how filters are matched changes no filter, so the generation alone would leave
the items of the last days as the old code read them. The value is taken of the code,
the grammar and the data themselves, so nobody can forget to raise a number. Changing a
comment changes it too: matching a week of items again is cheap and tells nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from importlib.resources.abc import Traversable
from typing import Final

__all__ = ["matching_version"]

# Libraries whose data decides which forms are of one word.
_DICTIONARIES: Final = ("pymorphy3", "pymorphy3-dicts-ru", "pymorphy3-dicts-uk", "simplemma")
_LEFT_OUT: Final = ("__pycache__", "examples")


@cache
def matching_version() -> str:
    """The same for the same code, data and dictionaries. The first call takes some milliseconds."""
    digest = blake2b(digest_size=16)
    for name in _DICTIONARIES:
        digest.update(f"{name} {_version(name)}\0".encode())
    for name, content in _files(resources.files("filters"), ""):
        digest.update(f"{name} {len(content)}\0".encode() + content)
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""  # the Ukrainian dictionary is optional


def _files(folder: Traversable, under: str) -> Iterator[tuple[str, bytes]]:
    for each in sorted(folder.iterdir(), key=lambda file: file.name):
        if each.name in _LEFT_OUT:
            continue
        if each.is_dir():
            yield from _files(each, f"{under}{each.name}/")
        else:
            yield under + each.name, each.read_bytes()
