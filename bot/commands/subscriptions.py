"""Subscriptions of a chat: topics, narrowed or whole, and how loudly each comes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.commands.calls import Backend, Call, Refused
from bot.commands.roles import Command
from bot.commands.transaction import Change, changing, here
from bot.model import Subscription, Way
from bot.store import chats
from bot.store.audit import Undo
from filters.narrowing import together

__all__ = [
    "MOST_SUBSCRIPTIONS",
    "RESTORERS",
    "choose",
    "narrow",
    "refine",
    "set_ways",
    "subscribe",
    "toggle",
    "unsubscribe",
]

MOST_SUBSCRIPTIONS = 50


async def toggle(backend: Backend, call: Call, topic: str) -> bool | Refused:
    """Switch the whole topic; whether it is on now. Its narrowings end with it, undo has them."""
    async with changing(backend, call, Command.SUBSCRIBE) as change:
        chat = await here(change)
        if chat is None:
            return Refused.MISSING
        before = await _of_topic(change, chat.id, topic)
        if before:
            await chats.unsubscribe(change.conn, chat.id, topic)
        else:
            await chats.subscribe(change.conn, chat.id, topic, call.now)
        await _record(change, chat.id, topic, before, on=not before)
        return not before


async def subscribe(
    backend: Backend,
    call: Call,
    topic: str,
    *,
    narrowing: str = "",
    armies: Collection[str] = (),
    stages: Collection[str] = (),
) -> Subscription | Refused:
    """Want the topic, or what of it the narrowing holds. TOO_MANY beyond `MOST_SUBSCRIPTIONS`.

    The whole topic takes the place of its narrowings, a narrowing that of the whole topic.
    """
    async with changing(backend, call, Command.SUBSCRIBE) as change:
        chat = await here(change)
        if chat is None:
            return Refused.MISSING
        if len(await chats.subscriptions(change.conn, chat.id)) >= MOST_SUBSCRIPTIONS:
            return Refused.TOO_MANY
        before = await _of_topic(change, chat.id, topic)
        await chats.unsubscribe(change.conn, chat.id, topic, "" if narrowing else None)
        new = await chats.subscribe(
            change.conn,
            chat.id,
            topic,
            call.now,
            narrowing=narrowing,
            armies=armies,
            stages=stages,
        )
        if await _of_topic(change, chat.id, topic) != before:
            await _record(change, chat.id, topic, before, on=True)
        return new


async def narrow(
    backend: Backend,
    call: Call,
    topic: str,
    *,
    narrowing: str = "",
    armies: Collection[str] = (),
    stages: Collection[str] = (),
    excludes: bool = False,
    both: bool = False,
) -> list[Subscription] | Refused:
    """Narrow a topic that is followed: instead of what it was narrowed by, or with that (`both`).

    What only `excludes`, and armies and stages, hold for each narrowing there is; further words
    are a further subscription. How it is told stays. TOO_MANY as `subscribe`.
    """
    async with changing(backend, call, Command.SUBSCRIBE) as change:
        chat = await here(change)
        if chat is None:
            return Refused.MISSING
        before = await _of_topic(change, chat.id, topic)
        ways = before[0].ways if before else {}
        new = [Subscription(0, chat.id, topic, narrowing, tuple(armies), tuple(stages), ways)]
        if both and before:
            new = _with(before, new[0], excludes or not narrowing)
        return await _exchange(change, chat.id, topic, before, new)


async def refine(
    backend: Backend, call: Call, topic: str, wanted: Sequence[Subscription]
) -> list[Subscription] | Refused:
    """Follow the topic with exactly these narrowings. How each alerts does not change.

    MISSING where the topic is not followed, TOO_MANY as `subscribe`.
    """
    async with changing(backend, call, Command.SUBSCRIBE) as change:
        chat = await here(change)
        before = [] if chat is None else await _of_topic(change, chat.id, topic)
        if chat is None or not before or not wanted:
            return Refused.MISSING
        new = list({each.narrowing: each for each in wanted}.values())
        return await _exchange(change, chat.id, topic, before, new)


async def _exchange(
    change: Change,
    chat_id: int,
    topic: str,
    before: Sequence[Subscription],
    new: Sequence[Subscription],
) -> list[Subscription] | Refused:
    """These instead of those the topic had `before`; the change is recorded if it is one."""
    others = len(await chats.subscriptions(change.conn, chat_id)) - len(before)
    if others + len(new) > MOST_SUBSCRIPTIONS:
        return Refused.TOO_MANY
    await _put(change, chat_id, topic, new)
    after = await _of_topic(change, chat_id, topic)
    if after != before:
        await _record(change, chat_id, topic, before, on=True)
    return after


async def choose(
    backend: Backend, call: Call, wanted: Mapping[str, Sequence[Subscription]]
) -> bool | Refused:
    """Follow these topics with exactly these narrowings; other topics stay as they are.

    One change, which one undo takes back; whether it changed anything. TOO_MANY as `subscribe`.
    """
    async with changing(backend, call, Command.SUBSCRIBE) as change:
        chat = await here(change)
        if chat is None:
            return Refused.MISSING
        every = await chats.subscriptions(change.conn, chat.id)
        others = sum(each.topic not in wanted for each in every)
        if others + sum(len(new) for new in wanted.values()) > MOST_SUBSCRIPTIONS:
            return Refused.TOO_MANY
        had = {topic: [each for each in every if each.topic == topic] for topic in wanted}
        for topic, new in wanted.items():
            await _put(change, chat.id, topic, new)
        after = await chats.subscriptions(change.conn, chat.id)
        changed = [t for t, old in had.items() if old != [s for s in after if s.topic == t]]
        if changed:
            args = {"topics": [{"topic": topic, "had": _plain(had[topic])} for topic in changed]}
            await change.record(
                "topics",
                chat_id=chat.id,
                inverse=Undo("subscription.topics", args),
                title=", ".join(changed),
            )
        return bool(changed)


def _with(
    before: Sequence[Subscription], new: Subscription, each_alone: bool
) -> list[Subscription]:
    """`before` and the new one: the new holds for each of them, or stands beside them."""
    if not each_alone:
        return [*(each for each in before if each.narrowing != new.narrowing), new]
    return [
        replace(
            each,
            narrowing=together(each.narrowing, new.narrowing),
            armies=new.armies or each.armies,
            stages=new.stages or each.stages,
        )
        for each in before
    ]


async def _put(change: Change, chat_id: int, topic: str, new: Sequence[Subscription]) -> None:
    await chats.unsubscribe(change.conn, chat_id, topic)
    for each in new:
        await chats.subscribe(
            change.conn,
            chat_id,
            topic,
            change.call.now,
            narrowing=each.narrowing,
            armies=each.armies,
            stages=each.stages,
            ways=each.ways,
        )


async def unsubscribe(backend: Backend, call: Call, topic: str, narrowing: str | None) -> int:
    """End the topic, or that narrowing of it; how many subscriptions that ended."""
    async with changing(backend, call, Command.UNSUBSCRIBE) as change:
        chat = await here(change)
        if chat is None:
            return 0
        before = await _of_topic(change, chat.id, topic)
        ended = await chats.unsubscribe(change.conn, chat.id, topic, narrowing)
        if ended:
            await _record(change, chat.id, topic, before, on=False)
        return ended


async def set_ways(
    backend: Backend, call: Call, topic: str, ways: Mapping[str, Way]
) -> bool | Refused:
    """Set how loudly the topic comes, by stage ("" for all others), for all narrowings alike."""
    async with changing(backend, call, Command.WAYS) as change:
        chat = await here(change)
        if chat is None:
            return Refused.MISSING
        before = await _of_topic(change, chat.id, topic)
        if not before:
            return Refused.MISSING
        if any(each.ways != ways for each in before):
            await chats.set_ways(change.conn, chat.id, topic, ways)
            await _record(change, chat.id, topic, before, on=True)
        return True


async def _of_topic(change: Change, chat_id: int, topic: str) -> list[Subscription]:
    return [s for s in await chats.subscriptions(change.conn, chat_id) if s.topic == topic]


async def _record(
    change: Change, chat_id: int, topic: str, before: Sequence[Subscription], *, on: bool
) -> None:
    had = _plain(before)
    await change.record(
        f"topic:{topic}",
        chat_id=chat_id,
        inverse=Undo("subscription.topic", {"topic": topic, "had": had}),
        on=on,
    )


def _plain(before: Sequence[Subscription]) -> list[dict[str, Any]]:
    return [
        {
            "narrowing": each.narrowing,
            "armies": list(each.armies),
            "stages": list(each.stages),
            "ways": {stage: str(way) for stage, way in each.ways.items()},
        }
        for each in before
    ]


async def _restore_all(change: Change, args: Mapping[str, Any]) -> bool:
    return all([await _restore(change, each) for each in args["topics"]])


async def _restore(change: Change, args: Mapping[str, Any]) -> bool:
    chat = await here(change)
    if chat is None:
        return False
    topic = str(args["topic"])
    await chats.unsubscribe(change.conn, chat.id, topic)
    for each in args["had"]:
        await chats.subscribe(
            change.conn,
            chat.id,
            topic,
            change.call.now,
            narrowing=each["narrowing"],
            armies=each["armies"],
            stages=each["stages"],
            ways={stage: Way(way) for stage, way in each["ways"].items()},
        )
    return True


RESTORERS: Final = {"subscription.topic": _restore, "subscription.topics": _restore_all}
