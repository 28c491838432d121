"""Numbers as texts write them: digits, and words of three languages up to ninety-nine."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["NUMBER", "ORDINALS", "value"]

_WORDS: Final[dict[str, int]] = {}


def _learn(number: int, forms: str) -> None:
    _WORDS.update(dict.fromkeys(forms.split(), number))


for _number, _forms in (
    (1, "один одна одного одной одному одним одно одна one"),
    (2, "два две двух двум двумя двое двоих двоим дві двох двом двома двоє two couple"),
    (3, "три трех трем тремя трое троих троим трьох трьом трьома троє three"),
    (4, "четыре четырех четырем четверо четверых чотири чотирьох чотирьом четверо четверым four"),
    (5, "пять пяти пятеро пятерых пятью п'ять п'яти п'ятьох п'ятьом п'ятеро п'ятьма five"),
    (6, "шесть шести шестеро шестерых шістьма шість шести шістьох шестеро six"),
    (7, "семь семи семеро семерых сім семи сімох семеро seven"),
    (8, "восемь восьми восьмеро вісім восьми вісьмох eight"),
    (9, "девять девяти девятеро дев'ять дев'яти дев'ятьох nine"),
    (10, "десять десяти десятеро десятьох ten"),
    (11, "одиннадцать одиннадцати одинадцять одинадцяти eleven"),
    (12, "двенадцать двенадцати дванадцять дванадцяти twelve dozen"),
    (13, "тринадцать тринадцати тринадцять тринадцяти thirteen"),
    (14, "четырнадцать четырнадцати чотирнадцять fourteen"),
    (15, "пятнадцать пятнадцати п'ятнадцять fifteen"),
    (16, "шестнадцать шестнадцати шістнадцять sixteen"),
    (17, "семнадцать семнадцати сімнадцять seventeen"),
    (18, "восемнадцать вісімнадцять eighteen"),
    (19, "девятнадцать дев'ятнадцять nineteen"),
    (20, "двадцать двадцати двадцять двадцяти twenty"),
    (30, "тридцать тридцати тридцять тридцяти thirty"),
    (40, "сорок сорока forty"),
    (50, "пятьдесят пятидесяти п'ятдесят fifty"),
    (60, "шестьдесят шестидесяти шістдесят sixty"),
    (70, "семьдесят семидесяти сімдесят seventy"),
    (80, "восемьдесят вісімдесят eighty"),
    (90, "девяносто дев'яносто ninety"),
    (100, "сто ста сотня сотню сотни сотні hundred"),
):
    _learn(_number, _forms)

ORDINALS: Final[dict[str, str]] = {
    stem: str(number)
    for number, stems in enumerate(
        (
            "перв перш first",
            "втор друг second",
            "треть третин третьо третя третю трет third",
            "четверт fourth",
            "пят п'ят п’ят fifth",
            "шест шост sixth",
        ),
        1,
    )
    for stem in stems.split()
}

_WORD: Final = "|".join(
    sorted((re.escape(w).replace("'", "['’ʼ]") for w in _WORDS), key=len, reverse=True)
)
# 60, 1 700, 1,700, 19.740, 2,5; or words: «двадцать пять», "twenty-five".
NUMBER: Final = (
    rf"(?:\d{{1,3}}(?:[ \u00a0,.]\d{{3}})+(?!\d)|\d+(?:[.,]\d+)?|(?:{_WORD})(?:[ -](?:{_WORD}))?)"
)


def value(text: str) -> float | None:
    """The number a text in the form of NUMBER stands for."""
    plain = text.lower().replace("’", "'").replace("ʼ", "'").replace("ё", "е")
    if plain[0].isdigit():
        grouped = re.fullmatch(r"\d{1,3}(?:[ \u00a0,.]\d{3})+", plain)
        digits = re.sub(r"\D", "", plain) if grouped else plain.replace(",", ".")
        return float(digits)
    parts = re.split(r"[ -]", plain)
    if any(part not in _WORDS for part in parts):
        return None
    numbers = [_WORDS[part] for part in parts]
    if len(numbers) == 2 and not (numbers[0] >= 20 > numbers[1]) and numbers[1] != 100:
        return float(numbers[-1])
    return float(numbers[0] * 100 if len(numbers) == 2 and numbers[1] == 100 else sum(numbers))
