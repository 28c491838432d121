"""Known names in a text: its words are looked up, by form, among the first words of names.

Few are one, and only there are the words behind compared. Leftmost-longest: «Псковская
губерния» wins over «Псков». Guards then decide: capitals, acronyms, words near, words beside.
A surname alone counts capitalised and with the full name or initials in the same
text, unless the person is known by surname (`famous`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from typing import Any, Final, TypeAlias, cast

from filters.analysis import Analysis, Cut, as_written, spellings_of
from filters.entities.mention import EntityMention
from filters.entities.owners import AROUND, is_anothers
from filters.entities.person_names import PATRONYMIC

__all__ = ["Entity", "Gazetteer", "entity_of"]

_MAX_FORMS_CACHED: Final = 40_000  # forms

# The names that begin with a word, the longest first: the words behind it, and who is named.
_Names: TypeAlias = list[tuple[tuple[str, ...], list[int]]]


@dataclass(frozen=True, slots=True)
class Entity:
    """A known thing and every form of its names, flattened (see `filters.entities.forms`).

    `strong` forms count capitalised; `acronyms` in capitals; `weak` ones where a
    word of `near` (a trailing * makes a prefix) stands in the same text and none of `unless`;
    `surnames` with the full name, or alone where `famous`. `stop` are words that
    right beside a form make it something else; where there are `own` words, of its country, so
    does another country beside a weak form. `army` and `country` are hints
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
    unless: tuple[str, ...] = ()
    stop: frozenset[str] = frozenset()
    own: tuple[str, ...] = ()
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
        unless=tuple(row.get("unless", ())),
        stop=frozenset(row.get("not", ())),
        own=tuple(row.get("own", ())),
        army=row.get("army", ""),
        country=row.get("country", ""),
    )


class _Flat(dict[Cut, str]):
    """Words as names are written, by form."""

    def __missing__(self, cut: Cut) -> str:
        if len(self) >= _MAX_FORMS_CACHED:
            self.clear()
        norm = spellings_of(cut)[1].removesuffix("'s").rstrip("'")
        self[cut] = norm
        return norm


_FLAT: Final = _Flat()


class _FirstWords(dict[Cut, "_Names | None"]):
    """The names that a form may begin, learnt when the form is first seen."""

    def __init__(self, names: Mapping[str, _Names]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, cut: Cut) -> _Names | None:
        if len(self) >= _MAX_FORMS_CACHED:
            self.clear()
        found = self[cut] = self._names.get(_FLAT[cut])
        return found


class _Text:
    """The words of an item as names are compared with them."""

    __slots__ = ("cuts", "title")

    def __init__(self, analysis: Analysis) -> None:
        self.cuts = analysis.cuts
        self.title = analysis.title_count

    def surfaces(self, first: int, last: int) -> list[str]:
        """Words as they stand, from one to another."""
        return list(map(as_written, self.cuts[first : last + 1]))

    def words(self, first: int, end: int) -> list[str]:
        """Normalised words, up to the last."""
        return [_FLAT[cut] for cut in self.cuts[first:end]]

    def holds(self, patterns: tuple[str, ...]) -> bool:
        """Whether a word like one of these stands anywhere."""
        whole, begun = _likes(patterns)
        words = {_FLAT[cut] for cut in self.cuts}
        return not whole.isdisjoint(words) or any(word.startswith(begun) for word in words)

    def end(self, number: int) -> int:
        """The number behind the last word of the field that a word stands in."""
        return self.title if number < self.title else len(self.cuts)

    def beside(self, first: int, last: int) -> list[str]:
        """The word before and the word behind, in the same field."""
        begin = 0 if first < self.title else self.title
        before = self.words(max(begin, first - 1), first)
        return before + self.words(last + 1, min(last + 2, self.end(last)))


class Gazetteer:
    """Finds known entities. Safe to share between threads; building costs milliseconds."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._rules: list[tuple[Entity, str]] = []
        self.kinds: set[str] = set()
        owners: dict[str, list[int]] = {}
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
                    owners.setdefault(form, []).append(len(self._rules) - 1)
        names: dict[str, _Names] = {}
        for form, known in owners.items():
            first, *behind = form.split(" ")
            names.setdefault(first, []).append((tuple(behind), known))
        for each in names.values():
            each.sort(key=_length, reverse=True)
        self._first_words = _FirstWords(names)

    def find(self, analysis: Analysis) -> list[EntityMention]:
        """Mentions in the order of the text."""
        starts = list(map(self._first_words.__getitem__, analysis.cuts))
        if not any(starts):
            return []
        text = _Text(analysis)
        candidates: list[tuple[Entity, str, int, int]] = []
        for known, first, last in _named(starts, text):
            for owner in known:
                entity, rule = self._rules[owner]
                if not _allowed(entity, rule, text, first, last):
                    continue
                if rule == "weak" and entity.own and _is_anothers(analysis, entity, first, last):
                    continue
                whole = None
                if rule == "surname":
                    whole = _with_initials(entity, analysis.surfaces, first, last, text.title)
                    whole = whole or _around_patronymic(entity, text, first, last)
                elif rule == "strong" and entity.kind == "person":
                    whole = first, _upto_patronymic(text, last)
                if whole:
                    candidates.append((entity, "strong", *whole))
                else:
                    candidates.append((entity, rule, first, last))
        named = {entity.id for entity, rule, _, _ in candidates if rule == "strong"}
        return [
            _mention(analysis, entity, first, last)
            for entity, rule, first, last in candidates
            if rule != "surname" or entity.famous or entity.id in named
        ]


def _length(name: tuple[tuple[str, ...], list[int]]) -> int:
    return len(name[0])


def _named(starts: Sequence[_Names | None], text: _Text) -> Iterator[tuple[list[int], int, int]]:
    """Who may be meant, and from which word to which: of overlapping names the first, of those
    that begin alike the longest. No name reaches from the title into the text."""
    upto = 0
    hot = cast("Iterator[tuple[int, _Names]]", compress(enumerate(starts), starts))
    for first, names in hot:
        if first < upto:
            continue
        for behind, known in names:
            end = first + 1 + len(behind)
            if not behind or (
                end <= text.end(first) and tuple(text.words(first + 1, end)) == behind
            ):
                yield known, first, end - 1
                upto = end
                break


def _allowed(entity: Entity, rule: str, text: _Text, first: int, last: int) -> bool:
    surfaces = text.surfaces(first, last)
    if rule == "acronym":
        return all(not surface.islower() and _is_upper(surface) for surface in surfaces)
    one = rule == "weak" and first == last  # «агора», but also «министерство обороны»
    if not surfaces[0][:1].isupper() and (one or entity.kind in ("person", "place")):
        return False
    if rule == "weak" and entity.near and not text.holds(entity.near):
        return False
    if rule == "weak" and entity.unless and text.holds(entity.unless):
        return False
    return not entity.stop or entity.stop.isdisjoint(text.beside(first, last))


def _is_anothers(analysis: Analysis, entity: Entity, first: int, last: int) -> bool:
    span = analysis.span(analysis.position(first), analysis.position(last))
    field = analysis.document.field(span.field)
    before = field[max(0, span.start - AROUND) : span.start]
    return is_anothers(before, field[span.end : span.end + AROUND], entity.own)


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


def _around_patronymic(
    entity: Entity, text: _Text, first: int, last: int
) -> tuple[int, int] | None:
    """The words of «Павла Владимировича Чикова», where «Павла Чикова» is a form of the person."""
    begin = 0 if first < text.title else text.title
    if first - 2 < begin:
        return None
    given, between = text.words(first - 2, first)
    surname = " ".join(text.words(first, last + 1))
    if PATRONYMIC.fullmatch(between) and f"{given} {surname}" in entity.strong:
        return first - 2, last
    return None


def _upto_patronymic(text: _Text, last: int) -> int:
    """The last word of «Чикова Павла Владимировича», where `last` is the second."""
    behind = text.words(last + 1, min(last + 2, text.end(last)))
    if behind and PATRONYMIC.fullmatch(behind[0]):
        surface = text.surfaces(last + 1, last + 1)[0]
        return last + 1 if surface[:1].isupper() else last
    return last


def _initial(surface: str) -> bool:
    return len(surface) == 1 and surface.isupper()


def _is_upper(surface: str) -> bool:
    return surface.removesuffix("'s").removesuffix("’s").isupper()


@lru_cache(maxsize=256)
def _likes(patterns: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The patterns that are whole words, and how those that end with "*" begin."""
    begun = tuple(pattern[:-1] for pattern in patterns if pattern.endswith("*"))
    return frozenset(pattern for pattern in patterns if not pattern.endswith("*")), begun


def _mention(analysis: Analysis, entity: Entity, first: int, last: int) -> EntityMention:
    span = analysis.span(analysis.position(first), analysis.position(last))
    end = span.end
    if analysis.document.field(span.field)[span.start : end].endswith(("'s", "’s")):
        end -= 2
    return EntityMention(entity.id, entity.kind, span.field, span.start, end)
