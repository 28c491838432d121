"""An alert lives: it grows, changes and says what was removed, in place."""

from __future__ import annotations

from bot.model import SourceKind
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

REFUSAL = (
    "Около 60 контрактников из Пскова отказались ехать на войну. "
    "Командование угрожает им уголовными делами, рассказали родственники военных."
)
RETOLD = (
    "В Пскове 60 контрактников отказались ехать на войну, командование угрожает им делами, "
    "сообщил правозащитник Иван Лесной из Петрозаводска."
)
RETOLD_WITH_NEWS = RETOLD.replace("60 контрактников", "60 контрактников 25-й бригады")
RETOLD_AGAIN = (
    "Правозащитник Иван Лесной из Петрозаводска: шестьдесят контрактников в Пскове не хотят на "
    "войну и отказались ехать, им грозят делами. Жалобу подали в прокуратуру."
)
CASE = (
    "Контрактник Сергей Лосев из Пскова самовольно оставил воинскую часть и полгода скрывался. "
    "Его задержали военные следователи, сообщили родственники."
)
VERDICT = (
    "Псковский гарнизонный военный суд приговорил контрактника Сергея Лосева к шести годам колонии "
    "за самовольное оставление части (ч. 5 ст. 337 УК РФ)."
)


async def test_an_edit_that_matters_is_said_in_the_alert(vigil: Vigil) -> None:
    """A changed number stands in the alert as it was and is; a new footer changes nothing."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    [alert] = vigil.chat(SUBSCRIBER)

    await vigil.edit("a", "1", text=REFUSAL + "\n\nПодписаться на канал @pskov24")
    assert alert.edits == []
    await vigil.edit("a", "1", text=REFUSAL.replace("60", "40"))

    assert "«60 контрактников» → «40 контрактников»" in alert.text
    assert len(alert.edits) == 1
    assert len(vigil.chat(SUBSCRIBER)) == 1


async def test_a_post_that_is_written_over_is_told_as_what_it_says_now(vigil: Vigil) -> None:
    """A repost becomes other news: one alert more, and the first story loses its repost."""
    await vigil.add_source("a")
    await vigil.add_source("b")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.publish("b", Post("x", text="❗️ " + REFUSAL))
    [alert] = vigil.chat(SUBSCRIBER)
    assert "1 repost" in alert.text

    vigil.clock.advance(minutes=6)
    other = "В Улан-Удэ контрактник Баир Цыренов отказался садиться в самолёт: не поедет на войну."
    await vigil.edit("b", "x", text=other)

    [alert, second] = vigil.chat(SUBSCRIBER)
    assert ("Цыренов" in second.text, "Цыренов" in alert.text) == (True, False)
    assert "1 repost" not in alert.text
    vigil.clock.advance(minutes=6)
    await vigil.edit("b", "x", text=other + " Его ищут.")
    assert len(vigil.chat(SUBSCRIBER)) == 2


async def test_follow_tells_of_the_verdict_under_the_first_alert(vigil: Vigil) -> None:
    """A verdict that would wait for the digest comes at once, silently, where the case began."""
    await vigil.add_source("a")
    await vigil.add_source("b", title="Radio N")
    await vigil.subscriber(SUBSCRIBER, "desertion")
    await vigil.publish("a", Post("1", text=CASE))
    [alert] = vigil.chat(SUBSCRIBER)
    await vigil.press(SUBSCRIBER, "Follow")
    assert "✓ Follow" in alert.labels()

    vigil.clock.advance(hours=30)
    await vigil.publish("b", Post("x", text=VERDICT))

    [_, verdict] = vigil.chat(SUBSCRIBER)
    assert "verdict" in verdict.text
    assert (verdict.reply_to, verdict.silent) == (alert.message_id, True)
    vigil.clock.advance(minutes=6)
    await vigil.press(SUBSCRIBER, "✓ Follow", message_id=alert.message_id)
    assert "Follow" in alert.labels()


async def test_noise_reaches_admins_with_its_filter(vigil: Vigil) -> None:
    """A press is shown on the button, can be taken back, and is counted without a name."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    vigil.telegram.people.started(ROOT)
    await vigil.publish("a", Post("1", text=REFUSAL))
    [alert] = vigil.chat(SUBSCRIBER)
    await vigil.press(SUBSCRIBER, "✓")
    assert "✓ true" in alert.labels()
    await vigil.press(SUBSCRIBER, "✗")
    await vigil.press(SUBSCRIBER, "More")
    assert "Командование угрожает" in alert.text
    await vigil.press(SUBSCRIBER, "Wrong army")

    # What was unfolded stays so; true and noise exclude each other.
    assert {"✓", "✗ noise", "✓ Wrong army", "Less"} <= set(alert.labels())
    [said] = await vigil.says(ROOT, "/feedback")
    assert "noise 1, wrong army 1, of 1 alert" in said.text
    assert str(SUBSCRIBER) not in said.text
    await vigil.press(SUBSCRIBER, "Less")
    await vigil.press(SUBSCRIBER, "✗ noise")
    assert {"✗", "More"} <= set(alert.labels())


async def test_split_by_an_admin_makes_two_alerts_for_all(vigil: Vigil) -> None:
    """What was taken for a copy is told by itself, once, to everybody; the first forgets it."""
    await vigil.add_source("a")
    await vigil.add_source("b", title="Radio N")
    await vigil.add_source("c", title="Court")
    for person in (ROOT, SUBSCRIBER):
        await vigil.subscriber(person, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.publish("b", Post("x", text=REFUSAL + " Полк не назван."))
    [alert] = vigil.chat(ROOT)
    assert "Radio N" in alert.text

    await vigil.press(ROOT, "More")
    await vigil.press(ROOT, "Split")
    await vigil.press(ROOT, next(label for label in alert.labels() if "Radio N" in label))
    vigil.clock.advance(minutes=6)
    await vigil.settle()

    for person in (ROOT, SUBSCRIBER):
        first, second = vigil.chat(person)
        assert "Radio N" not in first.text
        assert "Полк не назван" in second.text or "Radio N" in second.text
    await vigil.read()
    assert len(vigil.chat(SUBSCRIBER)) == 2

    # Whoever repeats it later is of the story it was split into.
    await vigil.publish("c", Post("y", text=REFUSAL + " Полк не назван! Подробности позже."))
    vigil.clock.advance(minutes=6)
    await vigil.settle()
    first, second = vigil.chat(SUBSCRIBER)
    assert ("Court" in first.text, "Court" in second.text) == (False, True)


async def test_split_by_a_subscriber_is_for_their_chat(vigil: Vigil) -> None:
    """Told apart here, silently, with what comes of it; others keep what they have.

    Settings say how reports come.
    """
    for name, title in zip("abc", ("Pskov Post", "Radio N", "Court"), strict=True):
        await vigil.add_source(name, title=title)
    for person in (SUBSCRIBER, SUBSCRIBER + 1):
        await vigil.subscriber(person, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.publish("b", Post("x", text=RETOLD_WITH_NEWS))
    alert, reply = vigil.chat(SUBSCRIBER)
    assert (reply.reply_to, reply.silent) == (alert.message_id, True)
    await vigil.press(SUBSCRIBER, "More", message_id=alert.message_id)
    await vigil.press(SUBSCRIBER, "Split", message_id=alert.message_id)
    chosen = next(each for each in alert.labels() if "Radio N" in each)
    await vigil.press(SUBSCRIBER, chosen, message_id=alert.message_id)
    vigil.clock.advance(minutes=6)
    await vigil.settle()

    first, second = vigil.chat(SUBSCRIBER)  # the reply is taken back
    assert "Radio N" not in first.text
    assert (second.silent, second.reply_to, "Radio N" in second.text) == (True, None, True)

    await vigil.publish("c", Post("y", text=RETOLD_AGAIN))
    vigil.clock.advance(minutes=6)
    await vigil.settle()
    *alerts, reply = vigil.chat(SUBSCRIBER)
    assert [("Court" in told.text) for told in alerts] == [False, True]
    assert (reply.reply_to, "Court" in reply.text) == (second.message_id, True)
    others, *replies = vigil.chat(SUBSCRIBER + 1)
    assert ("Radio N" in others.text, "Court" in others.text) == (True, True)
    assert [each.reply_to for each in replies] == [others.message_id] * 2

    [page] = await vigil.says(SUBSCRIBER, "/settings")
    assert page.labels() == ["✓ Silent reply", "Edits only"]
    await vigil.press(SUBSCRIBER, "Edits only")
    assert page.labels() == ["Silent reply", "✓ Edits only"]


async def test_followers_hear_of_developments_though_they_left_the_topic(vigil: Vigil) -> None:
    """Follow outlives the topic it came by."""
    await vigil.add_source("a", title="Заречье 24", kind=SourceKind.ANONYMOUS)
    await vigil.add_source("b", title="Radio N")
    await vigil.subscriber(SUBSCRIBER, "desertion")
    await vigil.publish("a", Post("1", text=CASE))
    [alert] = vigil.chat(SUBSCRIBER)
    await vigil.press(SUBSCRIBER, "Follow")
    await vigil.says(SUBSCRIBER, "/unsub desertion")
    told = len(vigil.chat(SUBSCRIBER))

    vigil.clock.advance(hours=30)
    await vigil.publish("b", Post("x", text=VERDICT))

    [verdict] = vigil.chat(SUBSCRIBER)[told:]
    assert (verdict.reply_to, "Radio N" in verdict.text) == (alert.message_id, True)


async def test_a_reply_in_a_quiet_chat_opens_and_folds(vigil: Vigil) -> None:
    """Also what joined a story stands on the screen for ten minutes only."""
    await vigil.add_source("a")
    await vigil.add_source("b", title="Radio N")
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))
    [alert] = vigil.chat(SUBSCRIBER)
    assert "контрактников" in alert.text
    await vigil.quiet(SUBSCRIBER)
    assert alert.text == "New item"  # what was shown before is folded at once
    await vigil.publish("b", Post("x", text=RETOLD_WITH_NEWS))
    reply = vigil.chat(SUBSCRIBER)[-1]
    assert (reply.text, reply.reply_to, reply.silent) == ("New item", alert.message_id, True)

    await vigil.press(SUBSCRIBER, "Open", message_id=reply.message_id)
    assert "Radio N" in reply.text
    vigil.clock.advance(minutes=11)
    await vigil.settle()
    assert (reply.text, reply.labels()) == ("New item", ["Open"])


async def test_old_alerts_answer_and_an_admin_splits_in_a_forum(vigil: Vigil) -> None:
    """Telegram no longer says where a message of three days ago stands: we know."""
    forum, thread = -1001800000001, 11
    vigil.telegram.people.group(forum, creator=ROOT, threads=(thread, 12))
    await vigil.says(ROOT, "/sub refusal", chat_id=forum, thread_id=thread)
    await vigil.add_source("a")
    await vigil.add_source("b", title="Radio N")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.publish("b", Post("x", text=RETOLD))
    alert = next(m for m in vigil.chat(forum) if "2 texts" in m.text)
    vigil.clock.advance(hours=72)
    here = {"chat_id": forum, "message_id": alert.message_id}

    [why] = await vigil.press(ROOT, "Why?", **here)
    assert (why.reply_to, why.thread_id) == (alert.message_id, thread)
    await vigil.press(ROOT, "Follow", **here)
    assert "✓ Follow" in alert.labels()
    await vigil.press(ROOT, "More", **here)
    await vigil.press(ROOT, "Split", **here)
    chosen = next(each for each in alert.labels() if "Radio N" in each)
    await vigil.press(ROOT, chosen, **here)
    assert "Radio N" not in alert.text


async def test_a_report_says_what_is_new_in_it_or_stays_an_edit(vigil: Vigil) -> None:
    """The same facts in other words stay in the alert; one fact more is a reply that says it."""
    for name, title in zip("abc", ("Pskov Post", "Radio N", "Court"), strict=True):
        await vigil.add_source(name, title=title)
    await vigil.subscriber(SUBSCRIBER, "refusal", lang="en")
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.publish("b", Post("x", text=RETOLD))
    silent = len(vigil.chat(SUBSCRIBER))
    vigil.clock.advance(minutes=6)
    await vigil.publish("c", Post("y", text=RETOLD_WITH_NEWS.replace("Лесной", "Лесков")))
    alert, *replies = vigil.chat(SUBSCRIBER)

    assert silent == 1
    assert "Radio N" in alert.text
    assert ["Court" in reply.text for reply in replies] == [True]
    assert replies[0].text.endswith("New in it: 25th brigade")
    assert replies[0].reply_to == alert.message_id
