"""The changes of an edited post that matter: names, numbers, places, negations. Pure.

Typos, punctuation, footers, links, counters of views and lines that say "updated 14:35" are
none. A name in another case, a number in words, a sentence that moved are none either: a
word counts only where the other text lacks it altogether.

    found = changes(before, after)   ((«около 60 бойцов», «около 40 бойцов»),)
    material(before, after)          whether there is any
    edited(view)                     an alert with the text to show since, and these beside it
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import Final

from bot.model.views import AlertView, Changed, TextVersion
from bot.stories.event_words import concept_of
from bot.stories.identity import body_text
from bot.stories.lexicon import lexicon
from filters.entities.forms import is_common, is_known

__all__ = ["MOST_CHANGES", "changes", "edited", "edited_all", "material"]

MOST_CHANGES: Final = 3
"""Changes that are worth a line of an alert."""

_MAX_PHRASE_LETTERS: Final = 80  # letters of a phrase
_MOST_WORDS: Final = 3_000  # of a text; what lies beyond is not compared
_TYPO_RATIO: Final = 0.7  # two words more alike than this are one word, corrected
_UKRAINIAN: Final = re.compile("[іїєґІЇЄҐ]")
_CYRILLIC: Final = re.compile("[\u0400-\u052f]")
_CONTEXT_WORDS: Final = 2  # words around a change that has little of its own

_LINK: Final = re.compile(r"https?://\S+|(?<!\w)[@#][\w-]+|\b(?:t\.me|www\.)\S+", re.I)
_COUNTER: Final = re.compile(
    r"\d[\d\s.,]{0,20}[kкмm]?\s?(?:просмотр|перегляд|views?\b|лайк|коммент|likes?\b|comments?\b)\w*"
    r"|\b(?:просмотр\w*|перегляд\w*|views?|лайк\w*|likes?|comments?)\s{0,4}[:—–-]?\s{0,4}\d[\d\s.,]{0,20}",
    re.I,
)
_STAMP: Final = re.compile(
    r"^[^\w\n]*+(?:upd(?:ate[ds]?)?|updated|last\s+updated|edited|обновл\w+|обновил\w+|оновлен\w+"
    r"|изменен\w+|исправлен\w+|правка|опубликован\w+|опубліковано|published)\b(?:(?:[^\w\n]|\d)*+[^\W\d]{1,12}){0,3}+(?:[^\w\n]|\d)*+$",
    re.I | re.M,
)
_WORD: Final = re.compile(
    r"\d+(?:[.,:\u00a0 ]\d{3})+(?!\d)|\d+(?:[.,]\d+)?|\w++(?:['’ʼ-]\w++)*", re.UNICODE
)
_SENTENCE_ENDS: Final = re.compile(r"[.!?…:«\"“„\n—–(]\W*$")

_NEGATIVE: Final = (
    "не ни нет без нельзя никто никого никогда ні немає нема жоден жодного жодної нікого ніколи"
    " no not never none nobody neither nor without cannot"
)
_NEGATIONS: Final = frozenset(_NEGATIVE.split())
_NUMBERS: Final = {
    word: value
    for value, words in {
        "0": "ноль нуль zero",
        "1": "один одна одного одной одну одним одна одного однієї one",
        "2": "два две двое двух двум двумя двоих двоє двох двом дві two both оба обе обоих",
        "3": "три трое трёх трех трем тремя троих троє трьох трьом three",
        "4": "четыре четверо четырёх четырех четверых чотири четверо чотирьох four",
        "5": "пять пятеро пяти пятерых п'ять п'ятеро п'яти п'ятьох five",
        "6": "шесть шестеро шести шестерых шість шестеро шести шістьох six",
        "7": "семь семеро семи семерых сім семеро семи сімох seven",
        "8": "восемь восьмеро восьми вісім восьмеро восьми вісьмох eight",
        "9": "девять девятеро девяти дев'ять дев'ятеро дев'яти nine",
        "10": "десять десятеро десяти десятьох ten",
        "11": "одиннадцать одиннадцати одинадцять одинадцяти eleven",
        "12": "двенадцать двенадцати дванадцять дванадцяти twelve",
        "13": "тринадцать тринадцати тринадцять тринадцяти thirteen",
        "14": "четырнадцать четырнадцати чотирнадцять чотирнадцяти fourteen",
        "15": "пятнадцать пятнадцати п'ятнадцять п'ятнадцяти fifteen",
        "16": "шестнадцать шестнадцати шістнадцять шістнадцяти sixteen",
        "17": "семнадцать семнадцати сімнадцять сімнадцяти seventeen",
        "18": "восемнадцать восемнадцати вісімнадцять вісімнадцяти eighteen",
        "19": "девятнадцать девятнадцати дев'ятнадцять дев'ятнадцяти nineteen",
        "20": "двадцать двадцати двадцять двадцяти twenty",
        "30": "тридцать тридцати тридцять тридцяти thirty",
        "40": "сорок сорока forty",
        "50": "пятьдесят пятидесяти п'ятдесят п'ятдесяти fifty",
        "60": "шестьдесят шестидесяти шістдесят шістдесяти sixty",
        "70": "семьдесят семидесяти сімдесят сімдесяти seventy",
        "80": "восемьдесят восьмидесяти вісімдесят вісімдесяти eighty",
        "90": "девяносто девяноста дев'яносто дев'яноста ninety",
        "100": "сто ста сотня сотни hundred",
        "1000": "тысяча тысячи тысяч тисяча тисячі тисяч thousand",
    }.items()
    for word in words.split()
}
_VOWELS: Final = "аеёиоуыэюяіїєьйaeiouy'ʼ’"


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as written, as compared, and what it stands for if it matters ("" if not)."""

    shown: str
    key: str
    weight: str
    head: bool = False  # it opens a sentence, and may be a name that no dictionary knows


def edited(view: AlertView) -> AlertView:
    """The alert as it is shown after edits of its item.

    The text is that of the last version which matches and differs in what matters from the one
    shown before. Where the current one no longer matches, the chat keeps the text that explains
    its alert, with the changes beside it. Repeating it changes nothing.
    """
    if not view.versions:
        return view
    told = shown = view.versions[0]
    at: datetime | None = None
    for last, each in pairwise(view.versions):
        if material(_of(last), _of(each)):
            at = each.seen_at
        if each.matches and material(_of(shown), _of(each)):
            shown = each
    parts = changes(_of(told), _of(view.versions[-1])) if at is not None else ()
    changed = Changed(at, parts) if at is not None and parts else None
    return replace(view.showing(shown), changed=changed, versions=())


def edited_all(views: Iterable[AlertView]) -> tuple[AlertView, ...]:
    """As `edited`, each."""
    return tuple(map(edited, views))


def _of(version: TextVersion) -> str:
    return f"{version.title}\n{version.text}"


@lru_cache(maxsize=64)  # one edit is shown in every chat that was told
def material(before: str, after: str) -> bool:
    """Whether the edit changed a name, number, place or negation."""
    return next(_changes(before, after), None) is not None


@lru_cache(maxsize=64)
def changes(before: str, after: str, most: int = MOST_CHANGES) -> tuple[tuple[str, str], ...]:
    """What the edit changed that matters, in order, at most `most`: (was, is).

    Either side is "" where something was only added or taken away. Each is a phrase of
    its text, at most 80 letters, on one line.
    """
    found: list[tuple[str, str]] = []
    for each in _changes(before, after):
        if each not in found:
            found.append(each)
        if len(found) == most:
            break
    return tuple(found)


def _changes(before: str, after: str) -> Iterator[tuple[str, str]]:
    old, new = _words(before), _words(after)
    gone, come = _differ(old, new), _differ(new, old)
    if not gone and not come and not (_heads(old) ^ _heads(new)):
        return
    matcher = SequenceMatcher(None, [w.key for w in old], [w.key for w in new], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        lost = any(word.weight in gone for word in old[a:b])
        won = any(word.weight in come for word in new[c:d])
        swapped = tag == "replace" and _swapped(old, old[a], new, new[c])
        if lost or won or swapped:
            yield _pair(old, (a, b), new, (c, d))


def _heads(words: Sequence[_Word]) -> set[str]:
    return {word.key for word in words if word.head}


def _swapped(old: Sequence[_Word], was: _Word, new: Sequence[_Word], now: _Word) -> bool:
    """Whether a sentence that began with one name begins with another, as far as can be told
    without a dictionary of names: neither is a word of the other text, nor a typo of the other.
    """
    if not (was.head or was.weight[:1] == "^") or not (now.head or now.weight[:1] == "^"):
        return False
    here, there = {_stem(word.key) for word in old}, {_stem(word.key) for word in new}
    if _stem(was.key) in there or _stem(now.key) in here:
        return False
    return SequenceMatcher(None, was.key, now.key, autojunk=False).ratio() < _TYPO_RATIO


def _differ(words: Sequence[_Word], others: Sequence[_Word]) -> frozenset[str]:
    """Words that matter here and occur there less often; names only if they do not occur there."""
    here = Counter(word.weight for word in words if word.weight)
    there = Counter(word.weight for word in others if word.weight)
    plain = {word.key for word in others}
    return frozenset(
        weight
        for weight, n in here.items()
        if (n > there[weight] if weight[0] == "-" else not there[weight])
        # A name that was written small, or began a sentence, is no new name.
        and not (weight[0] == "^" and weight[1:] in {_stem(key) for key in plain})
    )


def _words(text: str) -> list[_Word]:
    text = _COUNTER.sub(" ", _STAMP.sub("", _LINK.sub(" ", body_text(text))))
    lang = "uk" if _UKRAINIAN.search(text) else "ru"
    words: list[_Word] = []
    for found in _WORD.finditer(text):
        shown = found[0]
        key = shown.casefold().replace("ё", "е").replace("’", "'").replace("ʼ", "'")
        opens = not words or _SENTENCE_ENDS.search(text, max(0, found.start() - 4), found.start())
        weight = _weight(shown, key, bool(opens))
        opening = opens and not weight and len(shown) > 2 and shown[0].isupper()
        kind = _opening(key, lang) if opening else ""
        words.append(_Word(shown, key, f"^{_stem(key)}" if kind == "name" else weight, kind == "?"))
        if len(words) == _MOST_WORDS:
            break
    return words


@lru_cache(maxsize=2_048)
def _opening(key: str, lang: str) -> str:
    """What a capital letter at the head of a sentence means: `name`, `?` (it may be one), ""."""
    if key in lexicon().common or concept_of(key):
        return ""
    if not _CYRILLIC.match(key):
        return "?"
    try:
        if is_common(key, lang):
            return ""
        return "name" if is_known(key, lang) else "?"
    except ValueError:  # no such dictionary is installed
        return "?"


def _weight(shown: str, key: str, opens: bool) -> str:
    """`#60` of a number, `-` of a negation, `^псков` of a name; "" of any other word."""
    if shown[0].isdigit():
        digits = re.sub(r"(?<=\d)[\u00a0 .,](?=\d{3}(?!\d))", "", shown)
        return f"#{digits}"
    if key in _NUMBERS:
        return f"#{_NUMBERS[key]}"
    if key in _NEGATIONS or key.endswith("n't"):
        return "-"
    named = shown[0].isupper() and not opens and len(shown) > 1
    return f"^{_stem(key)}" if named else ""


def _stem(key: str) -> str:
    """Without what cases change: «псков», «пскове», «пскову» are one."""
    least = max(3, len(key) - 3)
    while len(key) > least and key[-1] in _VOWELS + "мхвг":
        key = key[:-1]
    return key.rstrip(_VOWELS) or key


def _pair(
    old: Sequence[_Word], was: tuple[int, int], new: Sequence[_Word], now: tuple[int, int]
) -> tuple[str, str]:
    """The two phrases; what is only added or taken away has words around it to be read by."""
    (a, b), (c, d) = was, now
    if max(b - a, d - c) <= _CONTEXT_WORDS:
        after = 1 if b < len(old) and d < len(new) else 0
        before = 1 if not after and a and c else 0
        a, c, b, d = a - before, c - before, b + after, d + after
    return _phrase(old[a:b]), _phrase(new[c:d])


def _phrase(words: Sequence[_Word]) -> str:
    phrase = " ".join(word.shown for word in words)
    if len(phrase) <= _MAX_PHRASE_LETTERS:
        return phrase
    return phrase[:_MAX_PHRASE_LETTERS].rsplit(" ", 1)[0] + "…"
