"""/review: possible matches, missed posts and noise, answered one by one; what answers teach."""

from __future__ import annotations

import pytest

from bot.model import ItemMatch
from bot.store import answers, exclusions, filters, fits, item_matches, item_pages
from bot.store.filters import FilterState, Origin
from filters.document import Document
from filters.packs import load_examples
from filters.reading import Match
from tests.chat.test_why_not import LINK, NEAR, publish, reading
from tests.store.builders import add_item, add_source
from tests.support.feeds import Post
from tests.support.telegram_world import Posted
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

FILTER = "refusal/refuse-to-fight"
DOUBT = "Солдаты отряда «Ветер» {n} хвалили ужин, рассказал повар части."


async def admin(vigil: Vigil) -> None:
    await vigil.says(ROOT, "/start")
    await vigil.press(ROOT, "Normal")


async def doubtful(vigil: Vigil, n: int, *, score: float = 0.4, army: str = "unknown") -> None:
    """A post that possibly tells of refusal, found by a filter of the pack."""
    await vigil.publish("a", Post(f"d{n}", text=DOUBT.format(n=n), link=LINK.format(n=f"d{n}")))
    async with vigil.app.engine.store.write() as conn:
        [item] = await item_pages.last_of_source(conn, 1, 1)
        found = ItemMatch(
            *("refusal", FILTER, (("text", 0, 6),), ("text", 0, 60)),
            army=army,
            certainty="possible",
            score=score,
            words=(("text", 0, 7),),
        )
        await item_matches.insert_matches(conn, item.id, item.revision, [found])


def shown(vigil: Vigil) -> Posted:
    return vigil.chat(ROOT)[-1]


async def held(vigil: Vigil) -> list[bool]:
    async with vigil.app.engine.store.read() as conn:
        return [each.true for each in await answers.all_answers(conn)]


async def test_possible_matches_are_answered_one_by_one(vigil: Vigil) -> None:
    """The newest first, with what speaks for and against it; an answer is stored and shows the
    next card, Undo takes it back and asks again, Skip asks the next time."""
    await reading(vigil)
    await admin(vigil)
    await doubtful(vigil, 1)
    await doubtful(vigil, 2, army="ru")

    await vigil.says(ROOT, "/review")
    first = shown(vigil).text
    await vigil.press(ROOT, "✗ No")
    second, answered = shown(vigil).text, await held(vigil)
    await vigil.press(ROOT, "Undo")
    again, undone = shown(vigil).text, await held(vigil)
    await vigil.press(ROOT, "✓ Yes")
    await vigil.press(ROOT, "Skip")
    end = shown(vigil).text
    await vigil.says(ROOT, "/review")

    assert "possible 2" in first
    assert "Possible: Refusal · 40 %" in first
    assert "2 хвалили" in first
    assert "«Солдаты»" in first
    assert "no army is named near it" not in first
    assert "1 хвалили" in second
    assert "no army is named near it" in second
    assert answered == [False]
    assert "2 хвалили" in again
    assert undone == []
    assert await held(vigil) == [True]
    assert "what you skipped comes again" in end
    assert "1 хвалили" in shown(vigil).text
    assert "possible 1" in shown(vigil).text


async def test_noise_and_true_under_alerts_are_answers(vigil: Vigil) -> None:
    """Each excludes the other; an admin's word stands above the readers', who are not named."""
    await reading(vigil, "refusal")
    await admin(vigil)
    await publish(vigil, 1)
    alert = vigil.chat(SUBSCRIBER)[-1]
    await vigil.press(SUBSCRIBER, "✓")
    as_true = await held(vigil)
    await vigil.press(SUBSCRIBER, "✗")
    as_noise, labels = await held(vigil), alert.labels()
    await vigil.says(ROOT, "/review")
    card = shown(vigil).text
    await vigil.press(ROOT, "✓ Yes")
    decided = await held(vigil)
    await vigil.press(SUBSCRIBER, "✗ noise")

    assert (as_true, as_noise) == ([True], [False])
    assert {"✓", "✗ noise"} <= set(labels)
    assert "Called noise: Refusal" in card
    assert "Readers reported: noise 1" in card
    assert str(SUBSCRIBER) not in card
    assert decided == [True] == await held(vigil)
    assert "Refusal" not in shown(vigil).text  # whatever else the score doubts in that text


async def test_a_watch_is_nobody_elses_business(vigil: Vigil) -> None:
    """What a chat says of its own words reaches no admin."""
    await reading(vigil)
    await admin(vigil)
    await vigil.says(SUBSCRIBER, "/watch самоволка")
    await vigil.press(SUBSCRIBER, "Keep")
    await publish(vigil, 1, NEAR)
    await vigil.press(SUBSCRIBER, "✗")

    assert await held(vigil) == []
    assert "Nothing to review" in (await vigil.says(ROOT, "/review"))[-1].text


async def test_a_missed_post_gets_its_topic(vigil: Vigil) -> None:
    """✓ asks of which topic; the answer closes it, counts, and Undo opens it again."""
    await reading(vigil, "refusal")
    await admin(vigil)
    link = await publish(vigil, 1, NEAR)
    await vigil.says(SUBSCRIBER, link)
    await vigil.press(SUBSCRIBER, "Report as missed")
    await vigil.says(ROOT, "/review")
    card = shown(vigil).text
    await vigil.press(ROOT, "✓ Yes")
    asked = shown(vigil).labels()
    await vigil.press(ROOT, "Desertion")
    after, answered = shown(vigil).text, await held(vigil)
    await vigil.press(ROOT, "Undo")

    assert "Reported as missed" in card
    assert "Самоволка" in card
    assert "Desertion" in asked
    assert "Nothing to review" in after
    assert answered == [True]
    assert await held(vigil) == []
    assert "Reported as missed" in shown(vigil).text
    await vigil.press(ROOT, "✗ No")
    assert "Nothing to review" in shown(vigil).text


async def barely_sure(vigil: Vigil) -> tuple[str, Match]:
    """A text of which the score is sure, and not much: a lesson changes that."""
    for each in load_examples():
        if each.topic == "refusal" and each.match and not each.title:
            reading = await vigil.app.engine.pipeline.matcher.look(Document(text=each.text))
            for match in reading.matches:
                sure = match.topic == "refusal" and match.certainty == "sure"
                if sure and match.filters and match.score < 0.75:
                    return each.text, match
    raise AssertionError("no example is barely sure")


async def distrusted(vigil: Vigil, match: Match, n: int) -> None:
    """So many posts that the same filters found, none of them true."""
    found = [
        ItemMatch("refusal", key, (), ("text", 0, 9), score=match.score) for key in match.filters
    ]
    now = vigil.clock.now()
    async with vigil.app.engine.store.write() as conn:
        source = await add_source(conn, now)
        for _ in range(n):
            item_id = await add_item(conn, now, source, found=tuple(found))
            await answers.decide(conn, item_id, "refusal", False, now)


async def is_sure(vigil: Vigil, text: str) -> bool:
    reading = await vigil.app.engine.pipeline.matcher.look(Document(text=text))
    return "refusal" in reading.topics


async def test_fifty_answers_propose_a_fit_that_is_used_and_left(vigil: Vigil) -> None:
    """The effect is shown before; Use judges by it at once and after a restart, Go back ends it."""
    await reading(vigil)
    await admin(vigil)
    await doubtful(vigil, 1)
    text, match = await barely_sure(vigil)
    await distrusted(vigil, match, 49)
    await vigil.says(ROOT, "/review")
    early = [posted.text for posted in vigil.chat(ROOT)]
    await vigil.press(ROOT, "✗ No")
    proposal = next(each for each in vigil.chat(ROOT) if "Learnt from 50" in each.text)
    offered = proposal.text
    await vigil.press(ROOT, "Use")
    used = await is_sure(vigil, text)
    await vigil.stop()
    await vigil.open()
    kept = await is_sure(vigil, text)
    await vigil.press(ROOT, "Go back")
    left = await is_sure(vigil, text)
    await vigil.says(ROOT, "/undo last")

    assert not any("Learnt" in each for each in early)
    assert "would have pushed 0 more and 49 fewer" in offered
    assert "Refusal: pushed from" in offered
    assert (used, kept, left) == (False, False, True)
    assert not await is_sure(vigil, text)
    async with vigil.app.engine.store.read() as conn:
        assert await fits.used(conn) is not None


async def test_precision_lists_the_worst_filter_first(vigil: Vigil) -> None:
    """With its texts, how sure that is, and Off beside them."""
    await reading(vigil)
    await admin(vigil)
    await doubtful(vigil, 1)
    await vigil.says(ROOT, "/review")
    await vigil.press(ROOT, "✗ No")
    [listed] = await vigil.says(ROOT, "/precision")
    await vigil.press(ROOT, "1")
    one = listed.text
    await vigil.press(ROOT, "Off")
    await vigil.press(ROOT, "Off")
    async with vigil.app.engine.store.read() as conn:
        each = await filters.get(conn, FILTER)
    await vigil.says(ROOT, f"/precision {FILTER}")

    assert FILTER in one
    assert "0 %, 0 of 1 true" in one
    assert "1 хвалили" in one
    assert each is not None
    assert each.state is FilterState.OFF
    assert "On" in shown(vigil).labels()


@pytest.mark.parametrize(
    "data", ["rv:y:p:999", "rv:y:x:1", "rv:u:p:1:999999", "ln:use:77", "pr:s:0:"]
)
async def test_forged_presses_change_nothing(vigil: Vigil, data: str) -> None:
    """Numbers that stand for nothing are out of date; nobody below an admin is answered."""
    await reading(vigil, "refusal")
    await admin(vigil)
    place = vigil.telegram.world.places[ROOT]
    vigil.telegram.people.forge(ROOT, data, place)
    vigil.telegram.people.forge(SUBSCRIBER, data, vigil.telegram.world.places[SUBSCRIBER])
    await vigil.settle()

    assert await held(vigil) == []
    async with vigil.app.engine.store.read() as conn:
        assert await fits.used(conn) is None


async def test_the_filter_doctor_leaves_a_word_out(vigil: Vigil) -> None:
    """From ✗ comes a word with its effect; one tap tries it, another takes it back."""
    await reading(vigil)
    await admin(vigil)
    for n in (1, 2):
        await doubtful(vigil, n)
    await vigil.says(ROOT, "/review")
    for _ in (1, 2):
        await vigil.press(ROOT, "✗ No")
    await vigil.says(ROOT, f"/precision {FILTER}")
    await vigil.press(ROOT, "Fix…")
    offered = shown(vigil).text
    label = next(each for each in shown(vigil).labels() if each.startswith("Try: "))
    await vigil.press(ROOT, label)
    async with vigil.app.engine.store.read() as conn:
        left_out = await exclusions.all_words(conn)
    await vigil.press(ROOT, "Take back")
    async with vigil.app.engine.store.read() as conn:
        back = await exclusions.all_words(conn)

    assert "drops 2 of 2 false finds and no true one" in offered
    assert left_out == {FILTER: label.removeprefix("Try: without ")}
    assert back == {}


async def test_what_is_left_out_is_not_found_there(vigil: Vigil) -> None:
    """The pack's filter no longer finds it in that sentence, and is no more sure than before."""
    text = "Солдаты отказались ехать на фронт, сказал повар."
    await admin(vigil)
    matcher = vigil.app.engine.pipeline.matcher
    before = await matcher.look(Document(text=text))
    async with vigil.app.engine.store.write() as conn:
        for hit in before.hits:
            await exclusions.put(conn, hit.key, "повар", vigil.clock.now())
    await vigil.app.engine.pipeline.take_up_filters()
    after = await matcher.look(Document(text=text))
    beside = await matcher.look(Document(text="Солдаты отказались ехать на фронт. Повар ушёл."))

    assert {hit.key for hit in before.hits}.isdisjoint(hit.key for hit in after.hits)
    assert beside.topics == ("refusal",)
    assert beside.matches[0].score < 1


async def test_the_filter_doctor_adds_words_of_what_was_missed(vigil: Vigil) -> None:
    """From a missed post come words with their effect; one tap leads to the proof and to Save."""
    await reading(vigil, "desertion")
    await admin(vigil)
    await vigil.says(ROOT, "/filter add desertion фруктохранилищ* NEAR/3 матрос")
    await vigil.press(ROOT, "Save")
    text = "Матрос Крылов ночью перелез через ограждение гарнизона, сообщили сослуживцы матроса."
    await vigil.says(SUBSCRIBER, text)
    await vigil.press(SUBSCRIBER, "Report as missed")
    await vigil.says(ROOT, "/review")
    assert "Suggest words" in shown(vigil).labels()
    await vigil.press(ROOT, "✓ Yes")
    await vigil.press(ROOT, "Desertion")
    async with vigil.app.engine.store.read() as conn:
        own = next(f for f in await filters.list_all(conn) if f.origin is Origin.ADMIN)
    await vigil.says(ROOT, f"/precision {own.key}")
    await vigil.press(ROOT, "Fix…")
    offered = shown(vigil).text
    label = next(each for each in shown(vigil).labels() if each.startswith("Try: also"))
    await vigil.press(ROOT, label)
    proof = shown(vigil).text
    await vigil.press(ROOT, "Save")
    async with vigil.app.engine.store.read() as conn:
        now = await filters.get(conn, own.key)

    assert "of posts reported as missed it finds 1 of 1" in offered
    assert "Understood" in proof
    assert now is not None
    assert now.version == 2
    assert now.expression.startswith("(фруктохранилищ* NEAR/3 матрос), (")
