"""Two admins at once: nobody's change is lost without a word."""

from __future__ import annotations

from bot.model import Role
from bot.store import entities, groups, people
from tests.chat.test_filters import saved
from tests.chat.test_review import doubtful
from tests.support.telegram_world import Posted
from tests.support.vigil import ROOT, Vigil

ADMIN = 3001


async def two(vigil: Vigil) -> None:
    """ROOT and ADMIN, both in Normal."""
    async with vigil.app.engine.store.write() as conn:
        await people.appoint(conn, ADMIN, Role.ADMIN, None, vigil.clock.now())
    for who in (ROOT, ADMIN):
        await vigil.says(who, "/start")
        await vigil.press(who, "Normal")


async def offered(vigil: Vigil, who: int, said: str) -> Posted:
    """The answer with a Save button."""
    *_, answer = await vigil.says(who, said)
    assert "Save" in answer.labels()
    return answer


async def test_the_later_save_of_a_filter_is_refused_with_both_texts(vigil: Vigil) -> None:
    """And of a filter that the other removed meanwhile it is said that it is gone."""
    await two(vigil)
    await offered(vigil, ROOT, "/filter add desertion самоволка")
    await vigil.press(ROOT, "Save")
    [each] = await saved(vigil)
    mine = await offered(vigil, ROOT, f"/filter edit {each.key} дезертир")
    theirs = await offered(vigil, ADMIN, f"/filter edit {each.key} беглец")
    await vigil.press(ADMIN, "Save", message_id=theirs.message_id)
    [late] = await vigil.press(ROOT, "Save", message_id=mine.message_id)
    assert late.styled("code") == [each.key, "беглец", f"/filter edit {each.key} дезертир"]
    assert [f.expression for f in await saved(vigil)] == ["беглец"]

    again = await offered(vigil, ROOT, f"/filter edit {each.key} дезертир")
    await vigil.says(ADMIN, f"/filter remove {each.key}")
    await vigil.press(ADMIN, "Remove")
    *_, gone = await vigil.press(ROOT, "Save", message_id=again.message_id)
    assert "There is no filter" in gone.text
    assert await saved(vigil) == []


async def test_the_later_save_of_a_name_is_refused_with_both_texts(vigil: Vigil) -> None:
    """What the other saved stays; one's own is given back to send again, and then counts."""
    await two(vigil)
    await offered(vigil, ROOT, "/entity add person ru:Анна Петрова gender:f")
    await vigil.press(ROOT, "Save")
    async with vigil.app.engine.store.read() as conn:
        [each] = await entities.list_all(conn)
    mine = await offered(vigil, ROOT, f"/entity edit {each.id} ru:Анна Петрова, Анюта Петрова")
    theirs = await offered(vigil, ADMIN, f"/entity edit {each.id} ru:Анна Петрова, Аня Петрова")
    await vigil.press(ADMIN, "Save", message_id=theirs.message_id)
    [late] = await vigil.press(ROOT, "Save", message_id=mine.message_id)
    async with vigil.app.engine.store.read() as conn:
        [kept] = await entities.list_all(conn)
    again = await offered(vigil, ROOT, late.styled("code")[-1])
    await vigil.press(ROOT, "Save", message_id=again.message_id)
    async with vigil.app.engine.store.read() as conn:
        [mended] = await entities.list_all(conn)

    assert late.text.startswith(f"Not saved: somebody changed {each.id} meanwhile.")
    assert "Аня Петрова" in late.styled("code")[1]
    assert "Аня Петрова" in str(kept.definition)
    assert "Анюта Петрова" in str(mended.definition)


async def test_a_group_says_which_words_it_had_until_now(vigil: Vigil) -> None:
    """Whoever changes it after somebody else sees the other's words; only who did it undoes it,
    or a root admin."""
    await two(vigil)
    await vigil.says(ROOT, "/group add place часть, гарнизон")
    await vigil.says(ADMIN, "/group edit place часть, казарма")
    *_, said = await vigil.says(ROOT, "/group edit place часть, полигон")
    *_, refused = await vigil.says(ADMIN, "/undo last")
    *_, undone = await vigil.says(ROOT, "/undo last")
    async with vigil.app.engine.store.read() as conn:
        words = await groups.all_words(conn)

    assert "Until now: часть, казарма" in said.text
    assert "Undone" not in refused.text or "полигон" not in refused.text
    assert "Undone" in undone.text
    assert words["place"] == "часть, казарма"


async def test_new_titles_of_a_topic_say_which_they_replace(vigil: Vigil) -> None:
    """Whoever renames it after somebody else sees the other's titles; those of a pack too."""
    await two(vigil)
    await vigil.says(ROOT, "/topic add Hazing | Дедовщина | Дідівщина")
    await vigil.says(ADMIN, "/topic edit hazing Bullying | Травля | Цькування")
    *_, mine = await vigil.says(ROOT, "/topic edit hazing Abuse | Издевательства | Знущання")
    *_, same = await vigil.says(ROOT, "/topic edit hazing Abuse | Издевательства | Знущання")
    *_, pack = await vigil.says(ROOT, "/topic edit refusal No | Нет | Ні")

    assert mine.text.startswith("It is called Abuse now.")
    assert mine.styled("code") == ["Bullying | Травля | Цькування"]
    assert same.styled("code") == []
    [of_pack] = pack.styled("code")
    assert of_pack.startswith("Refusal | ")
    assert all(of_pack.split(" | "))


async def test_who_answers_a_match_after_another_is_told(vigil: Vigil) -> None:
    """Both look at the same one: the same answer counts once; of the other it is said what it
    replaces, and Undo brings that back."""
    await two(vigil)
    await vigil.add_source("a")
    await doubtful(vigil, 1)
    shown = (await vigil.says(ROOT, "/review"))[-1]
    other = (await vigil.says(ADMIN, "/review"))[-1]
    same = (await vigil.says(ADMIN, "/review"))[-1]
    await vigil.press(ROOT, "✓ Yes", message_id=shown.message_id)
    pressed = []
    for label, message in (("✓ Yes", same), ("✗ No", other)):
        query = vigil.telegram.people.press(ADMIN, label, message_id=message.message_id)
        await vigil.settle()
        pressed.append(vigil.telegram.people.pressed[query]["text"])
    await vigil.press(ADMIN, "Undo")
    *_, precision = await vigil.says(ROOT, "/precision")

    assert pressed[0] == "That has been answered already."
    assert pressed[1].startswith("It was answered ✓ before. Yours counts now")
    assert "1 of 1 true" in precision.text
