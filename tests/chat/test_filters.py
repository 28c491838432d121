"""/filter: proof before saving, errors with the place, tests on texts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store import filters
from bot.store.filters import FilterState
from tests.chat.test_subscriber import REFUSAL
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

PARK = "В городе открыли новый парк с фонтаном. На празднике выступил духовой оркестр."
OLD = "155-я бригада"  # refused since filters can name units


async def saved(vigil: Vigil) -> list[filters.Filter]:
    """Filters of admins, in any state but removed."""
    async with vigil.app.engine.store.read() as conn:
        found = await filters.list_all(conn, (FilterState.ACTIVE, FilterState.OFF))
    return [each for each in found if each.origin is filters.Origin.ADMIN]


async def test_add_proves_before_it_saves(vigil: Vigil) -> None:
    """Understood in words, a week's hits, what is new, whom it concerns; then a button."""
    await vigil.add_source("a", title="Pskov Post")
    await vigil.subscriber(SUBSCRIBER, "desertion")
    await vigil.publish("a", Post("1", text=PARK), Post("2", text=REFUSAL))
    *_, answer = await vigil.says(ROOT, "/filter add desertion духов* NEAR/3 оркестр")

    assert "words starting “духов”" in answer.text
    assert "7 days, 1 source: 1 hit; 0 already caught, 1 new." in answer.text
    assert "духовой оркестр" in answer.text
    assert "духовой" in answer.styled("bold")
    assert "1 chat: about +1 a week." in answer.text
    assert answer.labels() == ["Save", "Change", "Digest first"]
    assert await saved(vigil) == []


async def test_hits_that_are_caught_already_are_told_apart(vigil: Vigil) -> None:
    """An admin sees what the filter would add, not what there is."""
    await vigil.add_source("a")
    await vigil.publish("a", Post("1", text=REFUSAL))
    *_, answer = await vigil.says(ROOT, "/filter add refusal контрактник* отказались")

    assert "1 hit; 1 already caught, 0 new." in answer.text
    assert "a week" not in answer.text


async def test_saved_filter_works_at_once(vigil: Vigil) -> None:
    """From the button on, items that hold it are told."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "desertion")
    await vigil.says(ROOT, "/filter add desertion духов* NEAR/3 оркестр")
    [said] = await vigil.press(ROOT, "Save")
    assert "Saved as f" in said.text
    await vigil.publish("a", Post("1", text=PARK))

    assert "Desertion" in vigil.chat(SUBSCRIBER)[-1].text


async def test_filter_switched_off_tells_no_more(vigil: Vigil) -> None:
    """Off means off at once, not after a restart."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "desertion")
    await vigil.says(ROOT, "/filter add desertion духов* NEAR/3 оркестр")
    await vigil.press(ROOT, "Save")
    [each] = await saved(vigil)
    await vigil.says(ROOT, f"/filter off {each.key}")
    await vigil.press(ROOT, "Off")
    await vigil.publish("a", Post("1", text=PARK))
    assert vigil.chat(SUBSCRIBER) == []

    await vigil.says(ROOT, f"/filter on {each.key}")
    await vigil.settle()
    assert "Desertion" in vigil.chat(SUBSCRIBER)[-1].text


async def test_save_works_once(vigil: Vigil) -> None:
    """A second press, or a replayed one, makes no second filter."""
    *_, answer = await vigil.says(ROOT, "/filter add desertion самоволка")
    data = answer.buttons[0][0]["callback_data"]
    for _ in range(2):
        vigil.telegram.people.forge(ROOT, data, vigil.telegram.place(ROOT), answer)
        await vigil.settle()

    assert len(await saved(vigil)) == 1


async def test_change_gives_the_command_back(vigil: Vigil) -> None:
    """Nobody types a long expression twice."""
    await vigil.says(ROOT, "/filter add desertion самоволка")
    [again] = await vigil.press(ROOT, "Change")

    assert "/filter add desertion самоволка" in again.styled("code")


async def test_same_filter_is_not_saved_twice(vigil: Vigil) -> None:
    """What exists is named instead."""
    await vigil.says(ROOT, "/filter add desertion самоволка")
    await vigil.press(ROOT, "Save")
    [each] = await saved(vigil)
    [answer] = await vigil.says(ROOT, "/filter add desertion  самоволка")

    assert answer.text == f"That filter exists: {each.key}."


async def test_mixed_operators_are_offered_as_two_readings(vigil: Vigil) -> None:
    """What may mean two things is asked, not guessed; a tap decides."""
    [asked] = await vigil.says(ROOT, "/filter add desertion солдат OR боец самоволка")
    assert asked.labels() == ["1", "2"]
    assert await saved(vigil) == []
    *_, answer = await vigil.press(ROOT, "2")

    assert answer.labels() == ["Save", "Change", "Digest first"]


async def test_errors_are_told_in_the_admins_language(vigil: Vigil) -> None:
    """A slip is answered with what is wrong, in words one reads."""
    for lang, wrong, says in (
        ("en", "(самоволка", "parenthes"),
        ("ru", "самоволка NEAR/", "NEAR"),
        ("uk", "-самоволка", "майже до всього"),
    ):
        await vigil.says(ROOT, f"/lang {lang}")
        [answer] = await vigil.says(ROOT, f"/filter add desertion {wrong}")
        assert says in answer.text
    assert await saved(vigil) == []


async def test_list_show_off_on_remove(vigil: Vigil) -> None:
    """A filter can be found, stopped, started and ended; each answer names the way back."""
    await vigil.says(ROOT, "/filter add desertion самоволка")
    await vigil.press(ROOT, "Save")
    [each] = await saved(vigil)
    [listed] = await vigil.says(ROOT, "/filter list")
    assert "самоволка" in listed.text
    assert "Desertion: " in listed.text

    [off] = await vigil.says(ROOT, f"/filter off {each.key}")
    assert off.text == f"Switch {each.key} off? It found 0 stories a week."
    assert (await saved(vigil))[0].state is FilterState.ACTIVE
    await vigil.press(ROOT, "Off")
    assert f"/filter on {each.key}" in off.text
    assert (await saved(vigil))[0].state is FilterState.OFF
    await vigil.says(ROOT, f"/filter on {each.id}")
    assert (await saved(vigil))[0].state is FilterState.ACTIVE
    await vigil.says(ROOT, f"/filter show {each.key}")
    await vigil.press(ROOT, "Remove")
    await vigil.press(ROOT, "Keep")
    assert len(await saved(vigil)) == 1
    await vigil.says(ROOT, f"/filter remove {each.key}")
    await vigil.press(ROOT, "Remove")
    assert await saved(vigil) == []


async def test_pack_filters_can_be_switched_off_not_removed(vigil: Vigil) -> None:
    """A pack's filter would come back with the next release; off is what stays."""
    [first] = await vigil.says(ROOT, "/filter list desertion")
    assert "desertion/awol" in first.text
    await vigil.says(ROOT, "/filter remove desertion/awol")
    await vigil.press(ROOT, "Off")

    async with vigil.app.engine.store.read() as conn:
        awol = await filters.get(conn, "desertion/awol")
    assert awol is not None
    assert awol.state is FilterState.OFF


async def test_long_lists_turn_pages(vigil: Vigil) -> None:
    """A list is a message with pages, not a flood."""
    [first] = await vigil.says(ROOT, "/filter list desertion")
    before = first.text
    assert first.labels()[-1] == "2 ›"
    await vigil.press(ROOT, "2 ›")

    assert first.text != before
    assert "‹ 1" in first.labels()


async def test_text_is_tested_against_all_filters(vigil: Vigil) -> None:
    """An admin sees under which topics a text would be told, and by which words."""
    [answer] = await vigil.says(ROOT, f"/filter test {REFUSAL}")
    assert "An alert would come under: " in answer.text
    assert "Refusal" in answer.text
    assert any("отказались" in bold for bold in answer.styled("bold"))

    [nothing] = await vigil.says(ROOT, f"/filter test {PARK}")
    assert nothing.text.startswith("No filter matches.")


async def test_expression_is_tested_on_the_text_replied_to(vigil: Vigil) -> None:
    """A filter is tried on the very message that was missed."""
    vigil.telegram.people.says(ROOT, PARK)
    original = vigil.telegram.updates.waiting[-1]["message"]
    await vigil.settle()
    [hit] = await vigil.says(ROOT, "/filter test духов* оркестр", reply_to_message=original)
    [miss] = await vigil.says(ROOT, "/filter test фонтан NEAR/2 оркестр", reply_to_message=original)

    assert "It matches:" in hit.text
    assert "It does not match." in miss.text
    assert "фонтан" in miss.text


async def test_expression_alone_is_tried_on_the_week(vigil: Vigil) -> None:
    """Without a text the archive is the text; nothing can be saved from here."""
    await vigil.add_source("a")
    await vigil.publish("a", Post("1", text=PARK))
    *_, answer = await vigil.says(ROOT, "/filter test ? духов* NEAR/3 оркестр")

    assert "1 hit" in answer.text
    assert answer.labels() == []


async def test_a_filter_is_tried_by_its_id_or_behind_a_question_mark_only(vigil: Vigil) -> None:
    """Any other words are a text, also short ones and those that begin with a number."""
    await vigil.says(ROOT, "/filter add desertion самоволка")
    await vigil.press(ROOT, "Save")
    [each] = await saved(vigil)
    [text] = await vigil.says(ROOT, "/filter test самоволка")
    [numbered] = await vigil.says(ROOT, f"/filter test {each.id} бойцов открыли парк")
    [by_id] = await vigil.says(ROOT, f"/filter test {each.key} ушёл в самоволку")
    [asked] = await vigil.says(ROOT, f"/filter test ? духов* NEAR/3 оркестр\n{PARK}")
    [parsing] = await vigil.says(ROOT, "/filter test духов* NEAR/3 оркестр")

    assert "An alert would come under: Desertion" in text.text
    assert numbered.text.startswith("No filter matches.")
    assert "It matches:" in by_id.text
    assert "It matches:" in asked.text
    assert "/filter test ? духов* NEAR/3 оркестр" in parsing.styled("code")


async def test_edit_proves_compares_and_saves_a_version(vigil: Vigil) -> None:
    """What it would find stands beside what it finds now; from the button on it is another."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "desertion")
    await vigil.publish("a", Post("1", text=PARK))
    await vigil.says(ROOT, "/filter add desertion самоволка")
    await vigil.press(ROOT, "Save")
    [each] = await saved(vigil)
    *_, proof = await vigil.says(ROOT, f"/filter edit {each.key} духов* NEAR/3 оркестр")

    assert "1 hit; 0 already caught, 1 new." in proof.text
    assert f"{each.key} until now, 0 hits: самоволка" in proof.text
    [said] = await vigil.press(ROOT, "Save")
    assert f"{each.key} is changed: version 2." in said.text
    assert "Desertion" in vigil.chat(SUBSCRIBER)[-1].text
    assert [f.expression for f in await saved(vigil)] == ["духов* NEAR/3 оркестр"]


async def test_who_edits_what_changed_meanwhile_is_told(vigil: Vigil) -> None:
    """The other's version stays, is shown, and one's own is given back to send again."""
    await vigil.says(ROOT, "/filter add desertion самоволка")
    await vigil.press(ROOT, "Save")
    [each] = await saved(vigil)
    await vigil.says(ROOT, f"/filter edit {each.key} дезертир")
    await vigil.says(ROOT, f"/filter edit {each.key} беглец")
    await vigil.press(ROOT, "Save")
    mine = next(m for m in reversed(vigil.chat(ROOT)) if "дезертир" in m.text and m.labels())
    vigil.telegram.people.forge(
        ROOT, mine.buttons[0][0]["callback_data"], vigil.telegram.place(ROOT), mine
    )
    await vigil.settle()

    late = vigil.chat(ROOT)[-1]
    assert late.text.startswith(f"Not saved: somebody changed {each.key} meanwhile.")
    assert late.styled("code") == [each.key, "беглец", f"/filter edit {each.key} дезертир"]
    assert [f.expression for f in await saved(vigil)] == ["беглец"]


async def test_history_leads_back_to_any_version(vigil: Vigil) -> None:
    """Every version with who and when; going back is proved and saved as any edit."""
    await vigil.says(ROOT, "/filter add desertion самоволка")
    await vigil.press(ROOT, "Save")
    [each] = await saved(vigil)
    [never] = await vigil.says(ROOT, f"/filter revert {each.key}")
    assert never.text == f"{each.key} was never changed."
    for expression in ("дезертир", "беглец"):
        await vigil.says(ROOT, f"/filter edit {each.key} {expression}")
        await vigil.press(ROOT, "Save")
    [shown] = await vigil.says(ROOT, f"/filter history {each.key}")
    assert shown.styled("code") == [each.key, "беглец", "дезертир", "самоволка"]
    assert shown.labels() == ["Back to 2", "Back to 1"]
    assert "you · now" in shown.text

    await vigil.press(ROOT, "Back to 1")
    await vigil.press(ROOT, "Save")
    assert [(f.expression, f.version) for f in await saved(vigil)] == [("самоволка", 4)]
    await vigil.says(ROOT, f"/filter revert {each.key}")
    await vigil.press(ROOT, "Save")
    assert [(f.expression, f.version) for f in await saved(vigil)] == [("беглец", 5)]
    [wrong] = await vigil.says(ROOT, f"/filter revert {each.key} 9")
    assert f"{each.key} has versions 1 to 5." in wrong.text


async def test_a_pack_s_filter_is_not_edited(vigil: Vigil) -> None:
    """It would come back with the next release: the way to one's own is given."""
    [said] = await vigil.says(ROOT, "/filter edit desertion/awol самоволка")
    assert "/filter off desertion/awol" in said.styled("code")


async def test_forwarded_post_is_read_for_admins(vigil: Vigil) -> None:
    """Forwarding a post asks how it was read."""
    origin = {
        "type": "hidden_user",
        "date": 0,
        "sender_user_name": "Somebody",
    }
    [answer] = await vigil.says(ROOT, REFUSAL, forward_origin=origin)

    assert "Refusal" in answer.text


async def test_a_filter_kept_before_its_words_were_questioned_works_everywhere(
    vigil: Vigil,
) -> None:
    """What is refused when it is typed today is shown, tried, compared and brought back where
    it was stored before."""
    now = vigil.clock.now()
    async with vigil.app.engine.store.write() as conn:
        each = await filters.add(conn, "desertion", OLD, None, now)
    [typed] = await vigil.says(ROOT, f"/filter test ? {OLD}\nВоюет 155-я бригада.")
    [shown] = await vigil.says(ROOT, f"/filter show {each.key}")
    [tried] = await vigil.says(ROOT, f"/filter test {each.key} Воюет 155-я бригада.")
    *_, proof = await vigil.says(ROOT, f"/filter edit {each.key} беглец")
    await vigil.press(ROOT, "Save")
    await vigil.says(ROOT, f"/filter revert {each.key}")
    await vigil.press(ROOT, "Save")

    assert "It matches:" not in typed.text
    assert "cannot be read" not in shown.text
    assert "It matches:" in tried.text
    assert f"{each.key} until now, 0 hits" in proof.text
    assert [f.expression for f in await saved(vigil)] == [OLD]


async def test_digest_first_alerts_nobody_until_it_is_switched_on(vigil: Vigil) -> None:
    """What such a filter finds is possible: /review asks of it; On makes it alert."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "desertion")
    await vigil.says(ROOT, "/filter add desertion фруктохранилищ* NEAR/3 матрос")
    await vigil.press(ROOT, "Digest first")
    saved = vigil.chat(ROOT)[-1].text
    await vigil.publish("a", Post("1", text="В фруктохранилище нашли матроса Крылова."))
    told = [m.text for m in vigil.chat(SUBSCRIBER)]
    [asked] = await vigil.says(ROOT, "/review")
    [listed] = await vigil.says(ROOT, "/filter list")
    await vigil.press(ROOT, listed.labels()[0])
    await vigil.press(ROOT, "Alert at once")
    await vigil.publish("a", Post("2", text="Из фруктохранилища ушёл матрос Лунин с Дальнего."))

    assert "comes in digests and in /review" in saved
    assert told == []
    assert "Крылова" in asked.text
    assert "(digest first)" in listed.text
    both = "".join(m.text for m in vigil.chat(SUBSCRIBER))  # the last day is read again
    assert "Крылова" in both
    assert "Лунин" in both


async def test_a_proof_warns_and_shows_what_nearly_matched(vigil: Vigil) -> None:
    """Too broad, never found, found long ago; and the post that an exclusion kept out."""
    await vigil.add_source("a")
    posts = [Post(str(n), text=f"Сводка номер {n}: дождь и ветер.") for n in range(60)]
    await vigil.publish("a", *posts, Post("x", text="Матрос ушёл с корабля в кино."))
    *_, broad = await vigil.says(ROOT, "/filter add desertion дождь")
    *_, never = await vigil.says(ROOT, "/filter add desertion фруктохранилищ*")
    *_, near = await vigil.says(ROOT, "/filter add desertion матрос -кино")

    assert "% of all posts: too broad?" in broad.text
    assert "Nor in the archive of a year" in never.text
    assert "Nearly:\n≈ «Матрос ушёл с корабля в кино.»" in near.text
    assert "too broad" not in near.text


async def test_a_proof_says_how_far_it_looked_back(
    vigil: Vigil, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A condition without a word may hold of any post of a year: not all of them are read."""
    await vigil.add_source("a")
    old = vigil.clock.now() - timedelta(days=20)
    posts = [
        Post(str(n), text=f"Сводка номер {n}.", published=old - timedelta(hours=n))
        for n in range(5)
    ]
    await vigil.publish("a", *posts, Post("x", text="Матрос ушёл с корабля в кино."))
    answers = []
    for most in (3, 1_000):
        monkeypatch.setattr("bot.chat.admin.proof._MOST_READ", most)
        for asked in (r"/складо\w+/", "/номер 4/", "фруктохранилище"):
            vigil.clock.advance(9)
            *_, answer = await vigil.says(ROOT, f"/filter add desertion {asked}")
            answers.append(answer.text)

    never, far, word, never_of_all, far_of_all, word_of_all = answers
    assert "Nor in the newest 3 posts that may match" in never
    assert "Nor in the newest 3 posts that may match" in far
    assert "Nor in the archive of a year" in never_of_all
    assert "The last one came" in far_of_all
    assert all("Nor in the archive of a year" in each for each in (word, word_of_all))


async def test_a_slow_filter_is_called_slow_before_it_is_saved(vigil: Vigil) -> None:
    """Measured in CPU on the week's posts; one that is tried on none of them is not."""
    await vigil.add_source("a")
    long = " ".join([f"{PARK} {REFUSAL}"] * 20)
    await vigil.publish("a", *(Post(str(n), text=f"Новость {n}. {long}") for n in range(3)))
    near = "(отказ* NEAR/9 (война, парк, город, праздник) NEAR/9 ({0}*, ехать))"
    slow = " OR ".join(near.format(word) for word in ("оркес", "фонт", "духо", "откры", "нов"))
    *_, warned = await vigil.says(ROOT, f"/filter add desertion {slow}")
    *_, plain = await vigil.says(ROOT, "/filter add desertion кенгуру NEAR/3 оркестр")

    assert "Slow: " in warned.text
    assert "Slow" not in plain.text
