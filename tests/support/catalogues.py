"""What the code says and what the catalogues know of it.

`python -m tests.support.catalogues` lists what is missing or wrong.
"""

from __future__ import annotations

import ast
import re
import string
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import bot

__all__ = ["TRANSLATED", "Said", "catalogue", "places", "problems", "said"]

ROOT = Path(bot.__file__).parent
TRANSLATED = ("ru", "uk")

# Called with a msgid first: the translator, the mark, and errors whose key people read.
_SINGULAR = {
    "t",
    "msg",
    "gettext",
    "SourceError",
    "FetchFailed",
    "SourceGone",
    "ParseFailed",
    "LayoutChanged",
}
_PLURAL = {"n", "ngettext"}


@dataclass(frozen=True, slots=True)
class Said:
    """A msgid with its plural, if it has one, and where the code says it."""

    msgid: str
    plural: str | None
    where: str


@cache
def said(root: Path = ROOT) -> tuple[Said, ...]:
    """Every msgid in the code below `root`."""
    return tuple(
        each
        for path in sorted(root.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for each in _of_call(node, f"{path.relative_to(root.parent)}:{node.lineno}")
    )


def _of_call(call: ast.Call, where: str) -> Iterator[Said]:
    name = {ast.Name: "id", ast.Attribute: "attr"}.get(type(call.func), "")
    called = getattr(call.func, name, "")
    if called in _SINGULAR and call.args:
        for msgid in _texts(call.args[0]):
            yield Said(msgid, None, where)
    elif called in _PLURAL and len(call.args) >= 2:
        for msgid, plural in zip(_texts(call.args[0]), _texts(call.args[1]), strict=False):
            yield Said(msgid, plural, where)


def _texts(node: ast.expr) -> Iterator[str]:
    """A literal, or both sides of `"a" if … else "b"`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def catalogue(lang: str) -> Catalog:
    with _path(lang).open("rb") as file:
        return read_po(file, locale=lang, abort_invalid=True)


def _path(lang: str) -> Path:
    return ROOT / "locale" / lang / "LC_MESSAGES" / "vigil.po"


def places(text: str) -> set[str]:
    """The names of `{places}` in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def problems(lang: str) -> list[str]:
    """What a translator has still to do in this language, a line each."""
    entries = {_msgids(entry)[0]: entry for entry in catalogue(lang) if entry.id}
    lines = [f"{lang}: said twice: {msgid}" for msgid in _twice(lang)]
    used: set[str] = set()
    for each in said():
        used.add(each.msgid)
        msgids = _msgids(entries[each.msgid]) if each.msgid in entries else ()
        if not msgids or (each.plural is not None and len(msgids) == 1):
            lines.append(f"{lang}: {each.where}: not translated: {each.msgid!r}")
        elif each.plural is not None and msgids[1] != each.plural:
            lines.append(f"{lang}: {each.where}: another plural: {msgids[1]!r}")
    for msgid, entry in entries.items():
        lines += [f"{lang}: {wrong}: {msgid!r}" for wrong in _wrong(entry, used)]
    return lines


def _msgids(entry: Message) -> tuple[str, ...]:
    return (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)


def _twice(lang: str) -> Iterator[str]:
    """Entries that reading quietly merges."""
    counts = Counter(re.findall(r"^msgid (.+(?:\n\".*)*)", _path(lang).read_text("utf-8"), re.M))
    yield from (msgid for msgid, n in counts.items() if n > 1)


def _wrong(entry: Message, used: set[str]) -> Iterator[str]:
    msgids = _msgids(entry)
    strings = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
    if msgids[0] not in used:
        yield "not used"
    if entry.fuzzy:
        yield "fuzzy"
    if not all(strings):
        yield "empty"
    for text in filter(None, strings):
        if places(text) != places(msgids[-1]):
            yield "other places"
        if text.endswith("\n") != msgids[-1].endswith("\n"):
            yield "other line end"


if __name__ == "__main__":
    found = [line for lang in TRANSLATED for line in problems(lang)]
    print("\n".join(dict.fromkeys(found)))
    sys.exit(bool(found))
