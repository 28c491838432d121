"""Known names in a text: one pass of an automaton over normalised words.

A text becomes its normalised words with a double space between; an alias, the
same with a single space at each end, so that it can only begin and end at words
and neighbours do not share a space. Leftmost-longest: «Псковская губерния» wins
over «Псков». Guards then decide: capitals, acronyms, words near, words beside.
A surname alone counts capitalised and with the full name or initials in the same
text, unless the person is known by surname (`famous`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind

from filters.analysis import Analysis
from filters.entities.mention import EntityMention
from filters.normalize import normalize_word

__all__ = ["Entity", "Gazetteer", "entity_of"]

_BREAK = "\u0000"  # a word no alias holds: names do not reach from the title into the text


@dataclass(frozen=True, slots=True)
class Entity:
    """A known thing and every form of its names, flattened (see `filters.entities.forms`).

    `strong` forms count capitalised; `acronyms` in capitals; `weak` ones where a
    word of `near` (a trailing * makes a prefix) stands in the same text;
    `surnames` with the full name, or alone where `famous`. `stop` are words that
    right beside a form make it something else. `army` and `country` are hints
    for the facets ("" where it tells nothing).
    """

    id: str
    kind: str
    titles: Mapping[str, str]
    strong: frozenset[str] = frozenset()
    acronyms: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()
    surnames: frozenset[str] = frozenset()
    initials: frozenset[str] = frozenset()
    famous: bool = False
    near: tuple[str, ...] = ()
    stop: frozenset[str] = frozenset()
    army: str = ""
    country: str = ""


def entity_of(row: Mapping[str, Any], forms: Mapping[str, Iterable[str]]) -> Entity:
    """The entity of a row of entities.toml and what `filters.entities.build` made of it."""
    titles = {lang: names[0] for lang, names in row.get("weak", {}).items()}
    titles |= {lang: names[0] for lang, names in row.get("names", {}).items()}
    return Entity(
        id=row["id"],
        kind=row["id"].partition(":")[0],
        titles=titles,
        strong=frozenset(forms.get("strong", ())),
        acronyms=frozenset(row.get("acronyms", ())),
        weak=frozenset(forms.get("weak", ())),
        surnames=frozenset(forms.get("surnames", ())),
        initials=frozenset(forms.get("initials", ())),
        famous=bool(row.get("famous", False)),
        near=tuple(row.get("near", ())),
        stop=frozenset(row.get("not", ())),
        army=row.get("army", ""),
        country=row.get("country", ""),
    )


@lru_cache(maxsize=1 << 15)
def _flat(surface: str) -> str:
    return normalize_word(surface).removesuffix("'s").rstrip("'")


class Gazetteer:
    """Finds known entities. Safe to share between threads; building costs milliseconds."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._rules: list[tuple[Entity, str]] = []
        self.kinds: set[str] = set()
        patterns: dict[str, list[int]] = {}
        for entity in entities:
            self.kinds.add(entity.id.partition(":")[0])
            groups = (
                ("strong", entity.strong),
                ("acronym", frozenset(acronym.lower() for acronym in entity.acronyms)),
                ("weak", entity.weak),
                ("surname", entity.surnames),
            )
            for rule, forms in groups:
                self._rules.append((entity, rule))
                for form in forms:
                    patterns.setdefault(form, []).append(len(self._rules) - 1)
        self._owners = list(patterns.values())
        self._automaton = AhoCorasick(
            ["  ".join(("", *form.split(" "), ""))[1:-1] for form in patterns],
            matchkind=MatchKind.LeftmostLongest,
        )

    def find(self, analysis: Analysis) -> list[EntityMention]:
        """Mentions in the order of the text."""
        words = [_flat(surface) for surface in analysis.surfaces]
        if analysis.title_count:
            words.insert(analysis.title_count, _BREAK)
        text = " " + "  ".join(words) + " "
        hits = self._automaton.find_matches_as_indexes(text)
        if not hits:
            return []
        starts: list[int] = []
        at = 0
        for word in words:
            starts.append(at)
            at += len(word) + 2
        candidates: list[tuple[Entity, str, int, int]] = []
        title = analysis.title_count
        for pattern, start, end in hits:
            first = bisect_right(starts, start) - 1
            last = bisect_right(starts, end - 2) - 1
            if analysis.title_count and first > analysis.title_count:
                first, last = first - 1, last - 1
            for owner in self._owners[pattern]:
                entity, rule = self._rules[owner]
                if not _allowed(entity, rule, analysis.surfaces, words, (first, last)):
                    continue
                if rule == "surname" and (
                    whole := _with_initials(entity, analysis.surfaces, first, last, title)
                ):
                    candidates.append((entity, "strong", *whole))
                else:
                    candidates.append((entity, rule, first, last))
        named = {entity.id for entity, rule, _, _ in candidates if rule == "strong"}
        return [
            _mention(analysis, entity, first, last)
            for entity, rule, first, last in candidates
            if rule != "surname" or entity.famous or entity.id in named
        ]


def _allowed(
    entity: Entity, rule: str, surfaces: Sequence[str], words: Sequence[str], at: tuple[int, int]
) -> bool:
    first, last = at
    if rule == "acronym":
        return all(
            not surface.islower() and _is_upper(surface) for surface in surfaces[first : last + 1]
        )
    if not surfaces[first][:1].isupper() and entity.kind in ("person", "place"):
        return False
    if rule == "weak":
        if not surfaces[first][:1].isupper():
            return False
        if entity.near and not any(_like(word, entity.near) for word in words):
            return False
    if entity.stop:
        beside = {*words[max(0, first - 1) : first], *words[last + 1 : last + 2]}
        return beside.isdisjoint(entity.stop)
    return True


def _with_initials(
    entity: Entity, surfaces: Sequence[str], first: int, last: int, title: int
) -> tuple[int, int] | None:
    """The words of «П. Чиков», «П. В. Чиков» or «Чиков П. В.», where the first name's initial
    is the person's."""
    before = first
    while before and before != title and first - before < 2 and _initial(surfaces[before - 1]):
        before -= 1
    if before < first and surfaces[before].lower() in entity.initials:
        return before, last
    after = last + 1
    most = min(len(surfaces), last + 3)
    while after < most and after != title and _initial(surfaces[after]):
        after += 1
    if after > last + 1 and surfaces[last + 1].lower() in entity.initials:
        return first, after - 1
    return None


def _initial(surface: str) -> bool:
    return len(surface) == 1 and surface.isupper()


def _is_upper(surface: str) -> bool:
    return surface.removesuffix("'s").removesuffix("’s").isupper()


def _like(word: str, patterns: Sequence[str]) -> bool:
    return any(
        word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern
        for pattern in patterns
    )


def _mention(analysis: Analysis, entity: Entity, first: int, last: int) -> EntityMention:
    span = analysis.span(analysis.position(first), analysis.position(last))
    end = span.end
    if analysis.document.field(span.field)[span.start : end].endswith(("'s", "’s")):
        end -= 2
    return EntityMention(entity.id, entity.kind, span.field, span.start, end)
