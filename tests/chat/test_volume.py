"""A subscriber sets on a phone how loudly and when; what was chosen is what happens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.alerts import charts
from bot.model import ChatType, DigestEvery, Prefs, Way
from bot.store import chats
from tests.chat.test_subscriber import OTHER, REFUSAL, arrives, subscriptions
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

VERDICT = (
    "Гарнизонный суд приговорил контрактника к трём годам колонии за самовольное оставление "
    "части, ст. 337 УК РФ, сообщила пресс-служба суда {n}."
)


async def prefs(vigil: Vigil, chat: int = SUBSCRIBER) -> Prefs:
    async with vigil.app.engine.store.read() as conn:
        found = await chats.by_address(conn, chat)
    assert found is not None
    return found.prefs


async def test_ways_are_chosen_with_buttons(vigil: Vigil) -> None:
    """Topics, how, a way for all or a stage by taps; then alerts come so."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal", lang="uk")
    [page] = await vigil.says(SUBSCRIBER, "/topics")
    await vigil.press(SUBSCRIBER, "як ›")
    assert page.text.startswith("Відмова\nЯк сповіщати?\n")
    assert "✓ звичайно" in page.labels()
    assert "вироки: дайджест" in page.labels()
    await vigil.press(SUBSCRIBER, "без звуку")
    await vigil.press(SUBSCRIBER, "вироки: дайджест")
    assert {"✓ без звуку", "вироки: терміново"} <= set(page.labels())
    [sub] = await subscriptions(vigil, SUBSCRIBER)
    assert sub.ways == {"": Way.SILENT, "verdict": Way.URGENT}
    await vigil.press(SUBSCRIBER, "‹ Теми")
    assert "Готово" in page.labels()

    await vigil.publish("a", Post("1", text=REFUSAL))
    assert vigil.chat(SUBSCRIBER)[-1].silent
    [listed] = await vigil.says(SUBSCRIBER, "/list")
    assert "без звуку, вироки: терміново" in listed.text


async def test_beyond_the_cap_comes_one_summary(vigil: Vigil) -> None:
    """Two pushes, then silence until evening, then one message with all the rest."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal", tz="Europe/Kyiv")
    await vigil.says(SUBSCRIBER, "/cap 2")
    for n in range(5):
        text = f"Солдаты {n}-й роты отказались воевать, сообщает корреспондент номер {n}."
        await vigil.publish("a", Post(str(n), text=text))
    before = [m.text for m in vigil.chat(SUBSCRIBER) if m.text.startswith("Refusal\n")]
    vigil.clock.advance(hours=12)
    await vigil.settle()

    assert len(before) == 2
    summary = vigil.chat(SUBSCRIBER)[-1].text
    assert summary.startswith("3 stories")
    vigil.clock.advance(hours=3)
    await vigil.settle()
    assert vigil.chat(SUBSCRIBER)[-1].text == summary


async def test_quiet_hours_hold_all_but_the_urgent(vigil: Vigil) -> None:
    """At night nothing rings except what was chosen to; in the morning one summary."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal", tz="Europe/Kyiv")  # it is 9:00 there
    [said] = await vigil.says(SUBSCRIBER, "/hours 8:30-11")
    assert "from 8:30 to 11:00, Kyiv" in said.text
    await vigil.publish("a", Post("1", text=REFUSAL))
    assert vigil.chat(SUBSCRIBER)[-1] is said
    async with vigil.app.engine.store.write() as conn:
        chat = await chats.by_address(conn, SUBSCRIBER)
        assert chat is not None
        await chats.set_ways(conn, chat.id, "refusal", {"": Way.URGENT})
    await vigil.publish("a", Post("2", text=OTHER))
    rang = vigil.chat(SUBSCRIBER)[-1]
    assert "Пятеро мобилизованных" in rang.text
    assert not rang.silent
    await vigil.press(SUBSCRIBER, "Let urgent ones wait")
    assert not (await prefs(vigil)).quiet_urgent

    vigil.clock.advance(hours=2)
    await vigil.settle()
    assert vigil.chat(SUBSCRIBER)[-1].text.startswith("1 story")


async def test_verdicts_come_in_the_digest_at_the_chosen_time(vigil: Vigil) -> None:
    """Counted by country and listed, with the picture when it is weekly."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "desertion", tz="Europe/Kyiv")
    await vigil.says(SUBSCRIBER, "/digest пн 9:30")  # in half an hour, and it is Monday
    assert (await prefs(vigil)) == Prefs(digest=DigestEvery.WEEKLY, digest_at=570)
    for n in range(3):
        await vigil.publish("a", Post(str(n), text=VERDICT.format(n=n) + f" Дело № {n}17."))
    assert all("VERDICTS" not in m.text for m in vigil.chat(SUBSCRIBER))
    vigil.clock.advance(minutes=30)
    await vigil.settle()

    shown = vigil.chat(SUBSCRIBER)[1:]
    assert shown[0].text.startswith("8 April · 3 stories")
    assert "VERDICTS: Russia 3" in shown[0].text
    [picture] = [m for m in shown if m.photo] if charts.available() else [None]
    if picture is not None:
        assert picture.text == "3 stories"
    [listed] = shown[0].styled("expandable_blockquote")
    assert listed.count("· ") == 6  # a story a line, and its source
    # Another chat's digest is nobody's business.
    await vigil.subscriber(SUBSCRIBER + 1)
    await vigil.says(SUBSCRIBER + 1, "/help")
    place = vigil.telegram.place(SUBSCRIBER + 1)
    query = vigil.telegram.people.forge(SUBSCRIBER + 1, "dg:1:0", place)
    await vigil.settle()
    assert "no longer works" in vigil.telegram.people.pressed[query]["text"]

    # Nobody was awake to delete them in time.
    picture = shown[1].photo
    await vigil.says(SUBSCRIBER, "/vanish 40h")
    vigil.clock.advance(hours=50)
    await vigil.settle()
    assert (shown[0].text, shown[0].labels()) == ("—", [])
    assert shown[1].photo not in (None, picture)
    assert len(shown[1].photo[1]) < 1000


async def test_messages_vanish_in_the_time_chosen(vigil: Vigil) -> None:
    """Also those that are there already, and those of a chat that is not Quiet."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    assert len(vigil.chat(SUBSCRIBER)) == 1
    [said] = await vigil.says(SUBSCRIBER, "/vanish 40h")
    assert "after 40 hours" in said.text
    await vigil.press(SUBSCRIBER, "1 h")
    assert "after 1 hour" in said.text
    vigil.clock.advance(hours=1, minutes=1)
    await vigil.settle()

    assert vigil.chat(SUBSCRIBER) == []
    assert vigil.telegram.place(SUBSCRIBER).received == {}
    [said] = await vigil.says(SUBSCRIBER, "/vanish off")
    vigil.clock.advance(hours=47)
    await vigil.settle()
    assert vigil.chat(SUBSCRIBER) == [said]


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
async def test_all_of_it_read_aloud(vigil: Vigil, lang: str) -> None:
    """Each command answers in the person's language, says what is wrong, and fits a phone."""
    await arrives(vigil, lang)
    said = []
    for command in (
        "/hours 22-7",
        "/hours off",
        "/hours soon",
        "/digest",
        "/digest hourly",
        "/digest weekly fri 18:00",
        "/digest when",
        "/cap",
        "/cap 5",
        "/cap off",
        "/cap many",
        "/vanish",
        "/vanish 24h",
        "/vanish off",
        "/vanish 5h",
    ):
        vigil.clock.advance(10)
        [answer] = await vigil.says(SUBSCRIBER, command)
        said.append(answer.text)

    assert all(len(text) < 220 and text.count("\n") <= 2 for text in said)
    assert len(set(said)) >= 13
    if lang != "en":
        assert all(any("а" <= char <= "я" for char in text.lower()) for text in said)
        assert not any(word in text for text in said for word in ("Digest", "alert", "hour "))


async def test_forecast_says_what_will_come_and_how(vigil: Vigil) -> None:
    """Before a flood, not after: pushes beside the topic, the digest apart."""
    await vigil.add_source("a")
    await vigil.subscriber(ROOT)
    for n in range(8):
        await vigil.put("a", Post(str(n), text=VERDICT.format(n=n) + f" Дело № {n}17."))
    await vigil.put("a", Post("r", text=REFUSAL))
    await vigil.read()
    vigil.clock.advance(timedelta(minutes=6).total_seconds())
    [page] = await vigil.says(ROOT, "/topics")
    [subscribed] = await vigil.says(ROOT, "/sub desertion army:ru")

    assert "In the digest: verdicts ≈ 1/day. /digest" in page.text
    assert "– Refusal ≈ 1/week" in page.text.splitlines()
    assert "Desertion" in page.labels()
    assert "digest ≈ 1/day" in subscribed.text


async def test_a_channel_is_set_from_its_administrators_chat(vigil: Vigil) -> None:
    """A channel cannot speak; whoever administers it speaks for it, nobody else."""
    channel = -1001700
    await vigil.subscriber(SUBSCRIBER)
    place = vigil.telegram.people.channel(channel, username="court_watch")
    place.people[SUBSCRIBER] = "administrator"
    async with vigil.app.engine.store.write() as conn:
        await chats.ensure(conn, channel, 0, ChatType.CHANNEL, now=vigil.clock.now())
    [said] = await vigil.says(SUBSCRIBER, "/digest @court_watch weekly fri 18:00")
    assert "Friday 18:00" in said.text
    place.people[SUBSCRIBER] = "member"
    [refused] = await vigil.says(SUBSCRIBER, "/cap @court_watch 3")

    assert "no channel" in refused.text
    assert (await prefs(vigil, channel)).digest_day == 4
    assert (await prefs(vigil, channel)).cap is None
    assert (await prefs(vigil)) == Prefs()


async def test_a_digest_keeps_quiet_hours_and_comes_with_the_summary(vigil: Vigil) -> None:
    """Nothing comes in them, also of a digest that was planned before; then one message."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "desertion", "refusal")  # it is six
    await vigil.says(SUBSCRIBER, "/digest hourly")
    await vigil.publish("a", Post("0", text=VERDICT.format(n=0)))
    [said] = await vigil.says(SUBSCRIBER, "/hours 6-9")
    vigil.clock.advance(hours=1)
    await vigil.settle()
    await vigil.publish("a", Post("1", text=VERDICT.format(n=1) + " Дело № 217."))
    await vigil.publish("a", Post("2", text=REFUSAL))
    vigil.clock.advance(hours=1)
    await vigil.settle()
    assert vigil.chat(SUBSCRIBER)[-1] is said
    vigil.clock.advance(hours=1)
    await vigil.settle()

    *_, before, one = vigil.chat(SUBSCRIBER)
    assert (before, one.silent) == (said, False)
    assert one.text.startswith("8 April · 3 stories")
    assert "VERDICTS: Russia 2" in one.text
    assert "контрактников" in one.text


async def test_what_a_pause_held_comes_with_the_digest_it_outlasted(vigil: Vigil) -> None:
    """One message, though some waited for the pause and some for a digest whose time passed."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "desertion", "refusal")
    await vigil.publish("a", Post("0", text=VERDICT.format(n=0)))
    await vigil.says(SUBSCRIBER, "/pause 9d")
    await vigil.publish("a", Post("1", text=REFUSAL))
    vigil.clock.advance(hours=4)

    said, one = await vigil.says(SUBSCRIBER, "/resume now")
    assert "2 stories meanwhile" in said.text
    assert "VERDICTS: Russia 1" in one.text
    assert "контрактников" in one.text
    vigil.clock.advance(hours=24)
    await vigil.settle()
    assert vigil.chat(SUBSCRIBER)[-1] is one


async def test_answers_in_a_group_vanish_too(vigil: Vigil) -> None:
    """ "My messages here" are all of them; what people wrote is not the bot's to delete."""
    group = -1001700001
    await vigil.subscriber(SUBSCRIBER)
    vigil.telegram.people.group(group, creator=SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/vanish 1h", chat_id=group)
    await vigil.says(SUBSCRIBER, "/sub refusal", chat_id=group)
    assert len(vigil.chat(group)) == 2
    vigil.clock.advance(hours=1, minutes=1)
    await vigil.settle()

    assert vigil.chat(group) == []
    assert await vigil.counter("messages_left_undeleted") == 0


async def test_several_digests_a_day_and_weekdays_of_quiet_hours(vigil: Vigil) -> None:
    """Typed or tapped, said back, kept over a restart; a file of nonsense changes nothing."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    [page] = await vigil.says(SUBSCRIBER, "/digest daily 18:00 9:00")
    first = page.text
    await vigil.press(SUBSCRIBER, "21:00")
    await vigil.press(SUBSCRIBER, "✓ 9:00")
    [hours] = await vigil.says(SUBSCRIBER, "/hours 22-7 пн-чт, сб")
    [wrong] = await vigil.says(SUBSCRIBER, "/hours 22-7 someday")
    await vigil.stop()
    await vigil.open()
    kept = await prefs(vigil)
    await vigil.says(SUBSCRIBER, "/hours 23-7")

    assert "Digest: daily at 9:00, 18:00." in first
    assert "Digest: daily at 18:00, 21:00." in page.text
    assert "Only on: Mon, Tue, Wed, Thu, Sat." in hours.text
    assert "Between which hours?" in wrong.text
    assert (kept.digest_at, kept.digest_more) == (1080, (1260,))
    assert kept.quiet_days == (0, 1, 2, 3, 5)
    assert (await prefs(vigil)).quiet_days == ()


async def test_a_digest_has_each_entry_of_a_roundup_in_its_own_words(vigil: Vigil) -> None:
    """Under its own topic, with its own sentence and the link of the post; verdicts too."""
    await vigil.add_source("a", title="Pskov Post")
    await vigil.subscriber(SUBSCRIBER, "refusal", "desertion")
    async with vigil.app.engine.store.write() as conn:
        chat = await chats.by_address(conn, SUBSCRIBER)
        assert chat is not None
        for topic in ("refusal", "desertion"):
            await chats.set_ways(conn, chat.id, topic, {"": Way.DIGEST})
    entries = (
        "Итоги дня:",
        "— В Пскове 60 контрактников отказались ехать на войну, рассказали родственники.",
        "— В Омске суд приговорил солдата Иванова к пяти годам колонии за дезертирство.",
        "— В Туле солдат-контрактник самовольно оставил часть, его ищут.",
        "— В Казани открыли новый парк.",
    )
    await vigil.publish("a", Post("9", text="\n\n".join(entries), link="https://a.example/9"))
    vigil.clock.advance(days=1)
    await vigil.settle()
    digest = vigil.chat(SUBSCRIBER)[-1]

    lines = digest.text.splitlines()
    headed = {line: lines[n + 1] for n, line in enumerate(lines) if line.endswith(("1", "1:"))}
    assert "60 контрактников" in headed["REFUSAL, Russian army: 1"]
    assert "оставил часть" in headed["DESERTION, Russian army: 1"]
    assert "пяти годам" in headed["VERDICTS: Russia 1"]
    assert digest.html.count('href="https://a.example/9"') == 3
    assert "Казани" not in digest.text
