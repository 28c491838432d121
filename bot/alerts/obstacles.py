"""Why a chat got no alert on an item that matches: which of its choices kept it out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.alerts.audience import Holds, is_of_chosen_wars, wants
from bot.alerts.decide import pushed_topics
from bot.model import ItemMatch, Subscription

__all__ = ["Obstacle", "TopicOutcome", "wishes"]


class Obstacle(Enum):
    """What of a wish an item does not meet; NONE: it is wanted."""

    NONE = auto()
    POSSIBLE = auto()  # not sure enough to be pushed to anybody
    ELSEWHERE = auto()  # of a past war, or of another country's army, which nobody gets unasked
    NOT_FOLLOWED = auto()
    ARMY = auto()
    STAGE = auto()
    NARROWING = auto()


@dataclass(frozen=True, slots=True)
class TopicOutcome:
    """One topic of the item, and how the chat's subscription (None: it has none) meets it."""

    topic: str
    obstacle: Obstacle
    subscription: Subscription | None = None


def wishes(
    subscriptions: Sequence[Subscription], matches: Sequence[ItemMatch], holds: Holds
) -> list[TopicOutcome]:
    """The outcome of each topic that the item matches; only wanted ones if any is wanted."""
    pushed = pushed_topics(matches)
    found: list[TopicOutcome] = []
    for topic in dict.fromkeys(m.topic for m in matches):
        theirs = [each for each in subscriptions if each.topic == topic]
        if topic not in pushed:
            found.append(TopicOutcome(topic, Obstacle.POSSIBLE))
        elif not theirs:
            found.append(TopicOutcome(topic, Obstacle.NOT_FOLLOWED))
        else:
            of_topic = [m for m in matches if m.topic == topic]
            found += [
                TopicOutcome(topic, _obstacle(each, of_topic, holds), each) for each in theirs
            ]
    wanted = [each for each in found if each.obstacle is Obstacle.NONE]
    return wanted or found


def _obstacle(each: Subscription, matches: Sequence[ItemMatch], holds: Holds) -> Obstacle:
    if wants(each, matches, holds):
        return Obstacle.NONE
    if not any(is_of_chosen_wars(each, match) for match in matches):
        return Obstacle.ELSEWHERE
    if each.armies and not any(m.army in (*each.armies, "unknown") for m in matches):
        return Obstacle.ARMY
    if each.stages and not any(m.stage in each.stages for m in matches):
        return Obstacle.STAGE
    return Obstacle.NARROWING
