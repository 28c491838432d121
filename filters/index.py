"""FilterSet: many filters, one text, and only the few that may match are looked at.

How it works, in prose:

1. Every word of every filter becomes a *term*: the keys (form "=", lemma "~",
   capitals "^", beginning "*") any of which in a text makes it present. A list of
   words joined by OR, as groups are, is one term: the union of their keys.
2. A filter *requires* some terms: all sides of AND, all words of a phrase, both
   sides of NEAR; of an OR, the union of one term from each alternative; NOT asks
   for nothing. The filter is registered under its two rarest required terms.
3. A form's terms are looked up once and kept (form -> terms, mostly none). A text's
   present terms are the union over its words; filters are selected where both
   their terms are present. Selection may take too many, never too few.
4. The selected are verified on positions by a function compiled once for each
   *shape* (the query without its words) and given the filter's terms. A filter
   that is nothing but its two terms needs no verifying.
5. What is rare is learnt: terms seen in texts are counted, and a filter selected in
   vain again and again moves to the terms that are then its rarest.

`matches` of `filters.explain` is the same without any of this: tests compare them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import total_ordering
from typing import Final

from filters.analysis import Analyser, Analysis
from filters.document import Span
from filters.explain import Explanation, explain, matches, spans
from filters.nodes import Query
from filters.shapes import Compiled, Compiler
from filters.terms import Terms
from filters.verify import Text

__all__ = ["Counts", "Failure", "FilterSet", "Hit", "Matches", "explain", "matches"]

_IN_VAIN: Final = 8
_FEW: Final = 16
_SAMPLE: Final = 16


@total_ordering
class Hit:
    """A filter that matched. `spans` are worked out when first asked for."""

    __slots__ = ("_analysis", "_query", "_spans", "key")

    def __init__(self, key: str, query: Query, analysis: Analysis) -> None:
        self.key = key
        self._query = query
        self._analysis = analysis
        self._spans: tuple[Span, ...] | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """The words that made it match, in order, in the original text."""
        if self._spans is None:
            self._spans = spans(self._query, self._analysis)
        return self._spans

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hit) and (self.key, self.spans) == (other.key, other.spans)

    def __lt__(self, other: Hit) -> bool:
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


class Matches(tuple[Hit, ...]):
    """The hits of one text, sorted by key, and the filters that failed on it."""

    failures: tuple[Failure, ...]

    def __new__(cls, hits: Iterable[Hit] = (), failures: Iterable[Failure] = ()) -> Matches:
        made = super().__new__(cls, hits)
        made.failures = tuple(failures)
        return made


class _Entry:
    """One query, however many keys ask for it."""

    __slots__ = ("check", "compiled", "keys", "pair", "params", "query", "vain")

    def __init__(self, query: Query, compiled: Compiled) -> None:
        self.query = query
        self.compiled = compiled
        self.keys: tuple[str, ...] = ()
        self.check = compiled.check
        self.params = compiled.params
        self.pair = (0, 0)
        self.vain = 0


@dataclass(slots=True)
class Counts:
    """What a set has done so far: how well selection selects."""

    texts: int = 0
    selected: int = 0
    verified: int = 0
    held: int = 0


class FilterSet:
    """Filters by key, matched all at once.

    One thread may change it while others match only if the caller holds them
    apart; matching alone may be done from several threads.
    """

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._terms = Terms(analyser)
        self._by_key: dict[str, _Entry] = {}
        self._by_query: dict[Query, _Entry] = {}
        # Filters by their rarest term, then their next: in a row where they are few.
        self._few: dict[int, list[tuple[int, _Entry]]] = {}
        self._many: dict[int, dict[int, list[_Entry]]] = {}
        self._compiler = Compiler(self._terms)
        self.counts = Counts()

    def __len__(self) -> int:
        return len(self._by_key)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def add(self, key: str, query: Query) -> None:
        """Adds a filter, or replaces the one of that key. Takes effect at the next match."""
        if key in self._by_key:
            if self._by_key[key].query == query:
                return
            self.remove(key)
        entry = self._by_query.get(query)
        if entry is None:
            entry = _Entry(query, self._compiler.compile(query))
            self._by_query[query] = entry
            self._register(entry)
        entry.keys = (*entry.keys, key)
        self._by_key[key] = entry

    def remove(self, key: str) -> None:
        """Forgets a filter. Raises KeyError for an unknown key."""
        entry = self._by_key.pop(key)
        entry.keys = tuple(other for other in entry.keys if other != key)
        if not entry.keys:
            del self._by_query[entry.query]
            self._unregister(entry)
            self._compiler.release(entry.compiled)

    def query(self, key: str) -> Query:
        """The filter of a key. Raises KeyError."""
        return self._by_key[key].query

    def match(self, analysis: Analysis) -> Matches:
        """All filters that match, sorted by key; those that failed are in `failures`."""
        terms = self._terms
        text = Text(analysis, terms.forms, self._compiler.lists)
        if terms.beside_text:
            terms.add_meta(analysis, text.present)
        counts = self.counts
        counts.texts += 1
        if not counts.texts % _SAMPLE:
            terms.count(text.present)
        selected = self._select(text.present)
        counts.selected += len(selected)
        if not selected:
            return Matches()
        text.expect({number for entry in selected for number in entry.params})
        hits: list[Hit] = []
        failures: list[Failure] = []
        for entry in selected:
            if entry.check is not None:
                counts.verified += 1
                try:
                    held = entry.check(text, entry.params)
                except Exception as error:  # noqa: BLE001 (one filter never stops the others)
                    failures += [Failure(key, error) for key in entry.keys]
                    continue
                if not held:
                    self._selected_in_vain(entry)
                    continue
                entry.vain = 0
            counts.held += 1
            hits += [Hit(key, entry.query, analysis) for key in entry.keys]
        hits.sort(key=_key_of)
        failures.sort(key=lambda failure: failure.key)
        return Matches(hits, failures)

    def match_all(self, analyses: Iterable[Analysis]) -> list[Matches]:
        """`match` for a batch, in order."""
        return [self.match(analysis) for analysis in analyses]

    def explain(self, key: str, analysis: Analysis) -> Explanation:
        """Why the filter of that key matches or does not. Raises KeyError."""
        return explain(self._by_key[key].query, analysis)

    def _select(self, present: set[int]) -> list[_Entry]:
        found: list[_Entry] = []
        few, many = self._few, self._many
        for first in few.keys() & present:
            for second, entry in few[first]:
                if second in present:
                    found.append(entry)
        for first in many.keys() & present:
            seconds = many[first]
            for second in seconds.keys() & present:
                found += seconds[second]
        return found

    def _register(self, entry: _Entry) -> None:
        terms = self._terms
        ranked = sorted(entry.compiled.required, key=lambda term: terms.rarity(terms.keys(term)))
        first = ranked[0]
        second = ranked[1] if len(ranked) > 1 else first
        entry.pair = (first, second)
        if first in self._many:
            self._many[first].setdefault(second, []).append(entry)
            return
        rows = self._few.setdefault(first, [])
        rows.append((second, entry))
        if len(rows) > _FEW:
            seconds = self._many[first] = {}
            for other, each in self._few.pop(first):
                seconds.setdefault(other, []).append(each)

    def _unregister(self, entry: _Entry) -> None:
        first, second = entry.pair
        if first in self._few:
            rows = self._few[first]
            rows.remove((second, entry))
            if not rows:
                del self._few[first]
            return
        seconds = self._many[first]
        seconds[second].remove(entry)
        if not seconds[second]:
            del seconds[second]
            if not seconds:
                del self._many[first]

    def _selected_in_vain(self, entry: _Entry) -> None:
        entry.vain += 1
        if entry.vain >= _IN_VAIN and len(entry.compiled.required) > 2:
            entry.vain = 0
            self._unregister(entry)
            self._register(entry)


def _key_of(hit: Hit) -> str:
    return hit.key
