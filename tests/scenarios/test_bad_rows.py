"""One row that cannot be read, in whatever table: everybody else hears, and admins are answered."""

from __future__ import annotations

import sqlalchemy as sa
from structlog.testing import capture_logs

from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

OTHER = SUBSCRIBER + 1
# What once stopped everybody, or made the outbox turn for ever.
DAMAGES = (
    "chats.digest_due = 'yesterday'",
    "chats.state = 'asleep'",
    "sources.transport = 'pigeon'",
    "sources.priority = 'now'",
    "messages.delete_at = ''",
    "messages.next_try_at = 'soon'",
    "items.seen_at = 'once'",
    "matches.spans = '[7]'",
    "notices.state = 'lost'",
    "people.role = 'emperor'",
)


async def test_one_bad_row_stops_nobody_else(vigil: Vigil) -> None:
    """Ten damages one after the other in a whole application, which is why it takes seconds."""
    await vigil.says(ROOT, "/normal")
    for user in (SUBSCRIBER, OTHER):
        await vigil.subscriber(user, "refusal")
    for name in ("a", "b"):
        await vigil.add_source(name)
    await vigil.publish("a", Post("1", text="Бойцы 1-й бригады отказались ехать на войну."))
    store, untold, loud = vigil.app.engine.store, [], []
    for number, damage in enumerate(DAMAGES, start=2):
        table, _, change = damage.partition(".")
        key = "telegram_id" if table == "people" else "id"
        first = f"{key} = (SELECT min({key}) FROM {table})"
        if table == "chats":
            first = f"telegram_id = {SUBSCRIBER}"
        column = change.split()[0]
        with capture_logs() as logged:
            async with store.write() as conn:
                old = await conn.scalar(sa.text(f"SELECT {column} FROM {table} WHERE {first}"))
                await conn.execute(sa.text(f"UPDATE {table} SET {change} WHERE {first}"))
            vigil.clock.advance(hours=3)
            text = f"Бойцы {number}-й бригады отказались ехать на войну, сказал адвокат {number}."
            await vigil.publish("b", Post(str(number), text=text))
            await vigil.app.engine.housekeeping()
            answer = (await vigil.says(ROOT, "/health"))[-1].text
            async with store.write() as conn:
                back = sa.text(f"UPDATE {table} SET {column} = :old WHERE {first}")
                await conn.execute(back, {"old": old})
        told = any(f"{number}-й" in each.text for each in vigil.chat(OTHER))
        untold += [] if told and "Sources:" in answer else [damage]
        loud += [each["event"] for each in logged if each.get("exc_info")]

    assert (untold, loud) == ([], [])
