"""The one place where texts meet filters: a Reader in a thread of its own.

All reading, of batches and of what people try, and every change of filters goes through
that thread, one after the other: the event loop stays free. A change makes the next set of
filters and swaps it in (`filters.index`), so that a text read elsewhere meanwhile is read by a
whole set too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import median
from typing import NamedTuple, TypeVar

import structlog

from bot.model import SCORED, ItemMatch, OwnTopic, is_private
from bot.store.filters import Filter, FilterState, Origin
from filters.analysis import Analysis
from filters.doctoring import excluding
from filters.document import Document, Span
from filters.entities import Entity, Gazetteer
from filters.explain import Explanation, explain, matches, spans
from filters.facts import pack
from filters.learning import Learned
from filters.nodes import Query
from filters.own_words import parse_own
from filters.packs import Topic, load_packs
from filters.query import QueryError, groups_in, parse
from filters.reading import Hit, Reader, Reading
from filters.selection import Indexer, Selection, selection

__all__ = ["FoundIn", "Matcher", "Trial", "as_matches"]

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Trial:
    """What a query finds in one text: spans, the sentence to show, topics' filters that do too."""

    __slots__ = ("caught_by", "sentence", "spans")

    def __init__(self, analysis: Analysis, query: Query, reading: Reading) -> None:
        self.spans = tuple((s.field, s.start, s.end) for s in spans(query, analysis))
        field, start, _ = self.spans[0] if self.spans else ("text", 0, 0)
        self.sentence = _plain(analysis.sentence_at(field, start))
        self.caught_by = {hit.key: hit.topic for hit in reading.hits}


class FoundIn(NamedTuple):
    """Where a text satisfies a query: spans, and the sentence to show, as (field, start, end)."""

    spans: tuple[tuple[str, int, int], ...]
    sentence: tuple[str, int, int]


class Matcher:
    """Owns the Reader's set of filters. Belongs to one event loop."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._indexer = Indexer(reader.analyser)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="matching")
        self._taken: dict[str, tuple[str, str, str, bool]] = {}  # key -> topic, expression…
        self._entities: list[Entity] = []
        self._groups: dict[str, str] = {}
        self._generation = 0

    @property
    def generation(self) -> int:
        """Of the filters now used; 0 before `take_up`."""
        return self._generation

    async def read(self, documents: Sequence[Document]) -> tuple[int, list[Reading | Exception]]:
        """Each text's reading, or what it raised; and the generation they were read with."""
        return await self.read_and(documents, lambda generation, found: (generation, found))

    async def read_and(
        self,
        documents: Sequence[Document],
        then: Callable[[int, list[Reading | Exception]], T],
    ) -> T:
        """As `read`, and what `then` makes of it, in the same thread: a hop less."""

        def work() -> T:
            return then(self._generation, [self._read(document) for document in documents])

        return await self._run(work)

    async def take_up(
        self,
        filters: Sequence[Filter],
        entities: Sequence[Entity],
        generation: int,
        groups: Mapping[str, str] = {},
        *,
        learned: Learned | None = None,
        topics: Sequence[OwnTopic] = (),
        exclusions: Mapping[str, str] = {},
    ) -> None:
        """Use exactly these active filters, and these entities and word groups (name: words)
        beside those of the packs; judge by what was `learned` here, None: as shipped.
        `topics` are those of admins and what they chose of the packs'; `exclusions` are, by
        filter, words beside which its finds are not meant.

        One that cannot be read any more is left out and logged by its key. An older
        generation than the present one changes nothing.
        """

        def work() -> None:
            if generation >= self._generation:
                if self._entities != entities:
                    self._reader.use_entities(entities)
                    self._entities = list(entities)
                if self._groups != groups:
                    self._use_groups(groups)
                off = {topic.id for topic in topics if topic.off}
                self._reader.use_topics(_known(topics, self._reader.given_topics), off)
                kept = [each for each in filters if each.topic not in off]
                self._take_up(kept, exclusions)
                self._reader.use_learned(learned)
                self._generation = generation

        await self._run(work)

    async def try_out(
        self, query: Query, documents: Sequence[Document], more: Sequence[Entity] = ()
    ) -> list[Trial | None]:
        """What a query not yet added finds in each text; None where it does not match.

        `more` are entities not yet added that it may name.
        """

        def work() -> list[Trial | None]:
            names = self._reader.gazetteer_with(more) if more else None
            return [self._try(query, document, names) for document in documents]

        return await self._run(work)

    @property
    def index_signature(self) -> str:
        """Names the dictionaries of `words`: an index made with others must be made again."""
        return self._indexer.signature

    async def words(self, documents: Sequence[Document]) -> list[frozenset[str]]:
        """The words under which the archive finds each text."""

        def work() -> list[frozenset[str]]:
            return [self._indexer.words(self._reader.analyse(each)) for each in documents]

        return await self._run(work)

    async def select(self, query: Query, more: Sequence[Entity] = ()) -> Selection | None:
        """What a text must hold to match; None where no word can tell. `more` as in `try_out`."""

        def work() -> Selection | None:
            known = {**self._reader.entities, **{each.id: each for each in more}}
            return selection(query, self._reader.analyser, known)

        return await self._run(work)

    async def find(
        self, query: Query, documents: Sequence[Document], more: Sequence[Entity] = ()
    ) -> list[FoundIn | None]:
        """Where each text satisfies the query, None where it does not. `more` as in `try_out`."""

        def work() -> list[FoundIn | None]:
            names = self._reader.gazetteer_with(more) if more else None
            return [self._find(query, self._reader.analyse(each, names)) for each in documents]

        return await self._run(work)

    async def cost(self, query: Query, documents: Sequence[Document]) -> float:
        """How many seconds of CPU the query takes a text, beside all filters that read it.

        The median: what is looked up once for all texts counts for none.
        """

        def work() -> float:
            spent = [0.0] if not documents else []
            for document in documents:
                analysis = self._reader.analyse(document)
                self._reader.match(analysis)
                began = time.thread_time()
                matches(query, analysis)
                spent.append(time.thread_time() - began)
            return median(spent)

        return await self._run(work)

    async def look(self, document: Document) -> Reading:
        """A text that somebody asks about, read as a post would be. Raises what reading raises."""
        return await self._run(lambda: self._reader.read(document).settle())

    async def nearest(self, document: Document) -> tuple[str, Explanation] | None:
        """The filter nearest to a text, and what it lacks; chats' own words are left out."""
        return await self._run(lambda: self._nearest(document))

    async def explain(self, query: Query, document: Document) -> Explanation:
        """Why a query, added or not, matches a text or does not."""
        return await self._run(lambda: explain(query, self._reader.analyse(document)))

    def close(self) -> None:
        """End the thread once its work is done."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _read(self, document: Document) -> Reading | Exception:
        try:
            reading = self._reader.read(document)
            if reading.matched:
                reading.settle()  # here, not where its hits are stored
        except Exception as error:  # noqa: BLE001 - of one text; the caller quarantines it
            return error
        for key in reading.failed:
            log.error("filter.failed", filter=key)
        return reading

    def _try(self, query: Query, document: Document, names: Gazetteer | None) -> Trial | None:
        analysis = self._reader.analyse(document, names)
        if not matches(query, analysis):
            return None
        return Trial(analysis, query, self._reader.read(document))

    @staticmethod
    def _find(query: Query, analysis: Analysis) -> FoundIn | None:
        if not matches(query, analysis):
            return None
        found = tuple((span.field, span.start, span.end) for span in spans(query, analysis))
        in_text = "text" if analysis.document.text else "title"
        field, start, _ = found[0] if found else (in_text, 0, 0)
        return FoundIn(found, _plain(analysis.sentence_at(field, start)))

    def _nearest(self, document: Document) -> tuple[str, Explanation] | None:
        best: tuple[tuple[int, int], str, Explanation] | None = None
        for key, found in self._reader.explain_all(document, but=is_private):
            held = sum(bool(clause.held and clause.spans) for clause in found.clauses)
            held += sum(bool(p.held and p.spans) for c in found.failed for p in c.parts)
            rank = held, -len(found.failed)
            if held and (best is None or rank > best[0]):
                best = rank, key, found
        return best and best[1:]

    def _take_up(self, filters: Sequence[Filter], exclusions: Mapping[str, str]) -> None:
        wanted = {f.key: f for f in filters}
        for key in set(self._reader.keys) - set(wanted):
            self._forget(key)
        packs = {each.key: each for each in load_packs().filters}
        for key, each in wanted.items():
            left_out = exclusions.get(key, "")
            trial = each.state is FilterState.TRIAL
            what = (each.topic, each.expression, left_out, trial)
            if self._taken.get(key) == what:
                continue
            pack = packs.get(key)
            try:
                # A pack's queries are parsed already.
                query = (
                    pack.query
                    if pack is not None and pack.query_text == each.expression
                    else _parser(each)(each.expression, self._reader.groups)
                )
                if left_out:
                    words = parse(left_out, self._reader.groups, kept=True)
                    query = excluding(query, words)
            except QueryError:
                log.error("filter.unreadable", filter=key)  # never its text
                if key in self._reader.keys:
                    self._forget(key)
                continue
            scored = pack is not None and each.origin is Origin.PACK
            self._reader.add_filter(key, each.topic, query, scored=scored, trial=trial)
            self._taken[key] = what

    def _use_groups(self, groups: Mapping[str, str]) -> None:
        """What uses a group that is another now is parsed again."""
        before = self._reader.groups
        self._reader.use_groups(groups)
        after = self._reader.groups
        self._groups = dict(groups)
        changed = {n for n in {*before, *after} if before.get(n) != after.get(n)}

        def stays(text: str) -> bool:
            return "@" not in text or changed.isdisjoint(
                groups_in(text, before) | groups_in(text, after)
            )

        self._taken = {
            key: what for key, what in self._taken.items() if stays(what[1]) and stays(what[2])
        }

    def _forget(self, key: str) -> None:
        self._reader.remove_filter(key)
        self._taken.pop(key, None)


def _known(topics: Sequence[OwnTopic], given: Mapping[str, Topic]) -> list[Topic]:
    """As the reader knows topics: with the titles of the pack where none were chosen."""
    found = []
    for own in topics:
        pack = given.get(own.id)
        titles = own.titles or (pack.titles if pack else {})
        found.append(Topic(own.id, titles, pack is None or pack.core, pack.about if pack else {}))
    return found


def _parser(each: Filter) -> Callable[[str, Mapping[str, str]], Query]:
    return partial(parse_own if each.origin is Origin.WATCH else parse, kept=True)


def as_matches(reading: Reading, entry: int | None = None) -> tuple[ItemMatch, ...]:
    """A reading's matches as they are stored: one a filter, or one that the score alone found,
    each with the facets of its own passage and, as evidence of the name "facts", what that
    passage says. A topic's surest comes first. Of a roundup those of the `entry` of that number."""
    hits = _hits(reading, entry)
    stored: dict[str, ItemMatch] = {}
    for match in reading.matches:
        if entry is not None and match.entry != entry:
            continue
        for key in match.filters or (SCORED + match.topic,):
            hit = hits.get(key)
            if key not in stored:
                stored[key] = ItemMatch(
                    topic=match.topic,
                    filter_key=key,
                    spans=tuple(_plain(span) for span in (hit.spans if hit else match.words)),
                    sentence=_plain(match.passage),
                    army=match.facets.army,
                    stage=match.facets.stage,
                    era=match.facets.era,
                    evidence={**match.facets.evidence, "facts": pack(reading.facts[match.passage])},
                    certainty=match.certainty,
                    score=match.score,
                    words=tuple(_plain(span) for span in match.words),
                )
    return tuple(stored.values())


def _hits(reading: Reading, entry: int | None) -> dict[str, Hit]:
    """The hits by filter: of one that matches in several entries that of `entry`."""
    hits = {hit.key: hit for hit in reading.hits}
    if entry is None:
        return hits
    place = reading.entries[entry]
    return hits | {
        hit.key: hit for hit in reading.hits if place.start <= hit.sentence.start < place.end
    }


def _plain(span: Span) -> tuple[str, int, int]:
    return span.field, span.start, span.end
