"""Sources that fail, fall silent, move or change, and that somebody hears of it; once."""

from __future__ import annotations

from datetime import timedelta

from bot.model import SourceKind, Transport
from bot.ops.heartbeat import Heartbeat
from bot.store import item_counts, sources
from tests.scenarios.test_channels import CHAT_ID, channel, now_is, refusal
from tests.support import pages
from tests.support.channel_pages import ChannelPages
from tests.support.feeds import Post
from tests.support.source_server import Page
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

HOUR = 3600


async def hours(vigil: Vigil, count: int) -> None:
    """Time passes, with a look now and then and one at its end."""
    while count > 0:
        vigil.clock.advance(min(count, 8) * HOUR)
        await vigil.settle()
        count -= 8


async def test_a_source_that_fails_for_a_day(vigil: Vigil) -> None:
    """One message with what may be missed and what can be done; one when it is read again.
    Its subscribers' digest says that it is unread; /health lists it first."""
    vigil.telegram.people.started(ROOT)
    await vigil.says(ROOT, "/normal")
    await vigil.add_source("a", title="Pskov Post")
    await vigil.add_source("b", title="Radio N")
    for number in range(11):
        vigil.clock.advance(1)
        await vigil.publish("a", Post(str(number), text=f"Новость {number}"))
    before = len(vigil.chat(ROOT))
    vigil.server.put("/a.xml", b"", status=502)
    await hours(vigil, 23)
    early = vigil.chat(ROOT)[before:]
    await hours(vigil, 1)
    await hours(vigil, 30)
    told = vigil.chat(ROOT)[before:]

    assert early == []
    assert len(told) == 1
    first = told[0].text
    assert first.startswith("Source 1 «Pskov Post» unread for 24 h: 127.0.0.1 answers with an")
    assert "502; other sites answer.\nYou may miss about " in first
    assert told[0].labels() == ["Retry", "Proxy", "New address"]

    health = (await vigil.says(ROOT, "/health"))[-1].text
    assert health.startswith("Unread:\n1 Pskov Post, since 8 Apr")
    assert "last item 8 Apr" in health
    assert "next try 10 Apr" in health

    *_, still = await vigil.press(ROOT, "Retry")
    assert "still not read" in still.text
    await vigil.put("a")
    said = await vigil.press(ROOT, "Retry")
    assert [each.text for each in said] == [
        "1 «Pskov Post» is read again.",
        "Source 1 «Pskov Post» is read again, after 2 days.",
    ]
    await hours(vigil, 2)
    assert vigil.chat(ROOT)[-1].text == said[-1].text


async def test_many_at_once_are_one_message(vigil: Vigil) -> None:
    """A network that is down is one piece of news, and restarting does not repeat it."""
    vigil.telegram.people.started(ROOT)
    await vigil.says(ROOT, "/normal")
    for name in "abcde":
        await vigil.add_source(name)
        vigil.server.put(f"/{name}.xml", b"", status=500)
    before = len(vigil.chat(ROOT))
    await hours(vigil, 25)
    await vigil.stop()
    await vigil.open()
    await hours(vigil, 2)
    told = [each.text for each in vigil.chat(ROOT)[before:]]

    assert len(told) == 1
    assert told[0].startswith(
        "5 sources unread for a day; no other site answers either, perhaps the network is down:"
    )


async def test_a_source_silent_against_its_habit(vigil: Vigil) -> None:
    """One that is read and says nothing for twice its longest pause; and when it speaks again."""
    vigil.telegram.people.started(ROOT)
    await vigil.says(ROOT, "/normal")
    await vigil.add_source("a", title="Pskov Post")
    for number in range(12):
        vigil.clock.advance(hours=20)
        await vigil.publish("a", Post(str(number), text=f"Новость {number}"))
    before = len(vigil.chat(ROOT))
    await hours(vigil, 39)
    early = vigil.chat(ROOT)[before:]
    await hours(vigil, 12)
    told = vigil.chat(ROOT)[before:]
    await vigil.publish("a", Post("x", text="Мы снова здесь"))
    await hours(vigil, 1)

    assert early == []
    assert [each.text.partition(";")[0] for each in told] == [
        "Source 1 «Pskov Post» is read without error and has published nothing for 47 h"
    ]
    assert vigil.chat(ROOT)[-1].text == "Source 1 «Pskov Post» publishes again."


async def test_pages_of_another_form_and_names_that_are_lost(vigil: Vigil) -> None:
    """Told at once; a new name makes the same source of it, with nothing missed or told twice."""
    vigil.telegram.people.started(ROOT)
    await vigil.says(ROOT, "/normal")
    web, source = await channel(vigil)
    web.post(4, refusal(4), vigil.clock.now())
    await vigil.read()
    web.broken = True
    await vigil.read()
    broken = vigil.chat(ROOT)[-1]
    web.broken = False
    await hours(vigil, 2)
    mended = vigil.chat(ROOT)[-1].text
    web.landing = pages.landing("pskov_live", says="Contact")
    await hours(vigil, 16)
    lost = vigil.chat(ROOT)[-1]
    other = ChannelPages(vigil.server, "pskov_new")
    for number in range(1, 5):
        other.post(number, refusal(4) if number == 4 else "Старый", vigil.clock.now())
    other.post(30, refusal(30), vigil.clock.now())
    asked = await vigil.press(ROOT, "New address")
    await vigil.says(ROOT, f"/source address {source.id} @pskov_new")
    await vigil.read()
    after = await now_is(vigil, source)

    assert "its posts cannot be read. Telegram's pages have another form now" in broken.text
    assert broken.labels() == ["Retry"]
    assert mended.startswith("Source 1 «Pskov Live» is read again, after ")
    assert "There is no channel @pskov_live any more" in lost.text
    assert lost.labels() == ["Retry", "New address"]
    assert "/source address 1" in asked[-1].text
    assert (after.id, after.address, after.telegram_id) == (1, "pskov_new", CHAT_ID)
    assert after.identity == "t.me/pskov_new"
    assert [p.text for p in vigil.chat(SUBSCRIBER) if "-й бригады" in p.text][1:] != []
    assert len([p for p in vigil.chat(SUBSCRIBER) if "4-й бригады" in p.text]) == 1
    assert len([p for p in vigil.chat(SUBSCRIBER) if "30-й бригады" in p.text]) == 1


async def test_a_renamed_channel_that_is_added_again_is_the_source_there_was(
    vigil: Vigil,
) -> None:
    """By its number; what readers have seen is not told again."""
    web, source = await channel(vigil)
    web.landing = pages.landing("pskov_live", says="Contact")
    other = ChannelPages(vigil.server, "pskov_new")
    other.post(3, "Старый пост 3", vigil.clock.now())
    *_, answer = await vigil.says(ROOT, "/source add @pskov_new")
    async with vigil.app.engine.store.read() as conn:
        found = await sources.list_all(conn)

    assert answer.text.startswith("It is there already: 1 Pskov Live")
    assert [(each.id, each.address) for each in found] == [(source.id, "pskov_new")]


async def test_a_feed_that_moves_is_told(vigil: Vigil) -> None:
    """After redirects that agree over a day, once, with the new address, which it then has:
    adding that is no second source."""
    vigil.telegram.people.started(ROOT)
    await vigil.says(ROOT, "/normal")
    await vigil.add_source("a", title="Pskov Post")
    vigil.server.pages["/new.xml"] = vigil.server.pages["/a.xml"]
    there = vigil.server.url("/new.xml")
    vigil.server.pages["/a.xml"] = Page(status=301, headers={"Location": there})
    before = len(vigil.chat(ROOT))
    for _ in range(5):
        await vigil.read()
    assert vigil.chat(ROOT)[before:] == []
    vigil.clock.advance(86_400)
    await vigil.read()
    await vigil.read()

    [told] = [each.text for each in vigil.chat(ROOT)[before:]]
    *_, again = await vigil.says(ROOT, f"/source add {there}")
    assert again.text.startswith("It is there already: 1")
    assert told.startswith("Source 1 «Pskov Post» has moved: it is read at 127.0.0.1")


async def test_after_three_days_of_nothing_a_chat_is_reassured(vigil: Vigil) -> None:
    """Once in three days, in its language, with nothing in it that says what is watched for;
    never after days in which nobody watched."""
    await vigil.subscriber(SUBSCRIBER, "refusal", lang="uk")
    await vigil.add_source("a")
    await hours(vigil, 8)
    await vigil.publish("a", Post("1", text="Новость"))
    await hours(vigil, 63)
    early = vigil.chat(SUBSCRIBER)
    await hours(vigil, 2)
    first = [each.text for each in vigil.chat(SUBSCRIBER)]
    await vigil.publish("a", Post("2", text=refusal(2)))
    await hours(vigil, 71)
    alerted = len(vigil.chat(SUBSCRIBER))

    vigil.clock.advance(days=4)
    await vigil.settle()
    offline = vigil.chat(SUBSCRIBER)

    assert early == []
    assert len(offline) == alerted
    assert first == ["Спостереження триває: прочитано 1 запис, не читаються 0 джерел."]
    assert alerted == 2


async def test_the_heartbeat_stops_when_anything_does(vigil: Vigil) -> None:
    """Asked for while sources are read and Telegram answers; not otherwise."""
    vigil.server.put("/beat", b"OK")
    await vigil.add_source("a")
    engine = vigil.app.engine
    url = vigil.server.url("/beat")
    heartbeat = Heartbeat(engine.store, engine.fetcher, url, vigil.app.client.get_me)

    async def beats() -> int:
        await vigil.moving(heartbeat.step(vigil.clock.now()))
        return vigil.server.count()["/beat"]

    assert await beats() == 1
    async with vigil.telegram.unreachable():
        assert await beats() == 1
    vigil.clock.advance(timedelta(minutes=30).total_seconds())
    assert await beats() == 1
    await vigil.settle()
    assert await beats() == 2
    vigil.server.put("/a.xml", b"", status=500)
    await hours(vigil, 4)
    assert await beats() == 2


async def test_backfill_fills_the_archive_and_says_so(vigil: Vigil) -> None:
    """Back to the day asked for, telling no subscriber, also over a restart; what a gap still
    hides is told first."""
    vigil.telegram.people.started(ROOT)
    web = ChannelPages(vigil.server, "pskov_live")
    begun = vigil.clock.now()
    for number in range(1, 241):
        text = refusal(number) if number % 20 == 5 else f"Пост {number}"
        web.post(number, text, begun - timedelta(hours=240 - number))
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
            now=begun,
        )
    await vigil.settle()
    assert await count(vigil) == 20
    vigil.telegram.people.says(ROOT, f"/source backfill {source.id} 7d")
    app = vigil.app
    await vigil.moving(app.receiver.step(vigil.clock.now()))
    for _ in range(3):
        await vigil.moving(app.engine.look_back())
    halfway = await count(vigil)
    await vigil.stop()
    await vigil.open()
    await vigil.settle()
    said = [each.text for each in vigil.chat(ROOT)]
    *_, refused = await vigil.says(ROOT, f"/source backfill {source.id} soon")

    assert 20 < halfway < 160
    assert await count(vigil) == 7 * 24 + 1
    assert vigil.chat(SUBSCRIBER) == []
    assert said[-1].startswith("Done. 1 «Pskov Live»: 9 pages read, 1 Apr")
    assert said[-1].endswith("149 posts added to the archive.")
    assert any("5 pages read" in text for text in said)
    assert refused.text.startswith("How far back?")


async def count(vigil: Vigil) -> int:
    async with vigil.app.engine.store.read() as conn:
        return await item_counts.count(conn)


async def test_half_a_page_that_cannot_be_read_is_an_alarm_too(vigil: Vigil) -> None:
    """The readable half is read; admins hear once that the other is not."""
    vigil.telegram.people.started(ROOT)
    await vigil.says(ROOT, "/normal")
    web, source = await channel(vigil, count=4)
    for number in range(10, 15):
        web.blocks[number] = (
            pages.block(web.name, number, "<div class='new_2027'>?</div>"),
            vigil.clock.now(),
        )
    before = len(vigil.chat(ROOT))
    web.post(15, refusal(15), vigil.clock.now())
    await vigil.read()
    await vigil.read()

    [told] = [each.text for each in vigil.chat(ROOT)[before:]]
    assert told.startswith("Source 1 «Pskov Live»: 5 of 10 posts on its page cannot be read.")
    assert len(vigil.chat(SUBSCRIBER)) == 1
    assert (await now_is(vigil, source)).error == ""
