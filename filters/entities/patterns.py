"""What is written by rule: laws, units, courts, counts, terms, dates.

Run on all text they would be the slowest part of reading, so each runs only around its
cue words (their first four letters are compared), and only where a number, or what else
the kind cannot do without, stands near the cue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import compress
from typing import Final, TypeAlias

from filters.analysis import Analysis, Cut, as_written, spellings_of
from filters.document import TEXT, TITLE, Document
from filters.entities import count_words, counts, courts, dates, laws, units
from filters.entities import prison_terms as terms
from filters.entities.mention import EntityMention
from filters.entities.numbers import is_number, plain
from filters.entities.windows import Ranges, around

__all__ = ["find_patterns", "may_name_offences", "named_offences", "settled"]

_Found: TypeAlias = Iterator[tuple[str, int, int, bool]]
_Finder: TypeAlias = Callable[[str, Ranges | None], _Found]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A pattern: the first letters of its cue words, how far around one to look, and what
    must stand within so many words before or behind a cue for a look to be worth it."""

    name: str
    finder: _Finder
    cues: frozenset[str]
    before: int
    after: int
    needs: int
    words_before: int
    words_behind: int
    wants: int = -1  # what must stand anywhere in the text


# What words are, beside cues: a number in digits or words, one in digits, of a court's kind,
# of punishment, enough by itself («пожизненно»), a month, a word beside a sentence.
_NUMBER, _DIGITS, _COURT, _PUNISH, _ALONE, _MONTH, _SENTENCE, _ARMY = (
    1 << bit for bit in range(8, 16)
)
_OFFENCE: Final = 1 << 16
_COUNT: Final = 3  # the place of that kind
_KINDS: Final = (
    _Kind("law", laws.find_laws, laws.CUES, 45, 60, _DIGITS, 5, 7),
    _Kind("unit", units.find_units, units.CUES, 100, 40, _NUMBER, 12, 5),
    _Kind("court", courts.find_courts, courts.CUES, 70, 30, _COURT, 4, 5),
    _Kind("count", counts.find_counts, count_words.CUES, 90, 30, _NUMBER, 8, 3, _ARMY),
    _Kind("term", terms.find_terms, terms.CUES, 45, 80, _NUMBER | _PUNISH, 7, 2, _SENTENCE),
)

# Around the name of a month: its days, its year.
_DAYS: Final = (60, 45)
# Around two numbers that touch: the word before, what would make them no date behind.
_NUMERIC: Final = (20, 20)
_MAX_CUES: Final = 30


def _by_head() -> dict[str, int]:
    """What the first four letters of a word say of it."""
    told: dict[str, int] = {}
    for heads, mark in (
        *((kind.cues, 1 << bit) for bit, kind in enumerate(_KINDS)),
        (dates.CUES, _MONTH),
        (laws.OFFENCE_CUES, _OFFENCE),
        (courts.KIND_CUES, _COURT),
        (terms.PUNISHMENT_CUES, _PUNISH | _SENTENCE),
        (terms.SENTENCE_CUES, _SENTENCE),
        (count_words.ARMY_CUES, _ARMY),
        (units.ABBREVIATED, _ARMY),
    ):
        for head in heads:
            told[head] = told.get(head, 0) | mark
    return told


_BY_HEAD: Final = _by_head()


class _Marks(dict[Cut, int]):
    """What a word is, bit by bit; learnt word by word, forgotten when too many."""

    def __missing__(self, cut: Cut) -> int:
        norm = spellings_of(cut)[1]
        found = _BY_HEAD.get(norm[:4], 0)
        if norm in laws.HUNDREDS or (not norm.isalpha() and any(map(str.isdigit, norm))):
            found |= _NUMBER | _DIGITS
        elif is_number(norm):
            found |= _NUMBER
        if norm.startswith(count_words.LONG_CUES):
            found |= 1 << _COUNT
        if norm.startswith(terms.ALONE):
            found |= _ALONE | _SENTENCE
        if len(self) >= _MAX_FORMS_CACHED:
            self.clear()
        self[cut] = found
        return found


_MAX_FORMS_CACHED: Final = 1 << 15
_MARKS: Final = _Marks()


def find_patterns(analysis: Analysis, only: str = "") -> list[EntityMention]:
    """Mentions of every pattern, or of one kind, by kind."""
    cuts = analysis.cuts
    present = _present(analysis)
    kinds = _possible(present)
    if only:
        kinds = [(cue, kind) for cue, kind in kinds if kind.name == only]
    dated = present & _NUMBER and present & (_MONTH | _DIGITS) and only in ("", "date")
    if not (kinds or dated):
        return []
    marks = list(map(_MARKS.__getitem__, cuts))
    document = analysis.document
    fields: dict[str, str] = {}
    found: list[EntityMention] = []
    hot = list(compress(enumerate(marks), marks))
    for cue, kind in kinds:
        cues = {cuts[at] for at in _worth(hot, marks, cue, kind)}
        if not cues:
            continue
        words = [plain(as_written(cue)) for cue in cues]
        fields = fields or _plain(document)
        for field, text in fields.items():
            ranges = around(text, words, kind.before, kind.after)
            if ranges:
                found += _mentions(kind.name, field, kind.finder(text, ranges))
    if dated:
        months = list({plain(as_written(cuts[at])) for at, mark in hot if mark & _MONTH})
        sides = _side_by_side(hot, cuts)
        if months or sides:
            for field, text in (fields or _plain(document)).items():
                ranges = around(text, months, *_DAYS)
                # Each is looked for in all of the text: on a page of tables that would be slow.
                numeric = around(text, sides, *_NUMERIC) if len(sides) <= _MAX_CUES else None
                if ranges or numeric is None or numeric:
                    days = dates.find_dates(text, document.published, ranges, numeric)
                    found += _mentions("date", field, days)
    return found


def _present(analysis: Analysis) -> int:
    """What the words of a text are, all together; worked out once."""
    known = analysis.marked
    if known is None:
        known = 0
        for mark in set(map(_MARKS.__getitem__, analysis.cuts)):
            known |= mark
        analysis.marked = known
    return known


@lru_cache(maxsize=4096)
def _possible(present: int) -> list[tuple[int, _Kind]]:
    """The kinds, and the marks of their cues, that a text of these marks may have."""
    return [
        (1 << bit, kind)
        for bit, kind in enumerate(_KINDS)
        if present & 1 << bit and present & (kind.needs | _ALONE) and present & kind.wants
    ]


def _plain(document: Document) -> dict[str, str]:
    fields = ((field, document.field(field)) for field in (TITLE, TEXT))
    return {field: plain(text) for field, text in fields if text}


def _worth(
    hot: Sequence[tuple[int, int]], marks: Sequence[int], cue: int, kind: _Kind
) -> Iterator[int]:
    """The places of cues with what they need beside them."""
    for at, mark in hot:
        if mark & cue:
            low = max(0, at - kind.words_before)
            near = 0
            for beside in marks[low : at + kind.words_behind + 1]:
                near |= beside
            if near & kind.needs or mark & _ALONE:
                yield at


def _side_by_side(hot: Sequence[tuple[int, int]], cuts: Sequence[Cut]) -> list[str]:
    """Neighbours that hold digits as they would stand in a date: 12.03, 12/03, 12-03."""
    found: list[str] = []
    before = -2
    for at, mark in hot:
        if mark & _DIGITS:
            if before == at - 1:
                one, other = plain(as_written(cuts[before])), plain(as_written(cuts[at]))
                found += (f"{one}.{other}", f"{one}/{other}", f"{one}-{other}")
            before = at
    return found


def settled(known: list[EntityMention], ruled: list[EntityMention]) -> list[EntityMention]:
    """Both together. A unit that is known by name wins over what the rules made of its words,
    and stands on all of them: «155-ї бригади імені Анни Київської». A place in a court's own
    name is none ("Pskov Garrison Military Court")."""
    courts = [m for m in ruled if m.kind == "court"]
    if courts:
        known = [m for m in known if m.kind != "place" or not any(_meet(m, c) for c in courts)]
    named = [m for m in known if m.kind == "unit"]
    if not named:
        return [*known, *ruled]
    kept = [m for m in known if m.kind != "unit"]
    for unit in named:
        same = [m for m in ruled if m.kind == "unit" and _meet(m, unit)]
        start = min((unit.start, *(m.start for m in same)))
        end = max((unit.end, *(m.end for m in same)))
        kept.append(replace(unit, start=start, end=end))
        ruled = [m for m in ruled if m not in same]
    return kept + ruled


def _meet(one: EntityMention, other: EntityMention) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end


def may_name_offences(analysis: Analysis) -> bool:
    """Whether a text names an offence, if an army is known: the army need not be asked else."""
    if not _present(analysis) & _OFFENCE:
        return False
    document = analysis.document
    return any(laws.may_find_offences(plain(text)) for text in (document.title, document.text))


def named_offences(
    analysis: Analysis, army: str, stated: Sequence[EntityMention] = ()
) -> list[EntityMention]:
    """Offences by name as their articles (marked as inferred), where the army is known or the
    words are Ukraine's; none in a sentence where an article is `stated`, and none of another
    country than the one whose articles are."""
    told = {m.id.split(":")[1] for m in stated if m.kind == "law"} & {*laws.ARMIES}
    if len(told) == 1:
        army = told.pop()
    fields = ((field, plain(analysis.document.field(field))) for field in (TITLE, TEXT))
    return [
        mention
        for field, text in fields
        for mention in _mentions("law", field, laws.find_offences(text, army))
        if not any(_in_one_sentence(text, mention, other) for other in stated)
    ]


def _in_one_sentence(text: str, one: EntityMention, other: EntityMention) -> bool:
    if one.field != other.field or other.kind != "law":
        return False
    low, high = sorted(((one.start, one.end), (other.start, other.end)))
    return laws.SENTENCE_END.search(text, low[1], high[0] + 1) is None


def _mentions(kind: str, field: str, found: _Found) -> Iterator[EntityMention]:
    for name, start, end, inferred in found:
        yield EntityMention(name, kind, field, start, end, inferred)
