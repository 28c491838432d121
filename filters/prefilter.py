r"""Which words can open a match of a pattern: the patterns are tried there and nowhere else.

Python's engine tries a pattern at every letter. Nearly all of ours begin where a word
begins, and of the words of a text few can begin any of them. From the source of a
pattern another is derived that reads one word and says whether a match can begin with
it: each piece either reads on inside the word, or reads a sign that parts words and so
leaves it, and what follows does not matter. Classes are widened, look-arounds left out:
too many words may pass, never too few. All derived patterns are asked at once (RE2's
Set), once for each form ever seen.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import msgspec

__all__ = [
    "RUN",
    "Openings",
    "alternatives",
    "asked",
    "begins_words",
    "derive",
    "dump",
    "later",
    "mark_of",
    "opening",
    "runs",
    "shipped",
]

_PIECE: Final = re.compile(
    r"(?P<look>\(\?<?[=!])|(?P<back>\(\?P=\w+\))"
    r"|(?P<open>\((?:\?(?:P<\w+>|:|>|[a-z-]+:))?)|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<repeat>(?:[*+?]|\{\d*,?\d*\})[?+]?)|(?P<escape>\\.)|(?P<other>.)",
    re.DOTALL,
)
_COUNT: Final = re.compile(r"\{(\d*)(,?)(\d*)\}")
_APOSTROPHES: Final = "'’ʼ"
_MAX_REPETITIONS: Final = 5  # repetitions written out
_NO_WORD: Final = "ъъъъъ"
_AT_WORD: Final = re.compile(r"\(\?<!(?:\\w|\[\\w[^\]]*\])\)|\(\?<=[^()]*(?:\([^()]*\))?\\s\)")
RUN: Final = re.compile(r"\w[\w']*")
_INSIDE: Final = re.compile(r"(?<!\w)(?=(\w[\w']*))")
_PLAIN: Final = re.compile("[0-9A-Za-z_А-Яа-яІіЇїЄєҐґЁё']*+")
_ALIKE: Final = {"İ": "i", "ı": "i"}
_MAX_MEMORY: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class _Reads:
    """What a piece can do with the rest of a word: read on `inside` it, or, having read as
    much as `leaving`, go on to a sign. Each a pattern, or None for never."""

    inside: str | None
    leaving: str | None


_EMPTY: Final = _Reads("", None)
_SIGN: Final = _Reads(None, "")
# An apostrophe between letters is a letter; one that a text has at a word's end is not there.
_APOSTROPHE: Final = _Reads("(?:'|$)", None)
_END: Final = _Reads(None, "(?:'.*)?")
_ANY: Final = _Reads(".", "")


def _either(parts: Sequence[str | None]) -> str | None:
    there = list(dict.fromkeys(part for part in parts if part is not None))
    if len(there) < 2:
        return there[0] if there else None
    return f"(?:{'|'.join(there)})"


def _row(pieces: Sequence[_Reads]) -> _Reads:
    """One after the other."""
    inside: str | None = ""
    leaving: str | None = None
    for piece in reversed(pieces):
        after = None if leaving is None or piece.inside is None else piece.inside + leaving
        leaving = _either((piece.leaving, after))
        inside = None if inside is None or piece.inside is None else piece.inside + inside
    return _Reads(inside, leaving)


def _repeated(piece: _Reads, mark: str) -> _Reads:
    least, most = {"*": (0, -1), "+": (1, -1), "?": (0, 1)}.get(mark[0], (0, -1))
    counted = _COUNT.match(mark)
    if counted:
        least = int(counted[1] or 0)
        most = least if not counted[2] else int(counted[3]) if counted[3] else -1
    if piece.inside is None:
        return _Reads("" if not least else None, piece.leaving)
    body = f"(?:{piece.inside})"
    if most == 1:
        inside, before = body + ("" if least else "?"), ""
    elif 0 <= most <= _MAX_REPETITIONS:
        inside, before = f"{body}{{{least},{most}}}", f"{body}{{0,{most - 1}}}"
    else:
        inside, before = body + ("+" if least else "*"), f"{body}*"
    return _Reads(inside, None if piece.leaving is None else before + piece.leaving)


def _letter(letter: str) -> _Reads:
    if letter in _APOSTROPHES:
        return _APOSTROPHE
    if letter.isalnum() or letter == "_":
        return _Reads(letter, None)
    return _SIGN


def _escaped(piece: str) -> _Reads:
    kind = piece[1]
    if kind == "w":
        return _Reads(".", None)
    if kind == "d":
        return _Reads("[0-9]", None)
    if kind in "sn":
        return _SIGN
    if kind in "WSD":
        return _ANY
    if kind in "bBAZ":
        return _EMPTY
    return _ANY if kind.isalnum() else _letter(kind)


def _class(piece: str) -> _Reads:
    if piece[1] == "^":
        return _Reads(".", None) if r"\W" in piece else _ANY
    inner = piece[1:-1]
    if re.search(r"\\[wWDS]", inner):
        return _ANY if re.sub(r"\\[wd']|[\w']", "", inner) else _Reads("(?:.|$)", None)
    letters = re.sub(r"\\[ds]", "", inner)
    letters = re.sub(r"\\(.)", r"\1", letters)
    kept = re.sub(rf"(?<!\w)-|-(?!\w)|[^\w{_APOSTROPHES}-]", "", letters)
    signs = "\\s" in inner or bool(re.search(rf"(?<!\w)-|-(?!\w)|[^\w{_APOSTROPHES}-]", letters))
    apostrophe = any(letter in kept for letter in _APOSTROPHES)
    for letter in _APOSTROPHES:
        kept = kept.replace(letter, "")
    kept += "0-9" if "\\d" in inner else ""
    read = [f"[{kept}]" if kept else None, "(?:'|$)" if apostrophe else None]
    return _Reads(_either(read), "" if signs else None)


class _Parser:
    """Reads the source of a pattern, one way only: it does not go back."""

    def __init__(self, source: str) -> None:
        self._pieces = list(_PIECE.finditer(source))
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._pieces)

    def alternation(self) -> _Reads:
        rows = [self._sequence()]
        while self._at < len(self._pieces) and self._pieces[self._at].lastgroup == "bar":
            self._at += 1
            rows.append(self._sequence())
        if len(rows) == 1:
            return rows[0]
        return _Reads(_either([r.inside for r in rows]), _either([r.leaving for r in rows]))

    def _sequence(self) -> _Reads:
        return _row(self.pieces())

    def pieces(self) -> list[_Reads]:
        """What stands one after the other, up to a bar or the end of the group."""
        pieces: list[_Reads] = []
        while self._at < len(self._pieces):
            found = self._pieces[self._at]
            kind, piece = found.lastgroup, found[0]
            if kind in ("bar", "close"):
                break
            self._at += 1
            if kind == "repeat":
                pieces[-1] = _repeated(pieces[-1], piece)
            else:
                pieces.append(self._piece(str(kind), piece))
        return pieces

    def _piece(self, kind: str, piece: str) -> _Reads:
        if kind in ("look", "open"):
            start = self._at
            read = self.alternation()
            inner = "".join(found[0] for found in self._pieces[start : self._at])
            self._at += 1
            if kind == "open":
                return read
            return _END if (piece, inner) == ("(?!", r"\w") else _EMPTY
        if kind == "class":
            return _class(piece)
        if kind == "back":
            return _Reads(".*", "")
        if kind == "escape":
            return _escaped(piece)
        if piece == ".":
            return _ANY
        return _EMPTY if piece in "^$" else _letter(piece)


def opening(source: str) -> str:
    """A pattern that reads a whole word, in RE2's language, of the words `source` can begin with.

    Raises ValueError for a source that can begin with a sign, or match nothing.
    """
    found = _derived(source)[0]
    if found is None:
        raise ValueError(f"may begin with a sign: {source}")
    return found


def later(source: str) -> str | None:
    """The same of a word that stands further on in any match, the last there surely is; or None.

    `source` has no alternatives at its outermost level.
    """
    return _derived(source)[1]


def derive(source: str) -> tuple[str | None, str | None]:
    """`opening`, None where it raises, and `later`, worked out from the source."""
    pieces, alone = _outermost(source)
    return _opening(_row(pieces) if alone else _Parser(source).alternation()), _later(pieces)


def mark_of(source: str) -> bytes:
    """Names a source in the file that ships."""
    return blake2b(source.encode(), digest_size=8).digest()


def dump(sources: Iterable[str]) -> bytes:
    """What was derived from these, as the file that ships holds it."""
    return zlib.compress(msgspec.msgpack.encode({mark_of(s): derive(s) for s in sources}), 9)


@cache
def shipped() -> Mapping[bytes, tuple[str | None, str | None]]:
    """By `mark_of`, what was derived from our patterns: doing it anew takes half a second."""
    file = Path(__file__).parent / "packs" / "data" / "openings.bin"
    try:
        kept = file.read_bytes()
    except FileNotFoundError:
        return {}
    return msgspec.msgpack.decode(zlib.decompress(kept), type=_Shipped)


_Shipped = dict[bytes, tuple[str | None, str | None]]

asked: Final[set[str]] = set()
"""The sources that were asked about so far."""


def _derived(source: str) -> tuple[str | None, str | None]:
    asked.add(source)
    return shipped().get(mark_of(source)) or derive(source)


def _later(pieces: Sequence[_Reads]) -> str | None:
    for at in range(len(pieces) - 1, 0, -1):
        if pieces[at - 1].leaving is None and len(pieces[at - 1].inside or "") == 1:  # a letter
            continue
        found = _opening(_row(pieces[at:]))
        if found is not None and not re.fullmatch(found, _NO_WORD):
            # Between signs it is a word's beginning; else anything may stand before it.
            return found if pieces[at - 1] == _SIGN else ".*" + found
    return None


def _outermost(source: str) -> tuple[list[_Reads], bool]:
    """The pieces of a source's first alternative, and whether it is the only one."""
    parser = _Parser(source)
    return parser.pieces(), parser.is_done


def _opening(read: _Reads) -> str | None:
    whole = _either((read.leaving, None if read.inside is None else read.inside + ".*"))
    return None if whole is None or re.fullmatch(whole, "") else whole


def alternatives(source: str) -> list[str]:
    """The alternatives of a pattern at its outermost level."""
    found = [""]
    depth = 0
    for piece in _PIECE.finditer(source):
        depth += piece.lastgroup in ("look", "open")
        depth -= piece.lastgroup == "close"
        if piece.lastgroup == "bar" and not depth:
            found.append("")
        else:
            found[-1] += piece[0]
    return found


class Openings:
    """Which of several derived patterns read a word."""

    def __init__(self, patterns: Iterable[str]) -> None:
        import re2

        options = re2.Options()
        options.log_errors = False
        options.never_capture = True
        options.max_mem = _MAX_MEMORY
        options.case_sensitive = False
        self._set: Any = re2.Set.FullMatchSet(options)
        for pattern in patterns:
            self._set.Add(pattern)
        self._set.Compile()

    def of(self, word: str) -> list[int]:
        """Their numbers, in order."""
        return sorted(self._set.Match(word) or ())


def runs(form: str) -> list[tuple[int, str]]:
    """Where inside a form patterns see a word begin, and what they see of it from there."""
    if form.isalnum():
        return [(0, _folded(form))]
    return [(found.start(), _folded(found[1])) for found in _INSIDE.finditer(form)]


def _folded(word: str) -> str:
    """The word in the letters of the patterns: digits of other scripts, and letters that
    Python's engine takes for ours where case does not count, are made ours."""
    if _PLAIN.fullmatch(word):
        return word.replace("ё", "е").replace("Ё", "Е")
    folded = ""
    for letter in word:
        low = _ALIKE.get(letter) or letter.upper().lower()
        folded += "0" if letter > "9" and letter.isdecimal() else low if len(low) == 1 else letter
    return folded.replace("ё", "е")


def begins_words(source: str) -> bool:
    """Whether every match begins where a word does, by what the source looks back at."""
    return all(_AT_WORD.match(each) for each in alternatives(source))
