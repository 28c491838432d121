"""FilterSet: many filters, one text, and only the few that may match are looked at.

How it works, in prose:

1. Every word of every filter becomes a *term*: the keys (form "=", lemma "~",
   capitals "^", beginning "*") any of which in a text makes it present. A list of
   words joined by OR, as groups are, is one term: the union of their keys.
2. A filter *requires* some terms: all sides of AND, all words of a phrase, both
   sides of NEAR, what a NOT/n looks for; of an OR, the union of one term from each
   alternative; NOT asks for nothing. The filter is registered under a pair, its two
   rarest required terms; one with a list of two or three words under a pair for each.
3. A form's terms are looked up once and kept (form -> terms, mostly none). A text's
   present terms are the union over its words; pairs are selected of which both terms
   are present. Selection may take too many filters, never too few.
4. The filters of a pair answer together (`filters.plans`): those that ask for the two
   terms only, those that exclude a third, those that ask how far apart the two stand.
   The others are verified one by one, where all terms that they require are present, on
   positions, by a function compiled once for each *shape* (the query without its words)
   and given the filter's terms.
5. What is rare is learnt: terms seen in texts are counted, and a filter selected in
   vain again and again moves to the terms that are then its rarest.

`matches` of `filters.explain` is the same without any of this: tests compare them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import total_ordering
from itertools import chain, product
from operator import itemgetter
from threading import RLock
from typing import Any, Final, overload

from filters.analysis import Analyser, Analysis
from filters.document import Span
from filters.evaluators import Compiled, Compiler, Placed
from filters.explain import Explanation, Known, explain, matches, spans
from filters.nodes import Query
from filters.plans import (
    Asked,
    Bundle,
    Choice,
    Entry,
    Mixed,
    Pair,
    Plan,
    Unless,
    Within,
    kind_of,
    plan_of,
    size_of,
)
from filters.registered import Registered
from filters.terms import Terms
from filters.verify import Text

__all__ = ["Counts", "Failure", "FilterHit", "FilterSet", "Matches", "explain", "matches"]

_IN_VAIN: Final = 8
_SAMPLE: Final = 16
_LEARNING: Final = 4_096  # texts; from then on a quarter as many are looked at
_MANY_WITHIN: Final = 12  # plans that ask how far apart two terms stand
_MOVED: Final = 50  # under half a millisecond


@total_ordering
class FilterHit:
    """A filter that matched. `spans` are worked out when first asked for."""

    __slots__ = ("_analysis", "_spans", "key", "known", "query")

    def __init__(
        self, key: str, query: Query, analysis: Analysis, known: Known | None = None
    ) -> None:
        """`known` are places that matching has worked out."""
        self.key = key
        self.query = query
        self.known = known
        self._analysis = analysis
        self._spans: tuple[Span, ...] | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """The words that made it match, in order, in the original text."""
        if self._spans is None:
            self._spans = spans(self.query, self._analysis, self.known)
        return self._spans

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FilterHit) and (self.key, self.spans) == (other.key, other.spans)

    def __lt__(self, other: FilterHit) -> bool:
        return (self.key, self.spans) < (other.key, other.spans)

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"Hit({self.key!r}, {self.spans!r})"


@dataclass(frozen=True, slots=True)
class Failure:
    """A filter that failed on a text: our bug, kept from stopping the others."""

    key: str
    error: Exception


class Matches(Sequence[FilterHit]):
    """The hits of one text, sorted by key, and the filters that failed on it.

    Which filters matched is known at once; hits are made when they are asked for, since
    whoever only counts, or wants keys, should not pay for them.
    """

    __slots__ = ("_analysis", "_found", "_hits", "failures", "known")

    def __init__(
        self,
        found: Sequence[Bundle] = (),
        analysis: Analysis | None = None,
        failures: Sequence[Failure] = (),
        known: Known | None = None,
    ) -> None:
        self._found = found
        self._analysis = analysis
        self.known = known
        self._hits: tuple[FilterHit, ...] | None = None
        self.failures = tuple(failures)

    @property
    def keys(self) -> list[str]:
        """The keys of the filters that matched, in no order."""
        return list(chain.from_iterable(self._found))

    def _made(self) -> tuple[FilterHit, ...]:
        if self._hits is None:
            analysis = self._analysis
            assert analysis is not None or not self._found
            hits = [
                FilterHit(key, query, analysis, self.known)
                for bundle in self._found
                if analysis is not None
                for key, query in zip(bundle, bundle.queries, strict=True)
            ]
            hits.sort(key=_key_of)
            self._hits = tuple(hits)
        return self._hits

    def __len__(self) -> int:
        return sum(map(len, self._found))

    def __bool__(self) -> bool:
        return bool(self._found)

    @overload
    def __getitem__(self, at: int) -> FilterHit: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[FilterHit]: ...

    def __getitem__(self, at: int | slice) -> FilterHit | Sequence[FilterHit]:
        return self._made()[at]

    def __iter__(self) -> Iterator[FilterHit]:
        return iter(self._made())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Matches):
            return NotImplemented
        return (self._made(), self.failures) == (other._made(), other.failures)

    def __hash__(self) -> int:
        return hash(self._made())

    def __repr__(self) -> str:
        return f"Matches({list(self._made())!r}, failures={list(self.failures)!r})"


@dataclass(slots=True)
class Counts:
    """How well selection selects: what was done in some of the texts, those also learnt from.

    `selected` filters had the terms of a pair; `verified` of them were asked for more;
    `held` matched.
    """

    texts: int = 0
    selected: int = 0
    verified: int = 0
    held: int = 0


class _Chosen:
    """The plans selected for a text, by kind. What is found is added to `certain`."""

    __slots__ = ("asked", "certain", "choices", "kinds", "mixed", "unless", "within")

    def __init__(self) -> None:
        self.certain: list[Bundle] = []
        self.choices: list[Choice] = []
        self.unless: list[Unless] = []
        self.within: list[Within] = []
        self.asked: list[Asked] = []
        self.mixed: list[Mixed] = []
        self.kinds: dict[type, list[Any]] = {
            Bundle: self.certain,
            Choice: self.choices,
            Unless: self.unless,
            Within: self.within,
            Asked: self.asked,
            Mixed: self.mixed,
        }

    @property
    def doubtful(self) -> Iterable[Plan]:
        """What is not certain."""
        return chain(self.choices, self.unless, self.within, self.asked)


class FilterSet:
    """Filters by key, matched all at once.

    May be used from several threads: a change makes the next set of what is registered and
    swaps it in. A text is matched by a whole set, the one that it began with, and waits for
    nobody.
    """

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._terms = Terms(analyser)
        self._by_key: dict[str, Query] = {}
        self._by_query: dict[Query, Entry] = {}
        self._compiler = Compiler(self._terms)
        self._registered = Registered(self._compiler.lists)
        self._settled: dict[int, int] = {}
        # Held while filters change or move, never while a text is matched.
        self._changing = RLock()
        self.counts = Counts()

    def __len__(self) -> int:
        return len(self._by_key)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def add(self, key: str, query: Query) -> None:
        """Adds a filter, or replaces the one of that key. Takes effect at the next match.

        Raises ValueError for a query that asks for nothing to be there, as `parse` gives none.
        """
        with self._changing:
            was = self._by_key.get(key)
            if was == query:
                return
            entry = self._by_query.get(query)
            compiled = self._compiler.compile(query) if entry is None else entry.compiled
            registered = self._next()
            gone = None if was is None else self._take_out(key, was, registered)
            if entry is None:
                entry = self._by_query[query] = Entry(query, compiled, (key,))
                self._register(entry, registered)
            else:
                self._put(entry, Entry(query, compiled, (*entry.keys, key)), registered)
            self._by_key[key] = query
            self._registered = registered
            if gone is not None:
                self._compiler.release(gone)

    def remove(self, key: str) -> None:
        """Forgets a filter. Raises KeyError for an unknown key."""
        with self._changing:
            query = self._by_key[key]
            registered = self._next()
            gone = self._take_out(key, query, registered)
            del self._by_key[key]
            self._registered = registered
            if gone is not None:
                self._compiler.release(gone)

    def _next(self) -> Registered:
        return self._registered.next(self._compiler.lists)

    def _take_out(self, key: str, query: Query, registered: Registered) -> Compiled | None:
        """Takes a key out; what is to be released afterwards, when it was the only one."""
        entry = self._by_query[query]
        left = tuple(each for each in entry.keys if each != key)
        if left:
            self._put(entry, Entry(query, entry.compiled, left), registered)
            return None
        del self._by_query[query]
        self._unregister(entry, registered)
        return entry.compiled

    def _put(self, old: Entry, new: Entry, registered: Registered) -> None:
        new.pairs, new.vain = old.pairs, old.vain
        self._by_query[new.query] = new
        for pair in new.pairs:
            registered.replace(pair, old, new)

    def query(self, key: str) -> Query:
        """The filter of a key. Raises KeyError."""
        return self._by_key[key]

    @property
    def terms(self) -> Terms:
        """The terms of the filters. Who holds one of them finds it in `Analysis.rows`."""
        return self._terms

    def plan_kinds(self, key: str) -> frozenset[str]:
        """Which kinds of plan answer for the filter of a key: for tests, which count what
        they reached. Raises KeyError."""
        entry = self._by_query[self._by_key[key]]
        kinds = {kind_of(entry).__name__}
        there = self._registered
        if any(isinstance(plan_of(pair, there.entries(pair)), Mixed) for pair in entry.pairs):
            kinds.add(Mixed.__name__)
        return frozenset(kinds)

    def match(self, analysis: Analysis) -> Matches:
        """All filters that match, sorted by key; those that failed are in `failures`."""
        terms = self._terms
        while True:
            registered = self._registered
            text = Text(analysis, terms, registered.lists, self._compiler.pairs)
            if registered is self._registered:
                break  # else the text's terms may be those of filters that were still to come
        present = text.present
        if terms.beside_text:
            terms.add_meta(analysis, present)
        counts = self.counts
        counts.texts += 1
        sampled = not counts.texts % (_SAMPLE if counts.texts <= _LEARNING else 4 * _SAMPLE)
        if sampled:
            terms.count(present)
            self._settle(present)
        known = Placed(text, self._compiler)
        chosen = self._select(present, registered)
        if chosen is None:
            return Matches((), analysis, (), known)
        found = chosen.certain
        verified = sum(map(size_of, chosen.doubtful)) if sampled else 0
        selected = verified + sum(map(size_of, found)) if sampled else 0
        failures = self._verify(chosen, text)
        if sampled:
            counts.selected += selected
            counts.verified += verified
            counts.held += sum(map(size_of, found))
        return Matches(found, analysis, failures, known)

    def _verify(self, chosen: _Chosen, text: Text) -> list[Failure]:
        """Adds what holds of the doubtful to what is certain; gives the filters that failed."""
        found, present = chosen.certain, text.present
        for plan in chosen.unless:
            if present.isdisjoint(plan.excluded):
                found.append(plan.all)
            else:
                found += plan.left(present)
        if chosen.choices:
            found += set().union(*chosen.choices)
        asked = set().union(*chosen.asked) if chosen.asked else ()
        if chosen.within:
            if len(chosen.within) > _MANY_WITHIN:
                text.find_all()
            for within in chosen.within:
                held = within.holding(text.positions)
                if held is not None:
                    found.append(held)
        return self._ask(asked, text, found) if asked else []

    def _ask(self, entries: Iterable[Entry], text: Text, found: list[Bundle]) -> list[Failure]:
        """Asks entries one by one."""
        failures: list[Failure] = []
        for entry in entries:
            try:
                held = _holds(entry, text)
            except Exception as error:  # noqa: BLE001 (one filter never stops the others)
                failures += [Failure(key, error) for key in entry.keys]
                continue
            if held:
                entry.vain = 0
                found.append(entry.bundle)
            else:
                self._selected_in_vain(entry)
        failures.sort(key=lambda failure: failure.key)
        return failures

    def match_all(self, analyses: Iterable[Analysis]) -> list[Matches]:
        """`match` for a batch, in order."""
        return [self.match(analysis) for analysis in analyses]

    def explain(self, key: str, analysis: Analysis) -> Explanation:
        """Why the filter of that key matches or does not. Raises KeyError."""
        return explain(self._by_key[key], analysis)

    def _select(self, present: set[int], registered: Registered) -> _Chosen | None:
        """The plans of the pairs of terms that are present; None for none."""
        chosen: _Chosen | None = None
        for first in registered.firsts & present:
            under = registered.get(first)
            if under is None:
                continue
            both = under.seconds & present
            if both:
                if chosen is None:
                    chosen = _Chosen()
                    kinds = chosen.kinds
                plans = under.plans
                for second in both:
                    plan = plans[second] or under.plan(first, second)
                    kinds[plan.__class__].append(plan)
        if chosen is not None:
            for mixed in chosen.mixed:
                for plan in mixed:
                    kinds[plan.__class__].append(plan)
        return chosen

    def _register(self, entry: Entry, registered: Registered) -> None:
        entry.pairs = self._pairs(entry)
        for pair in entry.pairs:
            registered.add(pair, entry)

    def _pairs(self, entry: Entry) -> tuple[Pair, ...]:
        """The pairs of terms to register an entry under, the rarer term of each first."""
        rarity = self._terms.rarity_of
        rows = entry.compiled.required
        if len(rows) > 2:
            first, second, *_ = sorted((row[0] for row in rows), key=rarity)
            return ((first, second),)
        if len(rows) == 1:
            return tuple((term, term) for term in rows[0])
        return tuple(
            {
                (one, other) if rarity(one) <= rarity(other) else (other, one): None
                for one, other in product(*rows)
            }
        )

    def _unregister(self, entry: Entry, registered: Registered) -> None:
        for pair in entry.pairs:
            registered.remove(pair, entry)
            if registered.get(pair[0]) is None:
                self._settled.pop(pair[0], None)

    def _move(self, entries: Iterable[Entry], registered: Registered) -> None:
        """Registers entries anew: under what is rarest by now. Texts being matched may still
        hold the old ones.
        """
        for old in entries:
            if self._by_query.get(old.query) is not old:
                continue  # changed meanwhile
            self._unregister(old, registered)
            new = self._by_query[old.query] = Entry(old.query, old.compiled, old.keys)
            self._register(new, registered)

    def _settle(self, present: set[int]) -> None:
        """Moves some filters from the commonest of a text's terms to rarer ones.

        What a filter is registered under was guessed before its words were seen. A term
        is looked at again when it has been seen twice as often as the last time. Where another
        thread is changing filters, later.
        """
        if not self._changing.acquire(blocking=False):
            return
        try:
            self._move(self._to_settle(present), registered := self._next())
            if registered.is_changed:
                self._registered = registered
        finally:
            self._changing.release()

    def _to_settle(self, present: set[int]) -> list[Entry]:
        seen = self._terms.seen
        settled = self._settled
        there = self._registered
        due = [
            (seen.get(term, 0), term, under)
            for term in there.firsts & present
            if seen.get(term, 0) >= 2 * settled.get(term, 2)
            and (under := there.get(term)) is not None
        ]
        moving: dict[Entry, None] = {}
        for often, first, under in sorted(due, key=itemgetter(0), reverse=True):
            for second, entries in under.entries.items():
                if 2 * seen.get(second, 0) < often:
                    moving |= dict.fromkeys(entries)
            if len(moving) > _MOVED:
                return list(moving)[:_MOVED]
            settled[first] = often
        return list(moving)

    def _selected_in_vain(self, entry: Entry) -> None:
        entry.vain += 1
        if entry.vain < _IN_VAIN or len(entry.compiled.required) < 3:
            return
        if not self._changing.acquire(blocking=False):
            return
        try:
            entry.vain = 0
            if self._by_query.get(entry.query) is not entry or self._pairs(entry) == entry.pairs:
                return
            self._move([entry], registered := self._next())
            self._registered = registered
        finally:
            self._changing.release()


def _holds(entry: Entry, text: Text) -> bool:
    """Whether a text that has an entry's pair of terms satisfies it."""
    compiled = entry.compiled
    present = text.present
    if not present.issuperset(compiled.needed):
        return False
    if compiled.check is not None:
        return compiled.check(text, compiled.params)
    if not present.isdisjoint(compiled.excluded):
        return False
    return not any(present.isdisjoint(row) for row in compiled.required)


def _key_of(hit: FilterHit) -> str:
    return hit.key
