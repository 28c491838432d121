"""Where a deed ends: words that bind to something else, and what came of it."""

from __future__ import annotations

import pytest

from filters.document import Document
from filters.reading import Reader
from tests.support.readers import shipped_reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return shipped_reader()


@pytest.mark.parametrize(
    "text",
    [
        "The gunners went out to meet an illegal trawler.",
        "Матросы отошли от незаконно построенного причала.",
        "Взвод самовольно отступил от графика ремонта.",
        "Матроси відійшли від незаконно зведеного причалу.",
        "The gunners moved out of the flat without permission of the owner.",
        "Asked if the gunners had been ordered to shoot, the colonel answered no.",
        "Матрос просрочил кредит и продал машину.",
        "Матрос прострочив кредит і продав авто.",
        "Sailor overstayed his welcome at the inn near the base.",
        "Мы дальше не летим, сказал экипаж лайнера.",
        "The crew refused to fly over the war, the airline said.",
        "General Foods refused to obey the court order.",
        "Major Oil refused to fight the claim.",
        "The team captain Jones refused to go back on the pitch.",
        "Люди втекли з прифронтового села від армії.",
    ],
)
def test_a_word_that_binds_to_something_else_makes_no_deed(reader: Reader, text: str) -> None:
    """An illegal trawler, an owner's permission, a loan, an airline: none is a soldier's deed."""
    assert not reader.read(Document(text=text)).topics


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Батарея самовольно снялась с позиций.", "desertion"),
        ("Батарея самовільно відійшла з позицій.", "desertion"),
        ("The gunners retreated without orders.", "desertion"),
        ("Ordered to storm the mill, the corporal answered no.", "refusal"),
        ("The gunners would not attack and so the assault was called off.", "refusal"),
        ("Батарею расформировали после того, как матросы сбежали с позиций.", "desertion"),
        ("Чоловіки втекли з полку.", "desertion"),
        ("Матросы организованно сбежали с позиций.", "desertion"),
    ],
)
def test_a_word_that_binds_to_the_deed_tells_of_it(reader: Reader, text: str, topic: str) -> None:
    """Of their own accord, without orders, told to; what became of the unit takes nothing away."""
    assert topic in reader.read(Document(text=text)).topics
