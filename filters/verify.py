"""Verification: does a text that has a filter's terms satisfy the filter?

One function for each *shape* (a query without its words), given a text and the
filter's terms; ten thousand filters need a few dozen functions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from typing import Any, Final, TypeAlias

from filters.analysis import GAP, Analysis
from filters.document import TITLE
from filters.intervals import Interval, join, joined, of_positions, phrase, remote, union
from filters.mentions import searched
from filters.nodes import Near, NotNear, Regex, Unit, Word
from filters.pairs import Pairs, has
from filters.terms import Terms

__all__ = [
    "Check",
    "Listed",
    "Params",
    "Places",
    "Searched",
    "Shape",
    "Text",
    "check_of",
    "listed_any",
    "places_of",
]

Params: TypeAlias = tuple[int, ...]
Check: TypeAlias = Callable[["Text", Params], bool]
Places: TypeAlias = Callable[["Text", Params], Sequence[Interval]]
Shape: TypeAlias = tuple[Any, ...]
_NO_INTERVALS: Final[Sequence[Interval]] = ()
_FEW: Final = 4  # positions: a list of so many is looked through at once
_MANY_ASKED: Final = 40  # terms: then it costs less to find where all stand


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of phrases and the like. It has no place in a text without any of `words` and any
    of `begun`; None where that is not known. The latter are those of phrases that are asked for
    only where their first two terms stand side by side: `firsts` and `seconds`."""

    places: Places
    params: Params
    words: frozenset[int] | None = None
    begun: frozenset[int] = frozenset()
    firsts: frozenset[int] = frozenset()
    seconds: frozenset[int] = frozenset()


class Text:
    """A text as the filters see it: its terms, and where each stands when asked."""

    __slots__ = (
        "_beside",
        "_found",
        "_lacking",
        "_lists",
        "_made",
        "_pairs",
        "_rows",
        "_rows_at",
        "analysis",
        "present",
    )

    def __init__(
        self,
        analysis: Analysis,
        terms: Terms,
        lists: Mapping[int, Listed],
        pairs: Pairs,
    ) -> None:
        self.analysis = analysis
        self._pairs = pairs
        self._beside: int | None = None
        rows = self._rows = list(map(terms.forms.__getitem__, analysis.cuts))
        analysis.rows[terms] = rows
        self.present: set[int] = set().union(*set(rows))  # words of the same terms have one row
        self._found: dict[int, Sequence[int]] = {}
        self._rows_at: dict[frozenset[int], list[int]] | None = None
        self._lists = lists
        self._made: dict[int, Sequence[Interval]] = {}
        self._lacking: dict[int, bool] = {}

    def positions(self, term: int) -> Sequence[int]:
        """Where a term stands, in order."""
        known = self._found.get(term)
        if known is None:
            if term not in self.present:
                known = ()
            elif len(self._found) >= _MANY_ASKED:
                self.find_all()
                return self._found[term]
            else:
                lists = [places for row, places in self._standing().items() if term in row]
                known = lists[0] if len(lists) == 1 else sorted(chain.from_iterable(lists))
            self._found[term] = known
        return known

    def find_all(self) -> None:
        """Finds where all terms stand: for many, faster than one by one."""
        title, rows = self.analysis.title_count, self._rows
        found: dict[int, list[int]] = {}
        for place in compress(range(len(rows)), rows):
            at = place if place < title else place + GAP
            for term in rows[place]:
                if term in found:
                    found[term].append(at)
                else:
                    found[term] = [at]
        self._found.update(found)

    def positions_in(self, term: int, field: str) -> Sequence[int]:
        """Where a term stands in a field, or ("") in both."""
        found = self.positions(term)
        if not field or not found:
            return found
        middle = bisect_left(found, self.analysis.title_count)
        return found[:middle] if field == TITLE else found[middle:]

    def intervals_in(self, term: int, field: str) -> Sequence[Interval]:
        """The same as places, worked out once for all filters."""
        if field:
            return of_positions(self.positions_in(term, field))
        made = self._made.get(term)
        if made is None:
            made = self._made[term] = of_positions(self.positions(term))
        return made

    def listed(self, number: int) -> Sequence[Interval]:
        """The places of a list of phrases and the like; worked out once for all filters."""
        made = self._made.get(number)
        if made is None:
            if self.lacks(number):
                made = _NO_INTERVALS
            else:
                listed = self._lists[number]
                made = listed.places(self, listed.params)
            self._made[number] = made
        return made

    def known_places(self, number: int, field: str) -> Sequence[Interval] | None:
        """The places of a list or of a term that is there; None for one that came later than the
        filters that the text was matched with."""
        if number > 0:
            return self.intervals_in(number, field) if number in self.present else None
        return self.listed(number) if number in self._lists else None

    def lacks(self, number: int) -> bool:
        """Whether a list surely has no place: none of the words is there that one needs."""
        known = self._lacking.get(number)
        if known is None:
            listed = self._lists[number]
            words, begun = listed.words, listed.begun
            known = words is not None and self.present.isdisjoint(words)
            if known and begun and not self.present.isdisjoint(begun):
                known = not self.may_have_phrase(number)
            self._lacking[number] = known
        return known

    def may_have_phrase(self, number: int) -> bool:
        """Whether the first two words of a phrase of the list may stand side by side."""
        if self._beside is None:
            self._beside = self._pairs.beside(self._rows)
        return has(self._beside, number)

    def searched(self, number: int) -> bool:
        """Whether a regular expression is found, wherever it is."""
        found = self._lists[number].places
        assert isinstance(found, Searched)
        return found.holds(self)

    def unit_of(self, unit: Unit) -> Callable[[int], int]:
        """Numbers the sentence or paragraph of a position."""
        return self.analysis.paragraph_of if unit == "paragraph" else self.analysis.sentence_of

    def _standing(self) -> dict[frozenset[int], list[int]]:
        """Where words of the same terms stand: a text has few kinds of them."""
        standing = self._rows_at
        if standing is None:
            standing = self._rows_at = {}
            title = self.analysis.title_count
            for place, row in enumerate(self._rows):
                if row:
                    at = place if place < title else place + GAP
                    if row in standing:
                        standing[row].append(at)
                    else:
                        standing[row] = [at]
        return standing


class Searched:
    """A regular expression in a field or in both: whether and where it is found."""

    __slots__ = ("_field", "_regex")

    def __init__(self, regex: Regex, field: str) -> None:
        self._regex = regex
        self._field = field

    def __call__(self, text: Text, _: Params) -> Sequence[Interval]:
        return searched(self._regex, text.analysis, self._field)

    def holds(self, text: Text) -> bool:
        return text.analysis.regexes.holds(self._regex, self._field)


def check_of(shape: Shape) -> Check:
    """The function that says whether a shape holds."""
    check, needed = _check_of(shape), _lists_of(shape)
    if len(needed) < 2:
        return check

    def checked(text: Text, p: Params) -> bool:
        for number in needed:
            if text.lacks(p[number]):
                return False
        return check(text, p)

    return checked


def _lists_of(shape: Shape) -> tuple[int, ...]:
    """The lists, by the numbers of their parameters, that must all have a place for a shape to."""
    match shape:
        case ("list", i):
            return (i,)
        case ("near", left, right, *_):
            return (*_lists_of(left), *_lists_of(right))
        case ("not near", left, *_):
            return _lists_of(left)
        case ("and", parts):
            return tuple(number for part in parts for number in _lists_of(part))
        case _:
            return ()


def _check_of(shape: Shape) -> Check:
    match shape:
        case ("term", i, ""):
            return lambda text, p: p[i] in text.present
        case ("term", i, field):
            return lambda text, p: bool(text.positions_in(p[i], field))
        case ("facet", field, value):
            return lambda text, _: text.analysis.facets.get(field) == value
        case ("list", i):
            return lambda text, p: bool(text.listed(p[i]))
        case ("regex", i):
            return lambda text, p: text.searched(p[i])
        case ("and", parts):
            return _all_of([_check_of(part) for part in parts])
        case ("or", parts):
            checks = [_check_of(part) for part in parts]
            return lambda text, p: any(check(text, p) for check in checks)
        case ("not", ("term", i, "")):
            return lambda text, p: p[i] not in text.present
        case ("not", part):
            check = _check_of(part)
            return lambda text, p: not check(text, p)
        case ("phrase", first, last, field) if last - first == 2:
            return _two_in_a_row(first, field)
        case ("near", ("term", i, field), ("term", j, _), distance, "words", ordered):
            return _near_terms(i, j, field, distance, ordered)
        case ("near", left, right, distance, unit, ordered):
            return _near(left, right, _spec(distance, unit, ordered))
        case ("not near", left, right, distance, unit):
            return _not_near(left, right, NotNear(_NOTHING, _NOTHING, distance, unit))
        case _:
            places = places_of(shape)
            return lambda text, p: bool(places(text, p))


def _all_of(checks: Sequence[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]
    if len(checks) == 2:
        one, two = checks
        return lambda text, p: one(text, p) and two(text, p)
    return lambda text, p: all(check(text, p) for check in checks)


def _two_in_a_row(first: int, field: str) -> Check:
    """The commonest phrase, of two words, without building intervals."""

    def check(text: Text, p: Params) -> bool:
        if field:
            lefts = text.positions_in(p[first], field)
            rights = text.positions_in(p[first + 1], field)
        else:
            lefts, rights = text.positions(p[first]), text.positions(p[first + 1])
        if len(rights) == 1:
            return rights[0] - 1 in lefts
        if len(lefts) == 1:
            return lefts[0] + 1 in rights
        return not {place + 1 for place in lefts}.isdisjoint(rights)

    return check


def _near_terms(i: int, j: int, field: str, distance: int, ordered: bool) -> Check:
    """The commonest NEAR, of two words, without building intervals."""
    before = 1 if ordered else -distance

    def check(text: Text, p: Params) -> bool:
        if field:
            lefts, rights = text.positions_in(p[i], field), text.positions_in(p[j], field)
        else:
            lefts, rights = text.positions(p[i]), text.positions(p[j])
        if len(lefts) == 1 == len(rights):
            apart = rights[0] - lefts[0]
            return before <= apart <= distance and apart != 0
        for left in lefts:
            at = bisect_left(rights, left + before)
            while at < len(rights) and rights[at] <= left + distance:
                if rights[at] != left:
                    return True
                at += 1
        return False

    return check


def _near(left: Shape, right: Shape, near: Near) -> Check:
    lefts, rights = places_of(left), places_of(right)

    def check(text: Text, p: Params) -> bool:
        found = lefts(text, p)
        if not found:
            return False
        pairs = joined(near, found, rights(text, p), text.unit_of(near.unit))
        return next(pairs, None) is not None

    return check


def _not_near(left: Shape, right: Shape, asked: NotNear) -> Check:
    lefts, rights = places_of(left), places_of(right)

    def check(text: Text, p: Params) -> bool:
        found = lefts(text, p)
        if not found:
            return False
        left_alone = remote(asked, found, rights(text, p), text.unit_of(asked.unit))
        return next(left_alone, None) is not None

    return check


def listed_any(
    number: int,
    shapes: Sequence[Shape],
    params: Params,
    lists: Mapping[int, Listed],
    rarity: Callable[[int], tuple[Any, ...]],
) -> Listed:
    """An OR as the list of that number, given its terms: of hundreds of phrases few have their
    words in the text, and only these are asked. Each is looked up by its two rarest words."""
    always: list[Places] = []
    by_word: dict[int, list[Places]] = {}
    by_pair: dict[int, dict[int, list[Places]]] = {}
    by_phrase: dict[int, dict[int, list[Places]]] = {}
    phrases: list[tuple[int, int]] = []
    told: set[int] | None = set()
    for shape in shapes:
        inner = tuple(params[at] for at in _lists_of(shape))
        places = _where_none_lacks(places_of(shape), inner)
        needed = sorted(dict.fromkeys(_words_of(shape, params)), key=rarity)
        if not needed:
            always.append(places)
            known = [
                words | lists[each].begun
                for each in inner
                if (words := lists[each].words) is not None
            ]
            told = told | min(known, key=len) if told is not None and known else None
        elif len(needed) == 1:
            by_word.setdefault(needed[0], []).append(places)
        else:
            kind = by_phrase if shape[0] == "phrase" else by_pair
            kind.setdefault(needed[0], {}).setdefault(needed[1], []).append(places)
            if shape[0] == "phrase":
                phrases.append((params[shape[1]], params[shape[1] + 1]))
    alone, firsts, begun = frozenset(by_word), frozenset(by_pair), frozenset(by_phrase)

    def found(text: Text, p: Params) -> Sequence[Interval]:
        present = text.present
        asked = list(always)
        for word in alone & present:
            asked += by_word[word]
        for word in firsts & present:
            seconds = by_pair[word]
            for second in seconds.keys() & present:
                asked += seconds[second]
        if begun and text.may_have_phrase(number):
            for word in begun & present:
                seconds = by_phrase[word]
                for second in seconds.keys() & present:
                    asked += seconds[second]
        if len(asked) == 1:
            return asked[0](text, p)
        if not asked:
            return _NO_INTERVALS
        made = [intervals for places in asked if (intervals := places(text, p))]
        return made[0] if len(made) == 1 else union(made) if made else _NO_INTERVALS

    words = None if told is None else frozenset(told | alone | firsts)
    one, two = (frozenset(pair[at] for pair in phrases) for at in range(2))
    return Listed(found, params, words, begun, one, two)


def _where_none_lacks(places: Places, inner: Sequence[int]) -> Places:
    """The places of a shape that needs some lists, asked only where each may have one."""
    if len(inner) < 2:
        return places

    def asked(text: Text, p: Params) -> Sequence[Interval]:
        for number in inner:
            if text.lacks(number):
                return _NO_INTERVALS
        return places(text, p)

    return asked


def _words_of(shape: Shape, params: Params) -> list[int]:
    """Terms without which a shape has no place; none where none is known."""
    match shape:
        case ("term", i, *_):
            return [params[i]]
        case ("phrase", first, last, _):
            return [*params[first:last]]
        case ("near", left, right, *_):
            return _words_of(left, params) + _words_of(right, params)
        case ("not near", left, *_):
            return _words_of(left, params)
        case _:
            return []


def places_of(shape: Shape) -> Places:
    """The function that gives a shape's places, for what stands beside NEAR."""
    match shape:
        case ("term", i, field):
            return lambda text, p: text.intervals_in(p[i], field)
        case ("list" | "regex", i):
            return lambda text, p: text.listed(p[i])
        case ("phrase", first, last, field):
            return _phrase_places(first, last, field)
        case ("or", parts):
            several = [places_of(part) for part in parts]
            return lambda text, p: union([places(text, p) for places in several])
        case ("near", left, right, distance, unit, ordered):
            near = _spec(distance, unit, ordered)
            lefts, rights = places_of(left), places_of(right)
            return lambda text, p: join(
                near, lefts(text, p), rights(text, p), text.unit_of(near.unit)
            )
        case ("not near", left, right, distance, unit):
            asked = NotNear(_NOTHING, _NOTHING, distance, unit)
            sought, excluded = places_of(left), places_of(right)
            return lambda text, p: list(
                remote(asked, sought(text, p), excluded(text, p), text.unit_of(asked.unit))
            )
        case _:
            raise TypeError(f"{shape[0]} has no place in a text")


def _phrase_places(first: int, last: int, field: str) -> Places:
    if last - first == 2:
        return _pair_places(first, first + 1, field)

    def places(text: Text, p: Params) -> Sequence[Interval]:
        words = p[first:last]
        if not text.present.issuperset(words):
            return ()
        return phrase([text.positions_in(word, field) for word in words])

    return places


def _pair_places(one: int, two: int, field: str) -> Places:
    """The commonest phrase, of two words; nearly all are asked in vain."""

    def places(text: Text, p: Params) -> Sequence[Interval]:
        lefts = text.positions_in(p[one], field)
        if not lefts:
            return _NO_INTERVALS
        rights = text.positions_in(p[two], field)
        among = rights if len(rights) <= _FEW else frozenset(rights)
        return [(at, at + 1, ((at, at + 1),)) for at in lefts if at + 1 in among]

    return places


def _spec(distance: int, unit: Unit, ordered: bool) -> Near:
    """A NEAR without its sides: what `joined` needs to know."""
    return Near(_NOTHING, _NOTHING, distance, unit, ordered)


_NOTHING: Final = Word("")
