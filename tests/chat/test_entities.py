"""/entity: proof before saving, found at once, after a restart, and no more when removed."""

from __future__ import annotations

from bot.store import entities
from tests.chat.test_filters import PARK
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

LIST = "Список отказников ведёт правозащитница: с Анной Петровой говорили родные."
TRIAL = "Заседание по делу Анны Петровой перенесли на март из-за болезни судьи."


async def ids(vigil: Vigil) -> list[str]:
    async with vigil.app.engine.store.read() as conn:
        return [each.id for each in await entities.list_all(conn)]


async def test_an_entity_is_proved_saved_and_told_of(vigil: Vigil) -> None:
    """Shown with its forms and the week's mentions; filters that name it find inflected names, in
    what came a moment ago too, and after a restart; removed, none."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "desertion")
    await vigil.publish("a", Post("1", text=PARK), Post("2", text=LIST))

    *_, offer = await vigil.says(ROOT, "/entity add person Анна Петрова")
    assert offer.text.startswith("person:petrova Анна Петрова")
    assert "анной петровой" in offer.text
    assert "7 days, 1 source: 1 hit." in offer.text
    assert "Анной Петровой" in offer.styled("bold")
    assert await ids(vigil) == []
    data = offer.buttons[0][0]["callback_data"]
    [saved] = await vigil.press(ROOT, "Save")
    assert saved.text.startswith("Saved.")
    assert vigil.chat(SUBSCRIBER) == []
    await vigil.says(ROOT, "/filter add desertion person:petrova")
    await vigil.press(ROOT, "Save")
    [told] = vigil.chat(SUBSCRIBER)
    assert "Анной Петровой" in told.text

    vigil.telegram.people.forge(ROOT, data, vigil.telegram.place(ROOT), offer)
    await vigil.settle()
    await vigil.stop()
    await vigil.open()
    await vigil.publish("a", Post("3", text=TRIAL))
    assert await ids(vigil) == ["person:petrova"]
    assert len(vigil.chat(SUBSCRIBER)) == 2

    [removed] = await vigil.says(ROOT, "/entity remove person:petrova")
    assert await ids(vigil) == ["person:petrova"]
    await vigil.press(ROOT, "Remove")
    assert "person:petrova is removed." in removed.text
    assert "Filters that still name it: f" in removed.text
    await vigil.publish("a", Post("4", text=TRIAL.replace("март", "вторник, 5 мая")))
    assert len(vigil.chat(SUBSCRIBER)) == 2


async def test_a_place_is_chosen_and_names_are_looked_up(vigil: Vigil) -> None:
    """Namesakes are told apart by region and inhabitants; list, show and test know what was
    saved; what is built in stays; an id is given once; errors are told in words."""
    *_, which = await vigil.says(ROOT, "/entity add place Покровск")
    first, *_, last = which.labels()
    assert "Donetsk" in first
    assert last == "Another place"
    *_, offer = await vigil.press(ROOT, first)
    assert offer.text.startswith("place:pokrovsk ")
    await vigil.press(ROOT, "Save")
    assert await ids(vigil) == ["place:pokrovsk"]

    [listed] = await vigil.says(ROOT, "/entity list")
    assert "place:pokrovsk" in listed.text
    [searched] = await vigil.says(ROOT, "/entity list чиков")
    assert "person:chikov" in searched.text
    *_, shown = await vigil.says(ROOT, "/entity show place:pokrovsk")
    assert "Покровськ" in shown.text
    [tested] = await vigil.says(ROOT, "/entity test Павла Чикова видели под Покровском.")
    assert tested.text == "person:chikov «Павла Чикова»\nplace:pokrovsk «Покровском»"
    [kept] = await vigil.says(ROOT, "/entity remove person:chikov")
    assert kept.text == "person:chikov is built in and stays."

    for said, why in (
        ("/entity", "/entity add person"),
        ("/entity add ship Москва", "A kind comes first"),
        ("/entity add person:chikov Анна Петрова", "person:chikov exists already."),
        ("/entity add org Мемориал", "an ordinary word too"),
        ("/entity show person:nobody", "Nothing is known as “person:nobody”."),
    ):
        [answer] = await vigil.says(ROOT, said)
        assert why in answer.text
    assert await ids(vigil) == ["place:pokrovsk"]


async def test_an_entity_is_changed_with_proof(vigil: Vigil) -> None:
    """What was typed is given back to change; what is sent takes its place on Save, guards and
    all; a surname alone counts on a tap; of what is built in or too long nothing is taken."""
    await vigil.says(ROOT, "/entity add person Анна Петрова not:улица")
    *_, offer = await vigil.press(ROOT, "The surname alone counts")
    assert "The surname alone counts too." in offer.text
    await vigil.press(ROOT, "Save")

    [line] = await vigil.says(ROOT, "/entity edit person:petrova")
    typed = (
        "/entity edit person:petrova ru:Анна Петрова uk:Анна Петрова not:улица gender:f famous:yes"
    )
    assert line.text.endswith(typed)
    *_, offer = await vigil.says(ROOT, f"{typed} en:Anna Petrova")
    assert offer.text.startswith("Instead of person:petrova ru:Анна Петрова")
    await vigil.press(ROOT, "Save")
    [tested] = await vigil.says(ROOT, "/entity test Петрову ждут. Anna Petrova is back.")
    assert tested.text == "person:petrova «Петрову», «Anna Petrova»"
    assert await ids(vigil) == ["person:petrova"]

    for said, why in (
        ("/entity edit person:chikov Анна Петрова", "person:chikov is built in and stays."),
        ("/entity add org " + "а" * 1_000, "at most 1000 characters"),
    ):
        [answer] = await vigil.says(ROOT, said)
        assert why in answer.text


async def test_places_named_like_words_and_like_others_are_guarded_by_a_tap(vigil: Vigil) -> None:
    """Nobody has to know the guards by heart: where the name counts is asked, and two towns of
    one name may both be saved."""
    [which] = await vigil.says(ROOT, "/entity add place Изюм")
    *_, asked = await vigil.press(ROOT, which.labels()[0])
    assert "an ordinary word too" in asked.text
    *_, offer = await vigil.press(ROOT, "Near words of the army")
    assert "солдат*" in offer.text
    await vigil.press(ROOT, "Save")

    for number in range(2):
        [which] = await vigil.says(ROOT, "/entity add place Покровск")
        *_, offer = await vigil.press(ROOT, which.labels()[number])
    assert "Also called so" not in offer.text
    await vigil.press(ROOT, "Count only where…")
    *_, offer = await vigil.press(ROOT, "Near words of its region")
    assert "якутск*" in offer.text
    await vigil.press(ROOT, "Save")
    [which] = await vigil.says(ROOT, "/entity add place Покровск")
    *_, offer = await vigil.press(ROOT, which.labels()[0])
    assert "Also called so: place:pokrovsk-yakutsk." in offer.text
    await vigil.press(ROOT, "Save")
    assert await ids(vigil) == ["place:izium", "place:pokrovsk", "place:pokrovsk-yakutsk"]


async def test_a_numbered_thing_is_offered_its_id(vigil: Vigil) -> None:
    """Who types «155-я бригада» or «ст. 337 УК РФ» is shown what finds every form."""
    await vigil.add_source("a")

    [added] = await vigil.says(ROOT, "/entity add unit 155-я бригада")
    [shown] = await vigil.says(ROOT, "/entity show ст. 337 УК РФ")
    proof = (await vigil.says(ROOT, "/filter add refusal 155-я бригада"))[-1]

    assert "unit:*:brigade:155" in added.text
    assert "law:ru:337" in shown.text
    assert "unit:*:brigade:155" in proof.text
    assert await ids(vigil) == []


async def test_names_forms_and_whether_one_counts_are_changed_one_by_one(vigil: Vigil) -> None:
    """An alias with proof; a form dropped by a tap, another typed; off, on, and all as a file."""
    await vigil.says(ROOT, "/entity add person:lesnaya Анна Лесная")
    await vigil.press(ROOT, "Save")

    async def named(text: str) -> bool:
        return "person:lesnaya" in (await vigil.says(ROOT, f"/entity test {text}"))[-1].text

    await vigil.says(ROOT, "/entity alias person:lesnaya Нюта Лесная")
    await vigil.press(ROOT, "Save")
    alias = await named("Об этом рассказала Нюта Лесная.")
    [page] = await vigil.says(ROOT, "/entity forms person:lesnaya")
    while "✕ анне лесной" not in page.labels():
        vigil.clock.advance(9)
        await vigil.press(ROOT, page.labels()[-2])
    form = "✕ анне лесной"
    vigil.clock.advance(9)
    await vigil.press(ROOT, form)
    dropped = await named("Позвонили Анне Лесной.")
    kept = await named("Это Анна Лесная.")
    vigil.clock.advance(9)
    await vigil.press(ROOT, "Add a form…")
    await vigil.says(ROOT, "Аннушка Л.")
    added = await named("Пришла Аннушка Л. с бумагами.")
    vigil.clock.advance(9)
    await vigil.says(ROOT, "/entity off person:lesnaya")
    off = await named("Это Анна Лесная.")
    vigil.clock.advance(9)
    await vigil.says(ROOT, "/entity on person:lesnaya")
    on = await named("Это Анна Лесная.")
    [file] = await vigil.says(ROOT, "/entity export")

    assert (alias, dropped, kept, added, off, on) == (True, False, True, True, False, True)
    assert file.document is not None
    assert b"person:lesnaya" in file.document[1]


async def test_a_name_that_is_off_is_shown_changed_and_removed_as_any(vigil: Vigil) -> None:
    """Lists mark it, a page of its own says so; it is not taken for one that was built in."""
    await vigil.says(ROOT, "/entity add person:lesnaya Анна Лесная")
    await vigil.press(ROOT, "Save")
    on = (await vigil.says(ROOT, "/entity list"))[-1].text
    vigil.clock.advance(9)
    await vigil.says(ROOT, "/entity off person:lesnaya")
    said = []
    for asked in ("list", "list лесная", "show person:lesnaya", "edit person:lesnaya"):
        vigil.clock.advance(9)
        said.append((await vigil.says(ROOT, f"/entity {asked}"))[-1].text)
    [page] = await vigil.says(ROOT, "/entity list")
    await vigil.press(ROOT, page.labels()[0])
    pressed = vigil.chat(ROOT)[-1].text
    vigil.clock.advance(9)
    named = await vigil.says(ROOT, "/filter add desertion person:lesnaya NEAR/5 матрос")
    vigil.clock.advance(9)
    await vigil.says(ROOT, "/entity remove person:lesnaya")
    await vigil.press(ROOT, "Remove")

    off = "person:lesnaya counts no more;"
    assert said[0] == on.replace("person:lesnaya", "person:lesnaya (not counted)")
    assert said[1] == "person:lesnaya (not counted) Анна Лесная"
    assert off in said[2]
    assert pressed == said[2]
    assert said[3].endswith("/entity edit person:lesnaya ru:Анна Лесная uk:Анна Лесная gender:f")
    assert off in named[0].text
    assert await ids(vigil) == []
