"""A text that a button asked for: nothing else is taken for it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.support.vigil import ROOT, Vigil

NO_ANSWER = "I understand commands only. /help lists them."
ASKED = {
    "a form": (["/entity forms person:lesnaya", "Add a form…"], "Аннушка"),
    "an expression": (["/filter add desertion матрос", "Change"], "матрос* NEAR/3 склад*"),
    "own words": (["/watch Зайцево", "Change"], "Авдеевка"),
    "a place": (["/topics", "how ›", "Narrow ›", "Place…"], "Псков"),
}


async def ask(vigil: Vigil, steps: Sequence[str]) -> None:
    """Commands and presses, one behind the other."""
    for step in steps:
        vigil.clock.advance(9)
        await (vigil.says(ROOT, step) if step.startswith("/") else vigil.press(ROOT, step))


async def subscribed(vigil: Vigil) -> None:
    await vigil.subscriber(ROOT, "desertion", lang="en")


async def with_a_name(vigil: Vigil) -> None:
    await subscribed(vigil)
    await ask(vigil, ["/entity add person:lesnaya Анна Лесная", "Save"])


@pytest.mark.parametrize("what", ASKED)
async def test_a_text_answers_the_question_until_another_command(vigil: Vigil, what: str) -> None:
    """The text is taken at once; behind a command, or after minutes, it is a text as any."""
    steps, text = ASKED[what]
    await (with_a_name if what == "a form" else subscribed)(vigil)
    answers = []
    for between in ([], ["/help"], []):
        await ask(vigil, [*steps, *between])
        vigil.clock.advance(11 * 60 if len(answers) == 2 else 1)
        answers.append((await vigil.says(ROOT, text))[-1].text)

    assert answers[0] != NO_ANSWER
    assert answers[1:] == [NO_ANSWER] * 2


async def test_a_page_with_buttons_asks_for_no_text(vigil: Vigil) -> None:
    """What buttons would do is kept for a day; a link that is pasted then is no form of a name."""
    await with_a_name(vigil)
    await ask(vigil, ["/entity forms person:lesnaya"])
    vigil.clock.advance(3 * 3600)

    said = (await vigil.says(ROOT, "https://t.me/some_channel/123"))[-1].text

    assert said.startswith("Not read here:")


async def test_of_two_questions_the_last_is_answered(vigil: Vigil) -> None:
    """A text never answers what somebody was asked before."""
    await with_a_name(vigil)
    await ask(vigil, ["/entity forms person:lesnaya", "/topics", *ASKED["a place"][0][1:]])
    await ask(vigil, ["Add a form…"])

    said = (await vigil.says(ROOT, "Аннушка"))[-1].text

    assert said.startswith("person:lesnaya")
    assert "аннушка" in said


@pytest.mark.parametrize("what", ASKED)
async def test_a_pasted_link_is_asked_about_all_the_same(vigil: Vigil, what: str) -> None:
    """Nobody means a link as words: it is told what became of it, and the question stays open."""
    steps, text = ASKED[what]
    await (with_a_name if what == "a form" else subscribed)(vigil)
    await ask(vigil, steps)
    vigil.clock.advance(5)

    link = (await vigil.says(ROOT, "see https://t.me/some_channel/123"))[-1].text
    vigil.clock.advance(5)
    answer = (await vigil.says(ROOT, text))[-1].text

    assert link.startswith("Not read here:")
    assert answer != NO_ANSWER
