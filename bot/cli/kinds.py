"""Tells by its first bytes what a file is that holds no posts, and how to make posts of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["WrongKind", "wrong_kind"]

_LOOKED_AT: Final = 20  # lines
_BINARY: Final = (
    (b"PK\x03\x04", "a ZIP archive or an office document", "Save its table as CSV, or unpack it"),
    (b"%PDF", "a PDF", "Take its text out: pdftotext"),
    (b"BZh", "packed with bzip2", "Unpack it: bzip2 -dc FILE | vigil match -"),
    (b"\xfd7zXZ", "packed with xz", "Unpack it: xz -dc FILE | vigil match -"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "Unpack it: zstd -dc FILE | vigil match -"),
    (b"SQLite format 3", "an SQLite database", "Export a table of it as JSON"),
    (b"PAR1", "a Parquet file", "Export it as JSON lines"),
    (b"\x7fELF", "a program", "Give a file of posts"),
    (b"\x89PNG", "a picture", "Give a file of posts"),
    (b"\xff\xd8\xff", "a picture", "Give a file of posts"),
)
_WIDE: Final = ((b"\xff\xfe\0\0", "UTF-32"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


@dataclass(frozen=True, slots=True)
class WrongKind:
    """What the input is instead of JSON lines, and how to make these of it."""

    what: str
    mend: str


def wrong_kind(lines: Sequence[bytes], name: str) -> WrongKind | None:
    """What this is that begins so; None if it holds posts, or too little is known.

    `name` stands for the file in the mend.
    """
    start = b"\n".join(lines[:2])[:200]
    for magic, what, mend in _BINARY:
        if start.startswith(magic):
            return WrongKind(what, mend.replace("FILE", name))
    for mark, encoding in _WIDE:
        if start.startswith(mark):
            return _recoded(encoding, name)
    if b"\0" in start[:2]:
        return _recoded("UTF-16", name)
    if sum(byte < 32 and byte not in b"\t\r\n\f" for byte in start) > len(start) // 20:
        return WrongKind("no text", "Give a file of posts")
    lines_read = [line.strip() for line in lines[:_LOOKED_AT] if line.strip()]
    if not lines_read or any(map(_is_object, lines_read)):
        return None
    return _text(lines_read, name)


def _recoded(encoding: str, name: str) -> WrongKind:
    return WrongKind(f"written in {encoding}", f"iconv -f {encoding} -t UTF-8 {name} > posts.jsonl")


def _text(lines: Sequence[bytes], name: str) -> WrongKind | None:
    first = lines[0].lower()
    if first.startswith(b"["):
        return WrongKind("one JSON array", f"jq -c '.[]' {name} > posts.jsonl")
    if first.startswith(b"{"):
        # Objects that stretch over lines begin with a brace alone; else the line is damaged.
        if first == b"{":
            return WrongKind("JSON over several lines", f"jq -c . {name} > posts.jsonl")
        return None
    if first.startswith((b"<?xml", b"<rss", b"<feed", b"<opml")):
        return WrongKind("XML", f"A feed is read by: vigil try {name}")
    if first.startswith((b"<!doctype", b"<html")):
        return WrongKind("a web page", f"A page is read by: vigil try {name}")
    if len(lines) == 1:
        return None  # the first line of a pipe, or a file of one line: its fault is told
    if mark := _separator(lines):
        what = {",": "CSV", ";": "CSV with semicolons", "\t": "a table with tabs"}[mark]
        return WrongKind(what, f'Name its columns "id" and "text", then: {_from_csv(mark, name)}')
    return WrongKind(
        "plain text", f"Each line a post: jq -Rc '{{id: input_line_number, text: .}}' {name}"
    )


def _from_csv(mark: str, name: str) -> str:
    """A command that every machine with Vigil has."""
    reader = f"csv.DictReader(sys.stdin, delimiter={mark!r})".replace("'", '"')
    each = f"[print(json.dumps(row)) for row in {reader}]"
    return f"python3 -c 'import csv, json, sys; {each}' < {name} > posts.jsonl"


def _separator(lines: Sequence[bytes]) -> str:
    """What separates columns, "" if nothing does: as many in the heading as in what follows."""
    text = [line.decode("utf-8", errors="replace") for line in lines]
    for mark in (",", ";", "\t"):
        try:
            widths = [len(row) for row in csv.reader(text[:5], delimiter=mark) if row]
        except csv.Error:
            continue
        if widths and widths[0] >= 2 and all(width == widths[0] for width in widths[:3]):
            return mark
    return ""


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
