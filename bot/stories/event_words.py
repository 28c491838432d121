"""What single words say: their concept by the lexicon, a stage, a number, a day. Pure.

Each word is looked up once, however many questions it answers.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from bot.stories.lexicon import lexicon
from bot.stories.spelling import plain, skeleton

__all__ = ["FIGURES", "Seen", "concept_of", "read", "seen", "value"]

_GROUPED: Final = re.compile(r"\d{1,3}(?:[ \u00a0\u202f,]\d{3})+")
_WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        (
            "понедельник понедельника понеділок понеділка monday",
            "вторник вторника вівторок вівторка tuesday",
            "среда среду среды середа середу середи wednesday",
            "четверг четверга четвер четверга thursday",
            "пятница пятницу пятницы п'ятниця п'ятницю п'ятниці friday",
            "суббота субботу субботы субота суботу суботи saturday",
            "воскресенье воскресенья неділя неділю неділі sunday",
        ),
        1,
    )
    for name in names.split()
}
_MAX_ENDING_LETTERS: Final = 7  # letters that endings and suffixes may add


@cache
def _stems() -> dict[str, tuple[tuple[str, str], ...]]:
    """(list, name) by stem; "=stem" is kept so."""
    known = lexicon()
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    lists = {
        "concept": {**known.setting, **known.detail},
        "stage": known.stages,
        "says": {"": known.saying},
        "holds": {"": known.offices},
    }
    for kind, groups in lists.items():
        for name, stems in groups.items():
            for stem in stems.replace("ё", "е").split():
                found[stem] = (*found.get(stem, ()), (kind, name))
    return found


class _Word(NamedTuple):
    """What the lists say of a word, by its longest stem first."""

    concept: str
    stages: tuple[str, ...]
    says: bool
    holds: bool


@lru_cache(maxsize=16_384)
def read(word: str) -> _Word:
    """What the lists say of a word in lower case."""
    known = _stems()
    found = list(known.get("=" + word, ()))
    for length in range(len(word), max(1, len(word) - _MAX_ENDING_LETTERS - 1), -1):
        if there := known.get(word[:length]):
            found += there
    if not found:
        return _NO_WORD
    concept = next((name for kind, name in found if kind == "concept"), "")
    stages = tuple(name for kind, name in found if kind == "stage")
    kinds = {kind for kind, _ in found}
    return _Word(concept, stages, "says" in kinds, "holds" in kinds)


_NO_WORD: Final = _Word("", (), False, False)


class Seen(NamedTuple):
    """A word as it stands in a text, with all that is asked of it.

    `skeleton` is of a name whole, of another word as it is compared: "" where it says nothing.
    `weekday` as in `counts`.
    """

    plain: str
    read: _Word
    is_capitalised: bool
    skeleton: str
    number: float | None
    weekday: str


FIGURES: Final = Seen("", _NO_WORD, False, "", None, "")


@lru_cache(maxsize=16_384)
def seen(word: str) -> Seen:
    """Each word is looked up once, however many questions it answers."""
    if word[0].isdigit():
        return FIGURES
    low = plain(word)
    told, is_upper = read(low), word.isupper()
    weekday = f"w{_WEEKDAYS[low]}" if low in _WEEKDAYS else ""
    if word[0].isupper() and not (len(word) > 1 and is_upper):
        return Seen(low, told, True, skeleton(low), value(word), weekday)
    bare = ""
    if not told.concept and not is_upper and low not in lexicon().common:
        bare = skeleton(low)
    bare = bare[:6] if len(bare) >= 3 else ""
    return Seen(low, told, False, bare, value(word), weekday)


def concept_of(word: str) -> str:
    """The concept of a word in lower case: `court`, `soldier`, `refuse`; "" for most words."""
    return read(word).concept


@lru_cache(maxsize=2_048)
def value(word: str) -> float | None:
    """A number in figures or words; None of any other word."""
    if word[0].isdigit():
        if _GROUPED.fullmatch(word):
            return float(re.sub(r"\D", "", word))
        try:
            return float(word.replace(",", ".").replace(":", "."))
        except ValueError:
            return None
    lower = plain(word)
    numbers, scores = lexicon().numbers, lexicon().tens
    tens, hyphen, ones = lower.partition("-")
    if hyphen and tens in scores and ones in numbers:
        return scores[tens] + numbers[ones]
    if lower in numbers:
        return numbers[lower]
    for length in range(len(lower), max(2, len(lower) - 4), -1):
        stem = lower[:length]
        if stem in scores:
            return scores[stem]
        if length >= 5 and stem in numbers:
            return numbers[stem]
    return None
