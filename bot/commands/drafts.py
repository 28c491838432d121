"""What a button would do, kept on our side: for one person in one place, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.commands.calls import Backend, Call
from bot.store import open_questions, people

__all__ = ["expect", "forget_expected", "put", "take", "take_all", "take_expected", "take_last"]


async def put(
    backend: Backend,
    call: Call,
    kind: str,
    payload: Mapping[str, Any],
    lifetime: timedelta = timedelta(hours=1),
) -> str:
    """Keep plain JSON values; the 16 letters by which a button finds them again."""
    async with backend.store.write() as conn:
        return await people.put_draft(
            conn,
            call.actor.user_id,
            call.place.chat_id,
            kind,
            payload,
            now=call.now,
            lifetime=lifetime,
        )


async def take(backend: Backend, call: Call, token: str, kind: str) -> Mapping[str, Any] | None:
    """What was kept, once; None for any other person, place, time or kind."""
    async with backend.store.write() as conn:
        draft = await people.take_draft(
            conn, token, call.actor.user_id, call.place.chat_id, call.now
        )
    return draft.payload if draft is not None and draft.kind == kind else None


async def take_last(backend: Backend, call: Call, kind: str) -> Mapping[str, Any] | None:
    """What was kept last of the kind, for a press that carries no token; once."""
    async with backend.store.write() as conn:
        draft = await people.take_last_draft(
            conn, kind, call.actor.user_id, call.place.chat_id, call.now
        )
    return None if draft is None else draft.payload


async def take_all(
    backend: Backend, kind: str, now: datetime
) -> list[tuple[int, int, Mapping[str, Any]]]:
    """What was kept of the kind for anybody, as (person, chat, payload); once, at a start."""
    async with backend.store.write() as conn:
        found = await people.take_all_drafts(conn, kind, now)
    return [(person, chat, draft.payload) for person, chat, draft in found]


async def expect(
    backend: Backend, call: Call, kind: str, payload: Mapping[str, Any], lifetime: timedelta
) -> None:
    """Keep what this person's next text in the place answers: one thing at a time."""
    async with backend.store.write() as conn:
        await open_questions.put(
            conn,
            call.actor.user_id,
            call.place.chat_id,
            kind,
            payload,
            now=call.now,
            lifetime=lifetime,
        )


async def take_expected(backend: Backend, call: Call, kind: str) -> Mapping[str, Any] | None:
    """What a text of the kind was expected for; once. Where none was, nothing is written."""
    who, where = call.actor.user_id, call.place.chat_id
    async with backend.store.read() as conn:
        if await open_questions.kind_of(conn, who, where) != kind:
            return None
    async with backend.store.write() as conn:
        draft = await open_questions.take(conn, who, where, call.now)
    return draft.payload if draft is not None and draft.kind == kind else None


async def forget_expected(backend: Backend, call: Call) -> None:
    """The person went on to something else, so the bot expects no typed answer any more."""
    who, where = call.actor.user_id, call.place.chat_id
    async with backend.store.read() as conn:
        if await open_questions.kind_of(conn, who, where) is None:
            return
    async with backend.store.write() as conn:
        await open_questions.forget(conn, who, where)
