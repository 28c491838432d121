# ruff: noqa: E501, SIM905 (tables of words read better unbroken)
"""Numbers as texts write them: digits, and words of three languages, counting and ordering.

«тысяча семьсот», «пятьюдесятью», «двісті», "two hundred and fifty", «сто пятьдесят пятая»,
"twenty-seventh". Texts are expected as `plain` makes them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

__all__ = [
    "CARDINAL_WORDS",
    "HALF",
    "NUMBER",
    "ORDINAL",
    "any_of",
    "at_least",
    "is_number",
    "ordinal",
    "plain",
    "value",
]

# One letter for one: offsets stay.
_PLAIN: Final = tuple(
    {
        "ё": "е",
        "Ё": "Е",
        "’": "'",
        "ʼ": "'",
        "`": "'",
        "‘": "'",
        "´": "'",
        "′": "'",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "–": "-",
        "‑": "-",
        "−": "-",
    }.items()
)


def plain(text: str) -> str:
    """The text as patterns read it: one е, one apostrophe, one dash, one space; same length."""
    if text.isascii() and "`" not in text:
        return text
    # Ten times as fast as `translate`, which looks up every letter.
    for written, meant in _PLAIN:
        if written in text:
            text = text.replace(written, meant)
    return text


def is_number(word: str) -> bool:
    """Whether a word, in lower case, is a number or part of one, counting or ordering."""
    if word[:2] not in _BEGUN and word.isalpha():
        return False
    return word in _WORDS or word in _MULTIPLIERS or word in _BOTH or ordinal(word) is not None


_BOTH: Final = frozenset("пара пару оба обоих обоим обе обидва обох обом both".split())
_WORDS: Final[dict[str, float]] = {}
_MULTIPLIERS: Final[dict[str, int]] = {}


def _learn(number: float, forms: str) -> None:
    _WORDS.update(dict.fromkeys(forms.split(), number))


for _number, _forms in (
    (1, "один одна одного одной одному одним одном одну одно одні одної одній однією one"),
    (1.5, "полтора полторы полутора полуторы півтора півтори"),
    (2, "два две двух двум двумя двое двоих двоим двоими дві двох двом двома двоє двойе обоих обеих two couple"),
    (3, "три трех трем тремя трое троих троим троими троих трьох трьом трьома троє three"),
    (4, "четыре четырех четырем четырьмя четверо четверых четверым четверыми чотири чотирьох чотирьом чотирма четверо four"),
    (5, "пять пяти пятью пятеро пятерых пятерым пятерыми п'ять п'яти п'ятьох п'ятьом п'ятьма п'ятеро five"),
    (6, "шесть шести шестью шестеро шестерых шестерым шість шести шістьох шістьом шістьма шестеро six"),
    (7, "семь семи семью семеро семерых семерым сім сімох сімома семи семеро seven"),
    (8, "восемь восьми восемью восьмью восьмеро восьмерых восьмерым вісім восьми вісьмох вісьма вісьмома восьмеро eight"),
    (9, "девять девяти девятью девятеро девятерых дев'ять дев'яти дев'ятьох дев'ятьма дев'ятеро nine"),
    (10, "десять десяти десятью десятеро десятерых десяток десятка десятке десять десятьох десятьма десятеро ten"),
    (11, "одиннадцать одиннадцати одиннадцатью одинадцять одинадцяти одинадцятеро одинадцятьом одинадцятьох eleven"),
    (12, "двенадцать двенадцати двенадцатью дванадцять дванадцяти дванадцятьох дванадцятеро дюжина дюжину дюжины дюжини twelve"),
    (13, "тринадцать тринадцати тринадцатью тринадцять тринадцяти тринадцятеро тринадцятьом тринадцятьох thirteen"),
    (14, "четырнадцать четырнадцати четырнадцатью чотирнадцять чотирнадцяти чотирнадцятеро чотирнадцятьом чотирнадцятьох fourteen"),
    (15, "пятнадцать пятнадцати пятнадцатью п'ятнадцять п'ятнадцяти п'ятнадцятеро п'ятнадцятьом п'ятнадцятьох fifteen"),
    (16, "шестнадцать шестнадцати шестнадцатью шістнадцять шістнадцяти шістнадцятеро шістнадцятьом шістнадцятьох sixteen"),
    (17, "семнадцать семнадцати семнадцатью сімнадцять сімнадцяти сімнадцятеро сімнадцятьом сімнадцятьох seventeen"),
    (18, "восемнадцать восемнадцати восемнадцатью вісімнадцять вісімнадцяти вісімнадцятеро вісімнадцятьом вісімнадцятьох eighteen"),
    (19, "девятнадцать девятнадцати девятнадцатью дев'ятнадцять дев'ятнадцяти дев'ятнадцятеро дев'ятнадцятьом nineteen"),
    (20, "двадцать двадцати двадцатью двадцять двадцяти двадцятьох двадцятеро twenty"),
    (30, "тридцать тридцати тридцатью тридцять тридцяти тридцятьох тридцятеро thirty"),
    (40, "сорок сорока forty"),
    (50, "пятьдесят пятидесяти пятьюдесятью полсотни півсотні п'ятдесят п'ятдесяти п'ятдесятьох fifty"),
    (60, "шестьдесят шестидесяти шестьюдесятью шістдесят шістдесяти шістдесятьох sixty"),
    (70, "семьдесят семидесяти семьюдесятью сімдесят сімдесяти сімдесятьох seventy"),
    (80, "восемьдесят восьмидесяти восемьюдесятью вісімдесят вісімдесяти вісімдесятьох eighty"),
    (90, "девяносто девяноста дев'яносто дев'яноста ninety"),
    (100, "сто ста сотня сотню сотней сотне сотня сотню сотнею"),
    (200, "двести двухсот двумстам двумястами двухстах двісті двохсот двомстам двомастами двохстах"),
    (300, "триста трехсот тремстам тремястами триста трьохсот трьомстам"),
    (400, "четыреста четырехсот четыремстам чотириста чотирьохсот чотирьомстам"),
    (500, "пятьсот пятисот пятистам пятьюстами п'ятсот п'ятисот п'ятистам"),
    (600, "шестьсот шестисот шестистам шістсот шестисот шестистам"),
    (700, "семьсот семисот семистам сімсот семисот семистам"),
    (800, "восемьсот восьмисот восьмистам вісімсот восьмисот восьмистам"),
    (900, "девятьсот девятисот девятистам дев'ятсот дев'ятисот дев'ятистам"),
    (6, "шестерыми шістьома"), (7, "семерыми сімом"), (8, "восьмерыми вісьмом"), (9, "девятерым девятерыми"), (10, "десятерым десятерыми"),
    (50, "полусотня полусотни полусотне полусотней"), (80, "восьмьюдесятью"), (150, "полтораста полутораста півтораста"),
    (300, "трехстах трьомастами трьохстах"), (400, "четырехстах четырьмястами чотирмастами чотирьохстах"), (500, "пятистах п'ятьмастами п'ятьомастами п'ятистах"),
    (600, "шестистах шестьюстами шістьмастами шістьомастами"), (700, "семистах семьюстами сьомастами сімомастами"),
    (800, "восьмистах восемьюстами восьмастами вісьмастами вісьмомастами"), (900, "девятистах девятьюстами дев'ятьмастами дев'ятьомастами дев'ятистах"),
):  # fmt: skip
    _learn(_number, _forms)
# The Ukrainian cases of -ять and -десят: п'ятьох, п'ятьом, п'ятьма, п'ятьома.
for _number, _forms in (
    *enumerate("п'ят шіст сім вісім дев'ят десят одинадцят дванадцят тринадцят чотирнадцят п'ятнадцят шістнадцят сімнадцят вісімнадцят дев'ятнадцят двадцят".split(), 5),
    (30, "тридцят"), (50, "п'ятдесят"), (60, "шістдесят"), (70, "сімдесят"), (80, "вісімдесят"),
):  # fmt: skip
    if _forms.endswith("т"):
        _learn(_number, " ".join(_forms + end for end in ("и", "ьох", "ьом", "ьма", "ьома")))
for _number, _forms in (
    (10, "десятка десятков десятками десятків десятком десятку десяткам десятках десятки"),
    (20, "scores"),
    (12, "dozen dozens дюжиной дюжиною дюжине дюжині"),
    (100, "hundred hundreds сотни сотен сотні сотень сотням сотнями сотнях"),
    (1000, "тысяча тысячи тысяч тысячу тысяче тысячей тысячам тысячами тысячах тысячью тыщ тыщу тыщи тыща тыс тыс. тис тис. тисяча тисячі тисяч тисячу тисячею тисячам тисячами тисячах thousand thousands"),
    (1_000_000, "миллион миллиона миллионов миллионом миллиону миллионами миллионам миллионах млн млн. мільйон мільйона мільйонів мільйоном мільйону мільйонами мільйонам мільйонах million millions"),
):  # fmt: skip
    _MULTIPLIERS.update(dict.fromkeys(_forms.split(), _number))
# A multiplier by itself is one of them («тысяча солдат», "a dozen"), these are vague.
_VAGUE: Final = frozenset(
    "десятки десяткам десятках сотням сотнями сотнях тыщ тыщи миллионами миллионам миллионах мільйонами мільйонам мільйонах десятков десятками десятків десятка dozens сотни сотен сотні сотень тысячи тысяч тысячам тысячами тысячах тисячі тисяч "
    "тисячам тисячами миллионов мільйонів тыс тыс. тис тис. млн млн. dozen hundred thousand million hundreds thousands millions scores".split()
)

_MANY: Final = frozenset(
    "десятки десятков десятками десяткам десятках десятків сотни сотен сотнями сотням сотнях сотні сотень dozens hundreds thousands millions scores".split()
)

_UNITS: Final = (
    (1, "перв перш", "first"),
    (2, "втор друг", "second"),
    (3, "трет", "third"),
    (4, "четверт", "fourth"),
    (5, "пят п'ят", "fifth"),
    (6, "шест шост", "sixth"),
    (7, "седьм сьом", "seventh"),
    (8, "восьм", "eighth"),
    (9, "девят дев'ят", "ninth"),
    (10, "десят", "tenth"),
    (11, "одиннадцат одинадцят", "eleventh"),
    (12, "двенадцат дванадцят", "twelfth"),
    (13, "тринадцат тринадцят", "thirteenth"),
    (14, "четырнадцат чотирнадцят", "fourteenth"),
    (15, "пятнадцат п'ятнадцят", "fifteenth"),
    (16, "шестнадцат шістнадцят", "sixteenth"),
    (17, "семнадцат сімнадцят", "seventeenth"),
    (18, "восемнадцат вісімнадцят", "eighteenth"),
    (19, "девятнадцат дев'ятнадцят", "nineteenth"),
    (20, "двадцат двадцят", "twentieth"),
    (30, "тридцат тридцят", "thirtieth"),
    (40, "сороков", "fortieth"),
    (50, "пятидесят п'ятдесят", "fiftieth"),
    (60, "шестидесят шістдесят", "sixtieth"),
    (70, "семидесят сімдесят", "seventieth"),
    (80, "восьмидесят вісімдесят", "eightieth"),
    (90, "девяност дев'яност", "ninetieth"),
    (100, "сот", "hundredth"),
)
_STEMS: Final = {stem: number for number, stems, _ in _UNITS for stem in stems.split()}
_ENGLISH_ORDINALS: Final = {word: number for number, _, word in _UNITS}
_BEGUN: Final = frozenset(
    word[:2] for word in (*_WORDS, *_MULTIPLIERS, *_BOTH, *_STEMS, *_ENGLISH_ORDINALS)
)
# Adjective endings of both languages, «третьего» and «третьої» with their soft sign.
_ENDING: Final = r"(?:ь?(?:ый|ий|ой|ая|я|ое|е|ого|его|ому|ему|ым|им|ом|ем|ую|ю|ей|ых|их|ыми|ими|ые|ие|а|у|ої|ої|ьої|ій|ою|ього|ьому|ім|і))"


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first, that shares their beginnings:
    Python's engine would try hundreds of alternatives one by one.

    Equal for equal words in any order: what it can begin with ships, named by its letters.
    """
    tree: dict[str, Any] = {}
    for word in sorted(words):
        node = tree
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}
    return _branch(tree)


def _branch(node: dict[str, Any]) -> str:
    branches = [re.escape(letter) + _branch(rest) for letter, rest in node.items() if letter]
    if not branches:
        return ""
    inner = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    return f"(?:{inner})?" if "" in node else inner


_WORD: Final = any_of({*_WORDS, *_MULTIPLIERS} - {"тыс.", "тис.", "млн."})
_STEM: Final = any_of(_STEMS)
_TENS: Final = any_of(
    word
    for word, number in _WORDS.items()
    if number >= 20 and not word.startswith(("сотн", "пол", "пів"))
)
CARDINAL_WORDS: Final = rf"(?:{_WORD})(?!\w)(?:[ -](?:and )?(?:{_WORD})(?!\w))*"
_SCALE: Final = (
    r"(?:тыс|тис|млн)\b\.?|тысяч\w*|тисяч\w*|thousand|hundred|dozen|десятк\w+|сотен|сотень"
    r"|million|миллион\w*|мільйон\w*"
)
HALF: Final = r"(?:с половиной|з половиною|із половиною|and a half|and-a-half)"
# 60, 1 700, 1,700, 19.740, 2,5, «1,7 тыс.»; or words.
NUMBER: Final = rf"(?:\d{{1,3}}\s?½|\d{{1,3}}\s(?:тыс|тис)\w*\s\d{{3}}(?!\d)|(?:\d{{1,3}}(?:[ ,.]\d{{3}})+(?!\d)|\d+(?:[.,]\d+)?)(?:\s?(?:{_SCALE}))?|{CARDINAL_WORDS}(?:\s{HALF}\s(?:{_SCALE}))?)"
# «пятой», «сто пятьдесят пятая», "twenty-seventh".
ORDINAL: Final = (
    rf"(?:(?:(?:{_TENS})[ -]){{0,2}}(?:(?:{_STEM}){_ENDING}|{any_of(_ENGLISH_ORDINALS)})(?!\w))"
)
_ORDINAL_WORD: Final = re.compile(rf"({_STEM}){_ENDING}")
_SPLIT: Final = re.compile(r"[ -]+")


@lru_cache(maxsize=4096)
def value(text: str) -> float | None:
    """The number a text in the form of NUMBER stands for; None for a vague one («сотни»)
    or for words that make no number («два три»)."""
    low = text.lower().strip()
    if low.endswith("½"):
        return float(low[:-1]) + 0.5
    halved = re.fullmatch(rf"(.+)\s{HALF}\s(\S+)", low)
    if halved:
        many, scale = _sum(_SPLIT.split(halved[1])), _MULTIPLIERS.get(halved[2])
        return (many + 0.5) * scale if many and scale else None
    mixed = re.fullmatch(r"(\d{1,3})\s(?:тыс|тис)\w*\s(\d{3})", low)
    if mixed:
        return float(mixed[1]) * 1000 + float(mixed[2])
    head = re.match(r"(?:\d{1,3}(?:[ ,.]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)", low)
    if head:
        grouped = re.fullmatch(r"\d{1,3}(?:[ ,.]\d{3})+", head[0])
        number = float(re.sub(r"\D", "", head[0]) if grouped else head[0].replace(",", "."))
        rest = low[head.end() :].strip()
        if not rest:
            return number
        scale = _MULTIPLIERS.get(rest)
        return number * scale if scale else None
    parts = [part for part in _SPLIT.split(low) if part != "and"]
    if len(parts) == 1 and parts[0] in _VAGUE:
        return {"dozen": 12.0, "hundred": 100.0, "thousand": 1000.0}.get(parts[0])
    return _sum(parts)


@lru_cache(maxsize=4096)
def at_least(text: str, *, one: bool = False) -> float | None:
    """The fewest that a vague number means: two of what it names («сотни» 200, «десятки тысяч»
    20,000, "dozens" 20 as «десятки», which they stand for), or `one` («больше сотни»). None for what is not vague."""
    parts = [part for part in _SPLIT.split(text.lower().strip()) if part != "of"]
    scales = [10 if part == "dozens" else _MULTIPLIERS.get(part) for part in parts]
    if not scales or None in scales:
        return None
    return math.prod(filter(None, scales)) * (1.0 if one else 2.0)


def _sum(parts: list[str]) -> float | None:
    total = current = 0.0
    for part in parts:
        if part in _MANY and not current:
            return None  # «сотни тысяч»
        if part in _MULTIPLIERS:
            scale = _MULTIPLIERS[part]
            if scale >= 1000:
                total += (current or 1) * scale
                current = 0
            elif current >= scale:
                return None
            else:
                current = (current or 1) * scale
        elif part in _WORDS:
            number = _WORDS[part]
            if current and (number >= _place(current) or number == 1.5):
                return None
            current += number
        else:
            return None
    return total + current


def _place(number: float) -> float:
    """What may still be added to a number: below its last digit that is not nought."""
    whole = int(number)
    if whole % 100 == 0:
        return 100
    return 10 if whole % 10 == 0 and whole % 100 != 10 else 0


@lru_cache(maxsize=4096)
def ordinal(text: str) -> int | None:
    """The number an ordinal stands for: in words, or digits with or without an ending."""
    low = text.lower().strip()
    digits = re.match(r"\d+", low)
    if digits:
        return int(digits[0])
    *tens, last = _SPLIT.split(low)
    found = _ORDINAL_WORD.fullmatch(last)
    number = _STEMS[found[1]] if found else _ENGLISH_ORDINALS.get(last)
    if number is None:
        return None
    head = _sum(tens) if tens else 0.0
    if head is None or (head and number >= _place(head)):
        return None
    return int(head + number)
