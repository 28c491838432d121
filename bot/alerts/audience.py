"""Whether a chat wants to hear of an item, and under which topic. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache, partial

import structlog

from bot.alerts.decide import pushed_topics
from bot.alerts.volume import loudest, way_of
from bot.alerts.words import topic_rank
from bot.documents import document_of
from bot.model import Item, ItemMatch, Source, Subscription, Way
from filters.analysis import Analysis
from filters.explain import matches as query_matches
from filters.nodes import Query
from filters.query import QueryError, parse
from filters.reading import Reader

__all__ = ["Audience", "Holds", "choose", "choose_topic", "wants"]

log = structlog.get_logger(__name__)

Holds = Callable[[str], bool]
"""Whether a narrowing expression holds for the item."""


def wants(subscription: Subscription, matches: Sequence[ItemMatch], holds: Holds) -> bool:
    """Whether the subscription asks for an item with these matches.

    Whose army it is stays unknown for many reports: those pass every choice of
    armies, since a report missed is worse than one too many. A stage is always
    known (a plain report is one).
    """
    found = [m for m in matches if m.topic == subscription.topic]
    if not pushed_topics(found):
        return False
    armies, stages = subscription.armies, subscription.stages
    if armies and not any(m.army in (*armies, "unknown") for m in found):
        return False
    if stages and not any(m.stage in stages for m in found):
        return False
    return not subscription.narrowing or holds(subscription.narrowing)


def choose_topic(
    subscriptions: Iterable[Subscription], matches: Sequence[ItemMatch], holds: Holds
) -> str | None:
    """The topic under which a chat is told; None if it is not.

    Of several the one that says most: refusal before desertion, and so on.
    """
    choice = choose(subscriptions, matches, holds)
    return None if choice is None else choice[0]


def choose(
    subscriptions: Iterable[Subscription], matches: Sequence[ItemMatch], holds: Holds
) -> tuple[str, Way] | None:
    """The topic under which a chat is told, and how: the loudest of its wishes."""
    stages = {m.topic: m.stage for m in matches}
    wanted = [s for s in subscriptions if wants(s, matches, holds)]
    if not wanted:
        return None
    way = loudest(way_of(s, stages[s.topic]) for s in wanted)
    return min((s.topic for s in wanted), key=topic_rank), way


class Audience:
    """Reads an item once, for any number of chats; narrowings are parsed once.

    A narrowing that cannot be read any more (a word group was taken away) lets all
    pass: its chat rather hears too much.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._query = lru_cache(maxsize=10_000)(self._parse)

    def __call__(
        self, item: Item, source: Source, matches: Sequence[ItemMatch]
    ) -> Callable[[Sequence[Subscription]], tuple[str, Way] | None]:
        """Under which topic a chat with given subscriptions is told of the item, and how."""
        holds = cache(partial(self._holds, cache(partial(self._analyse, item, source))))
        return lambda subscriptions: choose(subscriptions, matches, holds)

    def _analyse(self, item: Item, source: Source) -> Analysis:
        return self._reader.analyse(document_of(item, source))

    def _holds(self, analyse: Callable[[], Analysis], narrowing: str) -> bool:
        query = self._query(narrowing)
        return query is None or query_matches(query, analyse())

    def _parse(self, narrowing: str) -> Query | None:
        try:
            return parse(narrowing, self._reader.groups)
        except QueryError:
            # Never the expression: it says what a subscriber is interested in.
            log.warning("narrowing.unreadable")
            return None
