"""Channels by their public pages: gaps, removed posts, pages that prove nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.model import PostState, Source, SourceKind, SourceState, Transport
from bot.store import evidence, items, posts, sources
from bot.store import schema as s
from tests.support import pages
from tests.support.channel_pages import ChannelPages
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

HOUR = 3600
CHAT_ID = -1_000_000_000_000 - pages.CHAT


def refusal(number: int) -> str:
    """A story of its own, one for each number."""
    return (
        f"Контрактники {number}-й бригады отказались ехать на войну. "
        f"Об этом корреспонденту номер {number} рассказали родственники военных."
    )


async def channel(vigil: Vigil, count: int = 3) -> tuple[ChannelPages, Source]:
    """A channel whose archive of `count` posts has been read, and a subscriber."""
    web = ChannelPages(vigil.server, "pskov_live")
    for number in range(1, count + 1):
        web.post(number, f"Старый пост {number}", vigil.clock.now() - timedelta(days=2))
    await vigil.subscriber(SUBSCRIBER, "refusal")
    async with vigil.app.engine.store.write() as conn:
        source, _ = await sources.add(
            conn,
            transport=Transport.PREVIEW,
            address="pskov_live",
            identity="t.me/pskov_live",
            title="Pskov Live",
            kind=SourceKind.ANONYMOUS,
            lang="ru",
            now=vigil.clock.now(),
        )
    await vigil.settle()
    return web, source


async def stored(vigil: Vigil, source: Source) -> dict[int, int]:
    """Item ids by the numbers of the source's posts."""
    async with vigil.app.engine.store.read() as conn:
        rows = await conn.execute(
            sa.select(s.items.c.key, s.items.c.id).where(
                s.items.c.source_id == source.id, s.items.c.part_of.is_(None)
            )
        )
        return {int(row.key): row.id for row in rows}


async def state(vigil: Vigil, source: Source, number: int) -> PostState | None:
    ids = await stored(vigil, source)
    async with vigil.app.engine.store.read() as conn:
        return await posts.state_of(conn, ids[number])


async def now_is(vigil: Vigil, source: Source) -> Source:
    async with vigil.app.engine.store.read() as conn:
        found = await sources.get(conn, source.id)
    assert found is not None
    return found


def told(vigil: Vigil) -> list[str]:
    return [posted.text for posted in vigil.chat(SUBSCRIBER)]


async def test_a_gap_is_read_page_by_page_also_after_a_crash(vigil: Vigil) -> None:
    """After two days offline every post is stored once; today's are told, older ones come in
    the digest, and a page that cannot be read for a while stops nothing for good."""
    web, source = await channel(vigil)
    begun = vigil.clock.now()
    for number in range(4, 124):
        web.post(number, f"Пост {number}", begun + timedelta(minutes=24 * (number - 3)))
    web.post(30, refusal(30), begun + timedelta(hours=10))
    web.post(110, refusal(110), begun + timedelta(hours=43))
    vigil.clock.advance(days=2)
    app = vigil.app
    await vigil.moving(app.engine.poller.step(vigil.clock.now()))
    await vigil.moving(app.engine.look_back())
    web.empty = True
    await vigil.moving(app.engine.look_back())
    halfway = len(await stored(vigil, source))
    await vigil.stop()
    web.empty = False
    await vigil.open()
    vigil.clock.advance(120)
    await vigil.settle()
    asked = len(web.asked)
    first = told(vigil)
    vigil.clock.advance(days=1)
    await vigil.settle()

    assert halfway == 3 + 40
    assert sorted(await stored(vigil, source)) == list(range(1, 124))
    assert asked < 14
    assert len(first) == 1
    assert "110-й бригады" in first[0]
    digest = told(vigil)[1:]
    assert len(digest) == 1
    assert "30-й бригады" in digest[0]


async def test_a_roundup_is_told_entry_by_entry(vigil: Vigil) -> None:
    """Each alert has the entry's own words and the post's link; an entry added later is told, the
    others are not told again; /why answers for each; what is removed is said of each."""
    web, source = await channel(vigil)
    other = (
        "Под Белгородом двенадцать мобилизованных самовольно оставили часть и скрываются, "
        "их ищет военная полиция."
    )
    bridge = "В Омске после ремонта открыли мост через Иртыш, движение пустили вечером."
    await vigil.says(SUBSCRIBER, "/sub desertion")
    before = len(told(vigil))

    def entries(*texts: str) -> str:
        return "<br/>".join(("Главное за день", *(f"• {text}" for text in texts)))

    web.post(4, entries(bridge, refusal(4), other), vigil.clock.now())
    await vigil.read()
    first = told(vigil)[before:]
    web.post(4, entries(refusal(9), bridge, refusal(4), other), vigil.clock.now())
    await vigil.read()
    later = told(vigil)[before:]
    web.post(5, "Пятый", vigil.clock.now())
    web.post(6, "Шестой", vigil.clock.now())
    why = "\n".join(m.text for m in await vigil.says(SUBSCRIBER, "/why t.me/pskov_live/4"))
    web.delete(4)
    await vigil.read()
    vigil.clock.advance(700)
    await vigil.settle()

    assert len(first) == 2
    assert all("One entry of a roundup" in text for text in first)
    assert all("t.me/pskov_live/4" in text for text in first)
    assert [("4-й бригады" in t, "Белгородом" in t) for t in first] == [
        (True, False),
        (False, True),
    ]
    assert len(later) == 3
    assert "9-й бригады" in later[2]
    assert [why.count("Entry «"), why.count("The alert came here")] == [3, 3]
    removed = [text for text in told(vigil)[before:] if "Removed between" in text]
    assert len(removed) == 3
    assert await state(vigil, source, 4) is PostState.GONE


async def test_a_removed_post_is_said_so_with_the_hash_of_its_copy(vigil: Vigil) -> None:
    """Absent twice and refused by its own page: the alert says between when it was removed.
    What has rolled off, is hidden from the list, or stands at its end is not called removed."""
    web, source = await channel(vigil)
    for number, text in enumerate((refusal(4), "Пятый", refusal(6), "Седьмой", "Последний"), 4):
        web.post(number, text, vigil.clock.now())
    await vigil.read()
    assert len(told(vigil)) == 2
    followed = next(m for m in vigil.chat(SUBSCRIBER) if "4-й бригады" in m.text)
    await vigil.press(SUBSCRIBER, "Follow", message_id=followed.message_id)
    web.delete(4, 8)
    web.hidden.add(6)
    await vigil.read()
    once = await state(vigil, source, 4), await state(vigil, source, 8)
    vigil.clock.advance(700)
    await vigil.settle()
    ids = await stored(vigil, source)
    async with vigil.app.engine.store.read() as conn:
        found = await posts.gone(conn, list(ids.values()))
        proof = await evidence.sightings_of(conn, ids[4])
        shown = await evidence.capture(conn, found[ids[4]].sha256)
        kept = [await evidence.capture(conn, each.sha256) for each in proof]

    assert once == (PostState.UNKNOWN, PostState.PRESENT)
    assert list(found) == [ids[4]]
    assert shown is not None
    assert refusal(4).encode() in shown
    assert [each.verdict for each in proof] == ["absent", "absent", "refused"]
    assert all(kept)
    assert await state(vigil, source, 6) is PostState.PRESENT
    first, copy = told(vigil)[0], found[ids[4]].sha256[:16]
    assert f"Removed between 8 Apr 06:01 and 06:02 UTC; copy kept, sha256 {copy}" in first
    assert "4-й бригады" in first
    assert "Removed" not in told(vigil)[1]
    # Who follows is told of it under the alert, without sound.
    [said] = [m for m in vigil.chat(SUBSCRIBER) if m.reply_to == followed.message_id]
    assert (said.silent, f"sha256 {copy}" in said.text) == (True, True)

    web.post(4, refusal(4), vigil.clock.now())
    await vigil.read()
    vigil.clock.advance(300)  # edits of one message are not hurried
    await vigil.settle()
    assert "Removed" not in told(vigil)[0]
    assert await state(vigil, source, 4) is PostState.PRESENT


async def test_nothing_is_called_deleted_by_a_reader_who_is_slowed_down(vigil: Vigil) -> None:
    """Empty pages and 429 are said as what they are, and prove nothing about posts."""
    web, source = await channel(vigil)
    web.post(4, refusal(4), vigil.clock.now())
    web.post(5, "Обычный", vigil.clock.now())
    await vigil.read()
    web.empty = True
    vigil.clock.advance(2 * HOUR)
    await vigil.settle()
    slowed = await now_is(vigil, source)
    web.status = 429
    vigil.clock.advance(8 * HOUR)
    await vigil.settle()
    refused = await now_is(vigil, source)
    ids = await stored(vigil, source)
    async with vigil.app.engine.store.read() as conn:
        proof = await evidence.sightings_of(conn, ids[4])
    unknown = await state(vigil, source, 4)
    web.empty, web.status = False, 200
    vigil.clock.advance(30 * HOUR)
    await vigil.settle()

    assert slowed.error == "Telegram shows @{name} without posts, as to readers it slows down"
    assert refused.error == "Telegram asks us to read its pages more slowly"
    assert {each.verdict for each in proof} == {"unknown"}
    assert unknown is PostState.UNKNOWN
    assert await state(vigil, source, 4) is PostState.PRESENT
    assert (await now_is(vigil, source)).error == ""
    assert len(told(vigil)) == 1


async def test_told_posts_are_looked_for_long_after_they_rolled_off(vigil: Vigil) -> None:
    """At 1 h, 6 h, 24 h, 7 and 30 days, on a page that brackets them; edits are seen there too."""
    web, source = await channel(vigil)
    web.post(4, refusal(4), vigil.clock.now())
    await vigil.read()
    for number in range(5, 60):
        web.post(number, f"Пост {number}", vigil.clock.now())
    looks = []
    for days in (0.05, 0.25, 1, 5.8, 23.1):
        vigil.clock.advance(days=days)
        web.asked.clear()
        await vigil.settle()
        looks.append(sum("before=15" in path for path in web.asked))
    ids = await stored(vigil, source)
    async with vigil.app.engine.store.read() as conn:
        proof = await evidence.sightings_of(conn, ids[4])

    assert looks == [1, 1, 1, 1, 1]
    assert [each.verdict for each in proof] == ["present"] * 5
    assert len({each.at for each in proof}) == 5


async def test_a_renamed_channel_stays_one_source_and_a_taken_name_is_not_believed(
    vigil: Vigil,
) -> None:
    """By its number: another channel under the old name tells nothing."""
    web, source = await channel(vigil)
    web.chat = 555
    web.blocks.clear()
    web.post(9, refusal(9), vigil.clock.now())
    await vigil.read()

    assert (await now_is(vigil, source)).telegram_id == CHAT_ID
    assert (await now_is(vigil, source)).error == "The name @{name} belongs to another channel now"
    assert told(vigil) == []


@pytest.mark.parametrize(
    ("landing", "why"),
    [
        (
            pages.landing("pskov_live", says="Contact"),
            "There is no channel @{name} any more: it was renamed, deleted or made private",
        ),
        (
            pages.landing("pskov_live", title="Live", extra="12 345 subscribers"),
            "The channel @{name} has no public page: its owner has closed it, or it is marked 18+",
        ),
        (
            pages.landing("pskov_live", title="Live", extra="16 674 members, 362 online"),
            "@{name} is a group, not a channel",
        ),
    ],
)
async def test_why_a_page_is_gone_is_said(vigil: Vigil, landing: bytes, why: str) -> None:
    """Missing, closed or marked, a group: each in its own words, and read again when it is back."""
    web, source = await channel(vigil)
    web.landing = landing
    await vigil.read()
    failing = await now_is(vigil, source)
    web.landing = b""
    vigil.clock.advance(2 * HOUR)
    await vigil.settle()

    assert failing.error == why
    assert (await now_is(vigil, source)).error == ""


async def test_edits_of_a_channel_are_kept_with_their_page(vigil: Vigil) -> None:
    """Another text is a revision; the same words with another counter are not."""
    web, source = await channel(vigil)
    web.post(4, refusal(4), vigil.clock.now())
    await vigil.read()
    web.post(4, refusal(4), vigil.clock.now(), meta="edited &nbsp;")
    await vigil.read()
    same = await state(vigil, source, 4)
    web.post(4, refusal(4) + " Их двадцать.", vigil.clock.now(), meta="edited &nbsp;")
    await vigil.read()
    ids = await stored(vigil, source)
    async with vigil.app.engine.store.read() as conn:
        item = await items.get(conn, ids[4])
        proof = await evidence.sightings_of(conn, ids[4])
        page = await evidence.capture(conn, proof[-1].sha256)

    assert same is PostState.PRESENT
    assert item is not None
    assert item.revision == 2
    assert await state(vigil, source, 4) is PostState.EDITED
    assert [each.verdict for each in proof] == ["edited"]
    assert page is not None
    assert "Их двадцать" in page.decode()
    assert len(told(vigil)) == 1


PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]


async def test_an_album_is_told_once_however_its_parts_come(vigil: Vigil) -> None:
    """Together, later, with the caption on another part, edited: one item, one alert; an edit
    that changes no words is none, and a late edit does not make an old post the last."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    chat_id = -1001000000777
    vigil.telegram.people.channel(chat_id, username="pskovlive")
    async with vigil.app.engine.store.write() as conn:
        source, _ = await sources.add(
            conn,
            transport=Transport.CHANNEL,
            address="",
            identity=f"tg:{chat_id}",
            title="Channel",
            kind=SourceKind.ANONYMOUS,
            lang="ru",
            now=vigil.clock.now(),
            telegram_id=chat_id,
        )

    def part(caption: str = "", **more: object) -> int:
        given = {"photo": PHOTO, "media_group_id": "g1", "caption": caption} | more
        return vigil.telegram.people.posts(chat_id, "", **given)

    first = part()
    second = part(refusal(5))
    await vigil.settle()
    assert len(told(vigil)) == 1
    part()
    vigil.clock.advance(60)
    await vigil.settle()
    place = vigil.telegram.world.places[chat_id]
    changed = place.received[second] | {"edit_date": int(vigil.clock.now().timestamp())}
    vigil.telegram.updates.add("edited_channel_post", changed)
    await vigil.settle()
    same = await stored(vigil, source)
    part("", media_group_id="g2")
    vigil.clock.advance(3 * 60)
    await vigil.settle()
    part(refusal(6), media_group_id="g2")
    await vigil.settle()
    last = (await now_is(vigil, source)).last_item_at
    vigil.telegram.updates.add(
        "edited_channel_post", changed | {"caption": refusal(5) + " Их было двадцать."}
    )
    await vigil.settle()
    ids = await stored(vigil, source)
    async with vigil.app.engine.store.read() as conn:
        item = await items.get(conn, ids[first])

    assert list(same) == [first]
    assert len(ids) == 2
    assert item is not None
    assert (item.revision, item.url) == (2, f"https://t.me/pskovlive/{first}")
    assert item.text.endswith("Их было двадцать.")
    assert (await now_is(vigil, source)).address == "pskovlive"
    assert (await now_is(vigil, source)).last_item_at == last
    assert len(told(vigil)) == 2


async def test_a_channel_that_removes_the_bot(vigil: Vigil) -> None:
    """It is stopped with its reason, and admins are told; once."""
    chat_id = -1001000000777
    vigil.telegram.people.started(ROOT)
    await vigil.says(ROOT, "/normal")
    vigil.telegram.people.channel(chat_id, username="pskovlive")
    async with vigil.app.engine.store.write() as conn:
        source, _ = await sources.add(
            conn,
            transport=Transport.CHANNEL,
            address="pskovlive",
            identity=f"tg:{chat_id}",
            title="Channel",
            kind=SourceKind.ANONYMOUS,
            lang="ru",
            now=vigil.clock.now(),
            telegram_id=chat_id,
        )
    before = len(vigil.chat(ROOT))
    for _ in range(2):
        vigil.telegram.people.changes_membership(chat_id, "kicked", by=ROOT)
        await vigil.settle()
    said = [each.text for each in vigil.chat(ROOT)[before:]]
    health = (await vigil.says(ROOT, "/health"))[-1].text

    assert len(said) == 1
    assert said[0].startswith("Source 1 «Channel»: I was removed from this channel")
    assert (await now_is(vigil, source)).state is SourceState.GONE
    assert health.startswith("Stopped:\n1 Channel: I was removed from this channel")
