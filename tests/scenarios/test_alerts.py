"""From a post to what stands in a chat."""

from __future__ import annotations

from datetime import timedelta

from bot.model import SourceKind
from tests.support.feeds import Post
from tests.support.vigil import SUBSCRIBER, Vigil

REFUSAL = (
    "Около 60 контрактников из Пскова отказались ехать на войну. "
    "Командование угрожает им уголовными делами, рассказали родственники военных."
)
OTHER = (
    "Пятеро мобилизованных отказались возвращаться на фронт после отпуска, сообщает их адвокат. "
    "Военные написали рапорты и ждут ответа прокуратуры."
)
OFF_TOPIC = "В городе открыли новый парк с фонтаном. На празднике выступил духовой оркестр."


async def test_post_becomes_one_alert(vigil_on_both: Vigil) -> None:
    """Who follows a topic hears of it: matched words, the source and its link."""
    vigil = vigil_on_both
    await vigil.add_source("a", title="Pskov Post")
    await vigil.subscriber(SUBSCRIBER, "refusal")

    await vigil.publish("a", Post("1", text=REFUSAL, link="https://pskovpost.example/1"))

    [alert] = vigil.chat(SUBSCRIBER)
    assert "Refusal" in alert.text
    assert "Pskov Post" in alert.text
    assert "pskovpost.example/1" in alert.text
    assert any("отказались" in bold for bold in alert.styled("bold"))
    assert "Why?" in alert.labels()


async def test_noise_is_not_told(vigil: Vigil) -> None:
    """Only what matches is told."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal", "desertion", "pressure", "self-harm")

    await vigil.publish("a", Post("1", text=OFF_TOPIC))

    assert vigil.chat(SUBSCRIBER) == []


async def test_first_fetch_tells_nobody(vigil: Vigil) -> None:
    """A new source's old posts fill the archive."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.add_source("a")
    vigil.clock.advance(1)
    await vigil.publish("a", Post("1", text=REFUSAL))
    [first] = vigil.chat(SUBSCRIBER)

    # The same entries are the archive of another feed.
    await vigil.put("a", Post("2", text=OTHER))
    body = vigil.server.pages["/a.xml"]
    source = await vigil.add_source("b")
    vigil.server.pages["/c.xml"] = body
    assert source.archived_at is None

    assert vigil.chat(SUBSCRIBER) == [first]


async def test_same_post_in_two_sources_is_one_alert(vigil_on_both: Vigil) -> None:
    """A story is told once; the copy shows in the alert that is there."""
    vigil = vigil_on_both
    await vigil.add_source("a", title="Pskov Post")
    await vigil.add_source("b", title="Radio N")
    await vigil.subscriber(SUBSCRIBER, "refusal")

    await vigil.publish("a", Post("1", text=REFUSAL, link="https://pskovpost.example/1"))
    await vigil.publish("b", Post("x", text=REFUSAL, link="https://radio.example/x"))

    [alert] = vigil.chat(SUBSCRIBER)
    assert "Pskov Post" in alert.text
    assert "Radio N" in alert.text


async def test_copies_in_one_round_are_one_alert(vigil_on_both: Vigil) -> None:
    """Two copies handled at once make one story."""
    vigil = vigil_on_both
    for name in "abcd":
        await vigil.add_source(name)
    await vigil.subscriber(SUBSCRIBER, "refusal")

    for name in "abcd":
        await vigil.put(name, Post(name, text=REFUSAL))
    await vigil.read()

    assert len(vigil.chat(SUBSCRIBER)) == 1


async def test_other_event_is_another_alert(vigil: Vigil) -> None:
    """Stories of different texts are told apart."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")

    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.publish("a", Post("2", text=OTHER))

    assert len(vigil.chat(SUBSCRIBER)) == 2


async def test_chat_that_follows_only_the_copys_source_hears(vigil: Vigil) -> None:
    """A copy is offered again to chats that have no notice of the story."""
    await vigil.add_source("a", title="Pskov Post")
    await vigil.add_source("b", title="Radio N")
    await vigil.subscriber(SUBSCRIBER, "refusal", narrowing='source:"Radio N"')

    await vigil.publish("a", Post("1", text=REFUSAL))
    assert vigil.chat(SUBSCRIBER) == []
    await vigil.publish("b", Post("x", text=REFUSAL))

    [alert] = vigil.chat(SUBSCRIBER)
    assert "Radio N" in alert.text


async def test_edit_is_not_a_second_alert(vigil_on_both: Vigil) -> None:
    """Subscribers hear of a story once."""
    vigil = vigil_on_both
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")

    await vigil.publish("a", Post("1", title="Отказ", text=REFUSAL))
    await vigil.edit("a", "1", title="Отказ в Пскове", text=REFUSAL + " Дополнено в 15:00.")

    assert len(vigil.chat(SUBSCRIBER)) == 1


async def test_edit_that_begins_to_match_is_told(vigil: Vigil) -> None:
    """A text that says it only later is no miss."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")

    await vigil.publish("a", Post("1", text="Подробности позже."))
    assert vigil.chat(SUBSCRIBER) == []
    await vigil.edit("a", "1", text=REFUSAL)

    assert len(vigil.chat(SUBSCRIBER)) == 1


async def test_markup_in_a_title_arrives_as_text(vigil: Vigil) -> None:
    """What a source writes is never markup of ours."""
    await vigil.add_source("a", title="A & B <script>")
    await vigil.subscriber(SUBSCRIBER, "refusal")

    await vigil.publish(
        "a", Post("1", title="Солдаты <script>alert(1)</script> & отказ", text=REFUSAL)
    )

    [alert] = vigil.chat(SUBSCRIBER)
    assert "A & B <script>" in alert.text
    assert not vigil.telegram.refused


async def test_old_posts_after_a_gap_are_not_told(vigil: Vigil) -> None:
    """After a day offline what is ancient goes to the archive."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    written = vigil.clock.now()

    vigil.clock.advance(timedelta(days=3).total_seconds())
    await vigil.publish(
        "a",
        Post("1", text=REFUSAL, published=written),
        Post("2", text=OTHER, published=vigil.clock.now()),
    )

    [alert] = vigil.chat(SUBSCRIBER)
    assert "мобилизованных" in alert.text


async def test_reader_hears_in_their_language(vigil: Vigil) -> None:
    """An alert speaks the chat's language and tells the time of its zone."""
    await vigil.add_source("a", title="Pskov Post", kind=SourceKind.COURT)
    await vigil.subscriber(SUBSCRIBER, "refusal", lang="ru", tz="Europe/Kyiv")

    await vigil.publish("a", Post("1", text=REFUSAL))

    [alert] = vigil.chat(SUBSCRIBER)
    assert "Отказ" in alert.text
    assert "Киев" in alert.text


async def test_why_is_answered(vigil: Vigil) -> None:
    """Each alert says why it fired."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))

    said = await vigil.press(SUBSCRIBER, "Why?")

    assert any("отказались" in posted.text for posted in said)


async def test_ten_broken_feeds_do_not_stop_the_others(vigil: Vigil) -> None:
    """One bad source never stops or slows the others."""
    await vigil.add_source("good")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    broken: list[dict[str, object]] = [
        {"body": b""},
        {"body": b"<html><title>Not a feed</title></html>"},
        {"body": b"\x00\xff" * 500},
        {"body": b"<rss><channel><item><title>cut"},
        {"body": b'{"version": 1, "items": 3}'},
        {"body": b"", "status": 500},
        {"body": b"", "status": 404},
        {"body": b"", "reset": True},
        {"body": b"x" * 900, "cut": 10},
        {"body": b"", "status": 302, "headers": {"Location": "http://10.0.0.1/"}},
        {"body": b"\x1f\x8b broken", "headers": {"Content-Encoding": "gzip"}},
    ]
    names = [f"bad{n}" for n in range(len(broken))]
    for name in names:
        await vigil.add_source(name)
    for name, page in zip(names, broken, strict=True):
        vigil.server.put(f"/{name}.xml", **page)  # type: ignore[arg-type]

    await vigil.publish("good", Post("1", text=REFUSAL))

    assert len(vigil.chat(SUBSCRIBER)) == 1
    from bot.store import sources

    async with vigil.app.engine.store.read() as conn:
        failing = await sources.list_failing(conn)
    # A feed cut short still gives the words it has.
    assert len(failing) >= len(broken) - 1


async def test_alerts_of_a_restart_are_not_repeated(vigil: Vigil) -> None:
    """What was told stays told."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))

    await vigil.stop()
    await vigil.open()
    await vigil.read()

    assert len(vigil.chat(SUBSCRIBER)) == 1
