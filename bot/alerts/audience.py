"""Whether a chat wants an item, and under which topic. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import Final

import structlog

from bot.alerts.decide import pushed_topics
from bot.alerts.documents import document_of
from bot.alerts.volume import loudest, way_of
from bot.alerts.words import topic_rank
from bot.model import Item, ItemMatch, Source, Subscription, Way, is_private
from filters.analysis import Analysis
from filters.explain import matches as query_matches
from filters.narrowing import parse_narrowing
from filters.query import Query, QueryError, is_anchored
from filters.reading import Reader

__all__ = ["Audience", "Holds", "choose", "choose_topic", "is_of_chosen_wars", "wants"]

log = structlog.get_logger(__name__)

_MAX_NARROWINGS: Final = 10_000

Holds = Callable[[str], bool]
"""Whether a narrowing expression holds for the item."""


def wants(subscription: Subscription, matches: Sequence[ItemMatch], holds: Holds) -> bool:
    """Whether the subscription asks for an item with these matches.

    Whose army it is stays unknown for many reports: those pass every choice of
    armies, since a report missed is worse than one too many. A stage is always
    known (a plain report is one).
    """
    if not any(map(partial(_fits, subscription), matches)):
        return False
    return not subscription.narrowing or holds(subscription.narrowing)


def _fits(subscription: Subscription, match: ItemMatch) -> bool:
    """Whether one match is surely of the topic and of the facets that are chosen."""
    armies, stages = subscription.armies, subscription.stages
    if match.topic != subscription.topic or not pushed_topics([match]):
        return False
    if not is_of_chosen_wars(subscription, match):
        return False
    if armies and match.army not in (*armies, "unknown"):
        return False
    return not stages or match.stage in stages


def is_of_chosen_wars(subscription: Subscription, match: ItemMatch) -> bool:
    """Whether it is of an army and a time that the subscription asks for.

    Other countries' armies and past wars come only to who chose them: among the armies, or
    in the narrowing. A chat's own words are told wherever they stand.
    """
    if is_private(match.topic):
        return True
    asks = subscription.narrowing
    if match.army == "other" and "other" not in subscription.armies and "army:" not in asks:
        return False
    return match.era != "historical" or "era:" in asks


def choose_topic(
    subscriptions: Iterable[Subscription], matches: Sequence[ItemMatch], holds: Holds
) -> str | None:
    """The topic of the chat's alert; None if it gets none.

    Of several the one that says most: refusal before desertion, and so on.
    """
    choice = choose(subscriptions, matches, holds)
    return None if choice is None else choice[0]


def choose(
    subscriptions: Iterable[Subscription], matches: Sequence[ItemMatch], holds: Holds
) -> tuple[str, Way] | None:
    """The topic of the chat's alert and how loudly it comes: the loudest of its subscriptions."""
    wanted = [s for s in subscriptions if wants(s, matches, holds)]
    if not wanted:
        return None
    way = loudest(way_of(s, m.stage) for s in wanted for m in matches if _fits(s, m))
    return min((s.topic for s in wanted), key=topic_rank), way


class Audience:
    """Reads an item once, for any number of chats; all narrowings are matched at once.

    A narrowing that cannot be read any more (a word group was taken away), or that fails on
    a text, passes everything: an error must not cost an alert. Belongs to one thread.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._narrowings = _Narrowings(reader)

    def __call__(
        self, item: Item, source: Source, matches: Sequence[ItemMatch]
    ) -> Callable[[Sequence[Subscription]], tuple[str, Way] | None]:
        """The topic and the way in which a chat with these subscriptions gets the item."""
        if self._narrowings.full or self._narrowings.groups is not self._reader.groups:
            self._narrowings = _Narrowings(self._reader)
        analyse = cache(partial(self._analyse, item, source))
        holds = cache(self._narrowings.reading(analyse))
        return lambda subscriptions: choose(subscriptions, matches, holds)

    def _analyse(self, item: Item, source: Source) -> Analysis:
        return self._reader.analyse(document_of(item, source))


class _Narrowings:
    """The narrowings met so far, numbered as they came, in one set of filters."""

    def __init__(self, reader: Reader) -> None:
        self.groups = reader.groups
        self._set = reader.another_set()
        self._numbers: dict[str, int] = {}  # 0 for one that cannot be read
        self._excluding: dict[str, Query] = {}  # they ask for nothing an index could find

    @property
    def full(self) -> bool:
        """Whether to begin again: people come and go, and nobody says what is not used."""
        return len(self._numbers) > _MAX_NARROWINGS

    def reading(self, analyse: Callable[[], Analysis]) -> Holds:
        """Whether a narrowing holds for an item, which is matched when first asked."""
        keys: set[str] = set()
        upto = 0

        def holds(narrowing: str) -> bool:
            nonlocal upto
            number = self._number(narrowing)
            if not number:
                return True
            if excluding := self._excluding.get(narrowing):
                return query_matches(excluding, analyse())
            if not upto:
                upto = len(self._numbers)
                found = self._set.match(analyse())
                keys.update(found.keys, (failure.key for failure in found.failures))
                if found.failures:
                    log.error("narrowing.failed", count=len(found.failures))
            if number <= upto:
                return narrowing in keys
            return query_matches(self._set.query(narrowing), analyse())

        return holds

    def _number(self, narrowing: str) -> int:
        known = self._numbers.get(narrowing)
        if known is not None:
            return known
        number = len(self._numbers) + 1
        try:
            query = parse_narrowing(narrowing, self.groups, kept=True)
            if is_anchored(query):
                self._set.add(narrowing, query)
            else:
                self._excluding[narrowing] = query
        except QueryError:
            # Never the expression: it says what a subscriber is interested in.
            log.warning("narrowing.unreadable")
            number = 0
        self._numbers[narrowing] = number
        return number
