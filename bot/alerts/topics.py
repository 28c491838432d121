"""The titles and the urgency of topics, from the packs and from admins.

A process runs one installation: the loader of stored topics sets them here, and all later
rendering reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.model import OwnTopic, Way
from filters.packs import TOPICS, load_packs

__all__ = ["rank", "title", "use", "usual_way"]

_own: dict[str, OwnTopic] = {}


def use(topics: Iterable[OwnTopic]) -> None:
    """From now on exactly these are known beside those of the packs."""
    found = {topic.id: topic for topic in topics}
    _own.clear()
    _own.update(found)


def title(topic_id: str, lang: str) -> str:
    """The title in that language, else in English; "" of a topic nobody knows."""
    own = _own.get(topic_id)
    titles: Mapping[str, str] = own.titles if own is not None and own.titles else {}
    if not titles:
        known = (each.titles for each in load_packs().topics if each.id == topic_id)
        titles = next(known, {})
    return titles.get(lang) or titles.get("en") or next(iter(titles.values()), "")


def usual_way(topic_id: str) -> Way:
    """How the topic comes to chats that have not chosen."""
    own = _own.get(topic_id)
    return own.way if own is not None and own.way is not None else Way.NORMAL


def rank(topic_id: str) -> tuple[int, str]:
    """To sort topics: what says most first, admins' own after the packs'."""
    return (TOPICS.index(topic_id) if topic_id in TOPICS else len(TOPICS), topic_id)
