"""/export and /import: a file out, a summary and a button, a file in."""

from __future__ import annotations

from bot.model import SourceState
from bot.store import sources
from tests.chat.test_filters import saved
from tests.support.telegram_world import Posted
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil


async def sends(vigil: Vigil, name: str, content: str, user: int = ROOT) -> list[Posted]:
    before = len(vigil.chat(user))
    vigil.telegram.people.sends_file(user, name, content.encode())
    await vigil.settle()
    return vigil.chat(user)[before:]


async def test_what_was_exported_is_imported_again(vigil: Vigil) -> None:
    """A removed source and filter come back by one file and one button; undo takes them away."""
    source = await vigil.add_source("a", title="Pskov Post")
    await vigil.says(ROOT, "/filter add desertion самоволка")
    await vigil.press(ROOT, "Save")
    [each] = await saved(vigil)
    *_, said = await vigil.says(ROOT, "/export")
    assert said.document is not None
    assert said.text.startswith("1 source, 1 filter.")
    name, content = said.document
    assert name.endswith(".toml")
    [nothing] = await sends(vigil, name, content.decode())
    assert nothing.text == "Everything in it is here already. Nothing was changed."

    await vigil.says(ROOT, f"/filter remove {each.key}")
    await vigil.press(ROOT, "Remove")
    await vigil.says(ROOT, f"/source remove {source.id}")
    await vigil.press(ROOT, "Remove")
    [asked] = await sends(vigil, name, content.decode())
    assert "New: 1 source, 1 filter." in asked.text
    assert asked.labels() == ["Import", "Keep"]
    assert await saved(vigil) == []
    await vigil.press(ROOT, "Import")
    assert asked.text.startswith("Imported.")
    assert [f.expression for f in await saved(vigil)] == ["самоволка"]
    async with vigil.app.engine.store.read() as conn:
        back = await sources.get(conn, source.id)
    assert back is not None
    assert (back.state, back.title) == (SourceState.ACTIVE, "Pskov Post")

    await vigil.says(ROOT, "/undo last")
    assert await saved(vigil) == []


async def test_a_fault_imports_nothing(vigil: Vigil) -> None:
    """Every fault with its line's number; the good lines wait for the mended file."""
    [wrong] = await sends(
        vigil, "f.csv", "topic,expression\ndesertion,самоволка\nrefusel,отказник\nrefusal,(отказ\n"
    )

    assert wrong.text.startswith("Nothing was imported.")
    assert "filter 2: topic “refusel” is not known. There is: refusal" in wrong.text
    assert "filter 3: " in wrong.text
    assert wrong.labels() == []
    assert await saved(vigil) == []


async def test_words_that_were_saved_before_a_question_are_imported(vigil: Vigil) -> None:
    """A new version asks about «без»; the file that an older one wrote is taken as it is."""
    said = "бросили без еды и воды"
    file = (
        f'vigil = 1\n[[filter]]\ntopic = "desertion"\nexpression = "{said}"\n'
        f'[[group]]\nname = "hungry"\nwords = "{said}"\n'
    )
    [asked] = await sends(vigil, "vigil.toml", file)
    assert asked.labels() == ["Import", "Keep"], asked.text
    await vigil.press(ROOT, "Import")
    [typed] = await sends(vigil, "f.csv", "topic,expression\ndesertion,ушли без еды\n")

    assert asked.text.startswith("Imported."), asked.text
    assert [each.expression for each in await saved(vigil)] == [said]
    assert typed.text.startswith("Nothing was imported.")
    assert "This may mean two things" in typed.text


async def test_many_filters_by_a_table(vigil: Vigil) -> None:
    """A spreadsheet's file: one press for all, at work at once."""
    await sends(vigil, "f.csv", "topic;expression\ndesertion;самоволка\nrefusal;отказник\n")
    await vigil.press(ROOT, "Import")

    assert [f.expression for f in await saved(vigil)] == ["самоволка", "отказник"]


async def test_subscribers_neither_export_nor_import(vigil: Vigil) -> None:
    """They are not told that there is such a thing."""
    await vigil.subscriber(SUBSCRIBER)
    [said] = await vigil.says(SUBSCRIBER, "/export")
    [sent] = await sends(vigil, "f.csv", "topic,expression\nrefusal,отказник\n", SUBSCRIBER)

    assert "There is no /export" in said.text
    assert sent.text == "I understand commands only. /help lists them."
