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

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import total_ordering
from itertools import chain
from operator import attrgetter
from typing import Final, overload

from filters.analysis import Analyser, Analysis
from filters.document import Span
from filters.explain import Explanation, explain, matches, spans
from filters.nodes import Query
from filters.shapes import Compiled, Compiler
from filters.terms import Terms
from filters.verify import Text

__all__ = ["Counts", "Failure", "FilterSet", "Hit", "Matches", "explain", "matches"]

_IN_VAIN: Final = 8
_SAMPLE: Final = 16
_LEARNING: Final = 4_096  # texts; from then on a quarter as many are looked at
_MOVED: Final = 50  # under half a millisecond


@total_ordering
class Hit:
    """A filter that matched. `spans` are worked out when first asked for."""

    __slots__ = ("_analysis", "_spans", "key", "query")

    def __init__(self, key: str, query: Query, analysis: Analysis) -> None:
        self.key = key
        self.query = query
        self._analysis = analysis
        self._spans: tuple[Span, ...] | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """The words that made it match, in order, in the original text."""
        if self._spans is None:
            self._spans = spans(self.query, self._analysis)
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


class Matches(Sequence[Hit]):
    """The hits of one text, sorted by key, and the filters that failed on it.

    Which filters matched is known at once; hits are made when they are asked for, since
    whoever only counts, or wants keys, should not pay for them.
    """

    __slots__ = ("_analysis", "_found", "_hits", "failures")

    def __init__(
        self,
        found: Sequence[_Entry] = (),
        analysis: Analysis | None = None,
        failures: Sequence[Failure] = (),
    ) -> None:
        self._found = found
        self._analysis = analysis
        self._hits: tuple[Hit, ...] | None = None
        self.failures = tuple(failures)

    @property
    def keys(self) -> list[str]:
        """The keys of the filters that matched, in no order."""
        return list(chain.from_iterable(map(_keys_of, self._found)))

    def _made(self) -> tuple[Hit, ...]:
        if self._hits is None:
            analysis = self._analysis
            assert analysis is not None or not self._found
            hits = [
                Hit(key, entry.query, analysis)
                for entry in self._found
                if analysis is not None
                for key in entry.keys
            ]
            hits.sort(key=_key_of)
            self._hits = tuple(hits)
        return self._hits

    def __len__(self) -> int:
        return sum(len(entry.keys) for entry in self._found)

    def __bool__(self) -> bool:
        return bool(self._found)

    @overload
    def __getitem__(self, at: int) -> Hit: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Hit]: ...

    def __getitem__(self, at: int | slice) -> Hit | Sequence[Hit]:
        return self._made()[at]

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._made())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Matches):
            return NotImplemented
        return (self._made(), self.failures) == (other._made(), other.failures)

    def __hash__(self) -> int:
        return hash(self._made())

    def __repr__(self) -> str:
        return f"Matches({list(self._made())!r}, failures={list(self.failures)!r})"


class _Entry:
    """One query and the keys that ask for it.

    Its keys never change, since `Matches` may still hold it: another set of keys is
    another entry.
    """

    __slots__ = ("check", "compiled", "keys", "pair", "params", "placed", "query", "vain")

    def __init__(self, query: Query, compiled: Compiled, keys: tuple[str, ...]) -> None:
        self.query = query
        self.compiled = compiled
        self.keys = keys
        self.check = compiled.check
        self.params = compiled.params
        self.placed = compiled.placed
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
        # Filters by their rarest term, then their next. The terms are kept as sets too:
        # two sets meet three times as fast as a set and the keys of a dict.
        self._index: dict[int, tuple[set[int], dict[int, list[_Entry]]]] = {}
        self._firsts: set[int] = set()
        self._compiler = Compiler(self._terms)
        self._settled: dict[int, int] = {}
        self.counts = Counts()

    def __len__(self) -> int:
        return len(self._by_key)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def add(self, key: str, query: Query) -> None:
        """Adds a filter, or replaces the one of that key. Takes effect at the next match.

        Raises ValueError for a query that asks for nothing to be there, as `parse` gives none.
        """
        if key in self._by_key:
            if self._by_key[key].query == query:
                return
            self.remove(key)
        known = self._by_query.get(query)
        if known is None:
            self._put(_Entry(query, self._compiler.compile(query), (key,)))
        else:
            self._take(known)
            self._put(_Entry(query, known.compiled, (*known.keys, key)))

    def remove(self, key: str) -> None:
        """Forgets a filter. Raises KeyError for an unknown key."""
        entry = self._by_key[key]
        self._take(entry)
        left = tuple(other for other in entry.keys if other != key)
        if left:
            self._put(_Entry(entry.query, entry.compiled, left))
        else:
            self._compiler.release(entry.compiled)

    def _put(self, entry: _Entry) -> None:
        self._by_query[entry.query] = entry
        self._by_key.update(dict.fromkeys(entry.keys, entry))
        self._register(entry)

    def _take(self, entry: _Entry) -> None:
        del self._by_query[entry.query]
        for key in entry.keys:
            del self._by_key[key]
        self._unregister(entry)

    def query(self, key: str) -> Query:
        """The filter of a key. Raises KeyError."""
        return self._by_key[key].query

    def match(self, analysis: Analysis) -> Matches:
        """All filters that match, sorted by key; those that failed are in `failures`."""
        terms = self._terms
        text = Text(analysis, terms.forms, self._compiler.lists)
        present = text.present
        if terms.beside_text:
            terms.add_meta(analysis, present)
        counts = self.counts
        counts.texts += 1
        if not counts.texts % (_SAMPLE if counts.texts <= _LEARNING else 4 * _SAMPLE):
            terms.count(present)
            self._settle(present)
        selected = self._select(present)
        if not selected:
            return _NO_MATCHES
        doubtful = [entry for entry in selected if entry.check is not None]
        if not doubtful:
            counts.selected += len(selected)
            counts.held += len(selected)
            return Matches(selected, analysis)
        wanted = set().union(*[entry.placed for entry in doubtful])
        if wanted:
            text.expect(wanted)
        found = [entry for entry in selected if entry.check is None]
        failures: list[Failure] = []
        for entry in doubtful:
            try:
                held = entry.check(text, entry.params)  # type: ignore[misc]
            except Exception as error:  # noqa: BLE001 (one filter never stops the others)
                failures += [Failure(key, error) for key in entry.keys]
                continue
            if held:
                entry.vain = 0
                found.append(entry)
            else:
                self._selected_in_vain(entry)
        counts.selected += len(selected)
        counts.verified += len(doubtful)
        counts.held += len(found)
        failures.sort(key=lambda failure: failure.key)
        return Matches(found, analysis, failures)

    def match_all(self, analyses: Iterable[Analysis]) -> list[Matches]:
        """`match` for a batch, in order."""
        return [self.match(analysis) for analysis in analyses]

    def explain(self, key: str, analysis: Analysis) -> Explanation:
        """Why the filter of that key matches or does not. Raises KeyError."""
        return explain(self._by_key[key].query, analysis)

    def _select(self, present: set[int]) -> list[_Entry]:
        found: list[_Entry] = []
        index = self._index
        for first in self._firsts & present:
            seconds, entries = index[first]
            for second in seconds & present:
                found += entries[second]
        return found

    def _register(self, entry: _Entry) -> None:
        terms = self._terms
        ranked = sorted(entry.compiled.required, key=lambda term: terms.rarity(terms.keys(term)))
        first = ranked[0]
        second = ranked[1] if len(ranked) > 1 else first
        entry.pair = (first, second)
        if first not in self._index:
            self._index[first] = (set(), {})
            self._firsts.add(first)
        seconds, entries = self._index[first]
        seconds.add(second)
        entries.setdefault(second, []).append(entry)

    def _unregister(self, entry: _Entry) -> None:
        first, second = entry.pair
        seconds, entries = self._index[first]
        entries[second].remove(entry)
        if not entries[second]:
            del entries[second]
            seconds.remove(second)
            if not seconds:
                del self._index[first]
                self._firsts.remove(first)
                self._settled.pop(first, None)

    def _settle(self, present: set[int]) -> None:
        """Moves some filters from the commonest of a text's terms to rarer ones.

        What a filter is registered under was guessed before its words were seen. A term
        is looked at again when it has been seen twice as often as the last time.
        """
        seen = self._terms.seen
        settled = self._settled
        due = [
            term for term in self._firsts & present if seen.get(term, 0) >= 2 * settled.get(term, 2)
        ]
        left = _MOVED
        for first in sorted(due, key=seen.__getitem__, reverse=True):
            often = seen[first]
            moving = [
                entry
                for second, entries in self._index[first][1].items()
                if 2 * seen.get(second, 0) < often
                for entry in entries
            ]
            for entry in moving[:left]:
                self._unregister(entry)
                self._register(entry)
            left -= len(moving)
            if left < 0:
                return
            settled[first] = often

    def _selected_in_vain(self, entry: _Entry) -> None:
        entry.vain += 1
        if entry.vain >= _IN_VAIN and len(entry.compiled.required) > 2:
            entry.vain = 0
            self._unregister(entry)
            self._register(entry)


_keys_of: Final = attrgetter("keys")


def _key_of(hit: Hit) -> str:
    return hit.key


_NO_MATCHES: Final = Matches()
