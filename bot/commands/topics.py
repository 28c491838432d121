"""What admins do to topics: their own, with titles in three languages, and those of the packs."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command
from bot.commands.transaction import Change, changing
from bot.model import OwnTopic, Way
from bot.store import topics
from bot.store.audit import Undo

__all__ = [
    "LONGEST_TITLE",
    "RESTORERS",
    "ChangedTopic",
    "add",
    "as_json",
    "id_of",
    "is_id",
    "rename",
    "set_off",
    "set_way",
]

log = structlog.get_logger(__name__)

LONGEST_TITLE: Final = 40
"""Letters of a title: a button must hold it."""

_ID: Final = re.compile(r"[a-z][a-z0-9-]{1,30}")


def is_id(text: str) -> bool:
    """Whether a topic may have that id."""
    return _ID.fullmatch(text) is not None


def id_of(title: str) -> str:
    """The id of a topic with that English title: `Hazing at work` is `hazing-at-work`."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:30].strip("-")


@dataclass(frozen=True, slots=True)
class ChangedTopic:
    """A topic as it is now, and as it was `before`: perhaps as another admin left it."""

    topic: OwnTopic
    before: OwnTopic


async def add(
    backend: Backend, call: Call, topic: OwnTopic, given: Collection[str]
) -> OwnTopic | Refused:
    """A new topic. TAKEN where one of that id is there; `given` are the ids of the packs."""
    async with changing(backend, call, Command.TOPIC_ADD) as change:
        if topic.id in given or await topics.get(change.conn, topic.id) is not None:
            return Refused.TAKEN
        await _put(change, topic, None)
    log.info("topic.added")
    return topic


async def rename(
    backend: Backend, call: Call, topic_id: str, titles: Mapping[str, str], given: Collection[str]
) -> ChangedTopic | Refused:
    """Other titles; of a pack's topic too, which had none of its own `before`."""
    return await _change(backend, call, topic_id, given, titles=titles)


async def set_way(
    backend: Backend, call: Call, topic_id: str, way: Way, given: Collection[str]
) -> ChangedTopic | Refused:
    """How the topic comes to chats that have not chosen otherwise."""
    return await _change(backend, call, topic_id, given, way=way)


async def set_off(
    backend: Backend, call: Call, topic_id: str, off: bool, given: Collection[str]
) -> ChangedTopic | Refused:
    """Offer and match the topic no more, or again. Who follows it keeps the subscription; the
    other admins get a message."""
    return await _change(backend, call, topic_id, given, off=off)


async def _change(
    backend: Backend, call: Call, topic_id: str, given: Collection[str], **values: Any
) -> ChangedTopic | Refused:
    """MISSING for a topic nobody has, SAME where nothing would change."""
    async with changing(backend, call, Command.TOPIC_EDIT) as change:
        stored = await topics.get(change.conn, topic_id)
        if stored is None and topic_id not in given:
            return Refused.MISSING
        old = stored or OwnTopic(topic_id)
        new = replace(old, **values)
        if new == old:
            return Refused.SAME
        await _put(change, new, stored)
    log.info("topic.changed", off=new.off)
    return ChangedTopic(new, old)


async def _put(change: Change, new: OwnTopic, old: OwnTopic | None) -> None:
    await topics.put(change.conn, new, change.call.now)
    change.refilters = True
    back = Undo("topic.put", {"id": new.id, "was": None if old is None else as_json(old)})
    switched = new.off is not (old.off if old is not None else False)
    to = ("off" if new.off else "on") if switched else ""
    await change.record(f"topic:{new.id}", inverse=back, tell=new.off and switched, to=to)


def as_json(topic: OwnTopic) -> dict[str, Any]:
    """What an audit row keeps of it."""
    return {"titles": dict(topic.titles), "way": str(topic.way or ""), "off": topic.off}


async def _restore(change: Change, args: Mapping[str, Any]) -> bool:
    topic_id, was = str(args["id"]), args["was"]
    change.refilters = True
    if was is None:
        return await topics.remove(change.conn, topic_id)
    way = Way(was["way"]) if was["way"] else None
    old = OwnTopic(topic_id, dict(was["titles"]), way, bool(was["off"]))
    await topics.put(change.conn, old, change.call.now)
    return True


RESTORERS: Final = {"topic.put": _restore}
