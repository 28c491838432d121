"""What a passage says of its event, as codes a reader's language can say: the facts line.

`count:~60`, `place:pskov`, `unit:ru:brigade:155`, `deed:refused-deploy`, `done:beaten`,
`term:6`, `law:ru:337/5`, `court:garrison:chita`: each with the words that say it. Only what the
passage asserts: what is denied, only possible, asked or called for is no fact, and an offence
by name is no article. Deeds and what was done about them are data, packs/data/facts.toml.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as field_
from functools import cache
from importlib import resources
from typing import Final

from filters.document import Document, Span
from filters.entities import Entity, EntityMention
from filters.entities.court_places import court_town
from filters.entities.numbers import plain
from filters.entities.windows import search
from filters.towns import find_towns

__all__ = ["Fact", "FactRule", "fact_rules", "facts_of", "names_event", "pack", "unpack", "unsaid"]

_MAX_FACTS: Final = 6
_ORDER: Final = ("count", "place", "unit", "deed", "done", "term", "law", "court")
_NAMING: Final = frozenset(("count", "place", "unit", "court"))
_MOST_OF: Final = {"done": 2, "law": 2}  # of other kinds one

# Before a deed in its clause, these make it no fact; behind it, those.
_DOUBT: Final = re.compile(
    r"(?<!\w)(?:не|ни|никто|никогда|без|бы|б|если|чтобы|якобы|может|могут|мог|могли|ні|ніхто|ніколи|аби|якби|якщо|щоб"
    r"|нібито|може|можуть|міг|могли|опроверг\w*|отриц\w*|спростув\w*|запереч\w*|призва\w*|призыва\w*|заклик\w*"
    r"|готов\w*|намерен\w*|план\w*|not|never|no|nobody|none|if|would|could|may|might|can|cannot|den(?:y|ied|ies)"
    r"|urge[ds]?|plans?|likely|unless|\w+n't)(?!\w)"
)
_CLAUSE: Final = re.compile(
    r"[.!?;:()\n]|, (?:а|но|і|и|що|что|but|while|who|which)(?= )"
    r"|,(?= (?:их|его|їх|його|they|he)(?!\w))"
)
_DOUBT_BEHIND: Final = re.compile(r"\s(?:бы|б|ли|чи|не (?:был|были|было|стал|стали))(?!\w)")
_DOUBT_IN: Final = re.compile(r"\s(?:бы|б|би|would)\s")
_SENTENCE: Final = re.compile(r"[.!?\n]")
# What is said about a whole clause: «опровергло, что …».
_DENIAL: Final = re.compile(
    r"(?<!\w)(?:опроверг|отриц|спростув|запереч|призва|призыва|заклик|denied|denies|deny|urge)"
)
_LETTERS_BEFORE: Final = 60  # letters


@dataclass(frozen=True, slots=True)
class Fact:
    """A code and the words that say it. `names` are a place's or a court's town, by language."""

    code: str
    field: str
    start: int
    end: int
    names: Mapping[str, str] = field_(default_factory=dict)

    @property
    def kind(self) -> str:
        """`count`, `deed`…"""
        return self.code.partition(":")[0]


@dataclass(frozen=True, slots=True)
class FactRule:
    """A deed, or what was done about it, with the texts that must and must not tell it."""

    code: str
    pattern: re.Pattern[str]
    must: tuple[str, ...]
    must_not: tuple[str, ...]


def facts_of(
    document: Document,
    mentions: Iterable[EntityMention],
    passage: Span,
    known: Mapping[str, Entity],
) -> tuple[Fact, ...]:
    """The facts of a passage in the order they are read in, at most six.

    `mentions` are those of the document, `known` the entities by id: a place is called by its
    titles. Every fact lies in the passage.
    """
    inside = [
        m
        for m in mentions
        if m.field == passage.field and passage.start <= m.start and m.end <= passage.end
    ]
    found = [*_named(inside, known), *_towns(document, passage), *_done(document, passage)]
    kinds: dict[str, list[Fact]] = {kind: [] for kind in _ORDER}
    for fact in sorted(found, key=lambda each: (each.start, -each.end)):
        if fact.code not in {each.code for each in kinds[fact.kind]}:
            kinds[fact.kind].append(fact)
    if kinds["deed"]:
        kinds["deed"] = [min(kinds["deed"], key=_rank)]
        kinds["count"].sort(key=lambda count: _apart(count, kinds["deed"][0]))
    if kinds["law"]:
        kinds["deed"] = []  # the article says it
    chosen = [fact for kind in _ORDER for fact in kinds[kind][: _MOST_OF.get(kind, 1)]]
    return tuple(chosen[:_MAX_FACTS])


_MARKS_OF_COUNTS: Final = str.maketrans("", "", "~<>=")


def pack(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Facts as strings, to be stored."""
    return tuple(
        json.dumps([f.code, f.field, f.start, f.end, dict(f.names)], ensure_ascii=False)
        for f in facts
    )


def unpack(stored: Iterable[str]) -> tuple[Fact, ...]:
    """What `pack` made; a string of another make is left out."""
    found: list[Fact] = []
    for each in stored:
        try:
            code, where, start, end, names = json.loads(each)
        except (ValueError, TypeError):
            continue
        found.append(Fact(code, where, start, end, names))
    return tuple(found)


def unsaid(before: Iterable[Iterable[str]], after: Iterable[str]) -> tuple[str, ...]:
    """What of the facts `after`, packed, none of the texts `before` says. A number is no other
    for being about, over or exactly so many."""
    said = {_meant(fact.code) for each in before for fact in unpack(each)}
    return pack(fact for fact in unpack(after) if _meant(fact.code) not in said)


def names_event(facts: Iterable[str]) -> bool:
    """Whether the facts, packed, name an event: how many, where, of which unit, before which court.

    That men refused, or were threatened, is said of many events.
    """
    return any(fact.kind in _NAMING for fact in unpack(facts))


def _meant(code: str) -> str:
    return code.translate(_MARKS_OF_COUNTS) if code.startswith("count:") else code


def _named(inside: Sequence[EntityMention], known: Mapping[str, Entity]) -> Iterator[Fact]:
    """Counts, places, units, terms, articles and courts out of the mentions."""
    for m in inside:
        names: Mapping[str, str] = {}
        if m.kind not in _ORDER or (m.kind == "law" and m.id.endswith("~")):
            continue
        if m.kind == "place":
            entity = known.get(m.id)
            if entity is None:
                continue
            names = entity.titles
        elif m.kind == "court":
            names = court_town(m.id)
        yield Fact(m.id.rstrip("?"), m.field, m.start, m.end, names)


def _towns(document: Document, passage: Span) -> Iterator[Fact]:
    text = document.field(passage.field)[passage.start : passage.end]
    for town, start, end in find_towns(text):
        code = f"place:{town.names['en'].lower().replace(' ', '-')}"
        at = passage.start
        yield Fact(code, passage.field, at + start, at + end, town.names)


def _done(document: Document, passage: Span) -> Iterator[Fact]:
    """Deeds and what was done about them, where the passage asserts them."""
    text = plain(document.field(passage.field)[passage.start : passage.end]).lower()
    if text.rstrip(' »"”').endswith("?"):
        return
    for rule in fact_rules():
        for found in search(rule.pattern, text, ((0, len(text)),)):
            if _asserted(text, found.start(), found.end()):
                at = passage.start
                yield Fact(rule.code, passage.field, at + found.start(), at + found.end())
                break


def _asserted(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _LETTERS_BEFORE) : start]
    if _DENIAL.search(_SENTENCE.split(before)[-1]) or _DOUBT_IN.search(text, start, end):
        return False
    return not _DOUBT.search(_CLAUSE.split(before)[-1]) and not _DOUBT_BEHIND.match(text, end)


def _rank(fact: Fact) -> int:
    return next(n for n, rule in enumerate(fact_rules()) if rule.code == fact.code)


def _apart(one: Fact, other: Fact) -> int:
    """Letters between two facts; what stands behind the deed is farther."""
    if one.end <= other.start:
        return other.start - one.end
    return max(0, one.start - other.end) + _LETTERS_BEFORE


@cache
def fact_rules() -> tuple[FactRule, ...]:
    """The rules of packs/data/facts.toml. Of several deeds the first counts."""
    text = resources.files("filters.packs").joinpath("data", "facts.toml").read_text("utf-8")
    return tuple(
        FactRule(
            row["code"],
            re.compile("|".join(rf"(?<!\w)(?:{pattern})" for pattern in row["patterns"])),
            tuple(row["must"]),
            tuple(row["must_not"]),
        )
        for row in tomllib.loads(text)["fact"]
    )
