"""Reading lines: whole, packed, broken off, from a slow pipe."""

from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import lines
from bot.cli.lines import Lines, TooLong


def read(path: Path) -> list[bytes]:
    with Lines(str(path)) as source:
        return [line for batch in source.batches() for line in batch]


@given(st.lists(st.binary(max_size=20).filter(lambda b: b"\n" not in b)), st.booleans())
def test_every_line_comes_once_and_in_order(tmp_path_factory, expected, packed) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path_factory.mktemp("lines") / "x"
    content = b"\n".join(expected)
    # A file that begins like a packed one is taken for one: not what this is about.
    if content.startswith((b"\x1f\x8b", b"\xef\xbb\xbf")):
        return
    file.write_bytes(gzip.compress(content) if packed else content)

    found = read(file)

    assert b"\n".join(found) == content.removesuffix(b"\n")


def test_a_line_longer_than_a_read_is_whole(tmp_path: Path) -> None:
    long = b"x" * 1_000_000
    (tmp_path / "x").write_bytes(b"a\n" + long + b"\nb\n")

    assert read(tmp_path / "x") == [b"a", long, b"b"]


def test_an_endless_line_is_skipped_and_the_next_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded, and one bad line never stops the others."""
    monkeypatch.setattr(lines, "LONGEST", 200_000)
    (tmp_path / "x").write_bytes(b"a\n" + b"x" * 500_000 + b"\nb\n")

    found = read(tmp_path / "x")

    assert [found[0], found[2]] == [b"a", b"b"]
    assert isinstance(found[1], TooLong)


def test_parts_packed_one_after_another_are_one_file(tmp_path: Path) -> None:
    """`cat a.gz b.gz` is a valid gzip file; archives are made so."""
    (tmp_path / "x").write_bytes(gzip.compress(b"a\n") + gzip.compress(b"b\n" * 50_000) + b"\0\0")

    found = read(tmp_path / "x")

    assert (found[0], found[1], len(found)) == (b"a", b"b", 50_001)


@pytest.mark.parametrize("damage", ["cut", "spoilt"])
def test_damaged_packed_file_is_told_after_what_could_be_read(tmp_path: Path, damage: str) -> None:
    packed = gzip.compress(os.urandom(200_000).hex().encode() + b"\n" + b"tail\n", 1)
    middle = len(packed) * 3 // 4
    broken = packed[:middle] if damage == "cut" else packed[:middle] + b"\xff" * 2_000
    (tmp_path / "x").write_bytes(broken)

    with pytest.raises(EOFError):
        read(tmp_path / "x")


def test_mark_of_utf_8_at_the_start_is_no_part_of_the_line(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xef\xbb\xbf{}\n")

    assert read(tmp_path / "x") == [b"{}"]


def test_a_slow_pipe_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tail -f posts | vigil match` answers each post when it comes."""
    reading, writing = os.pipe()
    monkeypatch.setattr(sys, "stdin", os.fdopen(reading))
    with Lines("-") as source:
        batches = source.batches()
        os.write(writing, b"a\nb")

        assert next(batches) == [b"a"]
        assert source.waiting()
        os.write(writing, b"\n")
        assert not source.waiting()
        assert next(batches) == [b"b"]
    os.close(writing)
    sys.stdin.close()
