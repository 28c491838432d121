# ruff: noqa: E501 (tables of words read better unbroken)
"""Which word of a person's name is which: first name, patronymic, surname, initials.

Courts and registers write the surname first («Сидоров Никита Андреевич», «Ґалаґан Іван»,
"Kravchenko Oleh"), newspapers last. The dictionary of given names tells; where it knows
neither word, the endings of surnames do; else the surname is taken to be last.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from filters.morphology import analyser
from filters.normalize import normalize_word

__all__ = ["PATRONYMIC", "PersonName", "latin_spellings", "read_name"]

PATRONYMIC: Final = re.compile(
    r"[^\W\d_]{2,}(?:"
    r"(?:[оеє]в|йов|ь|[кмтцнзд])ич(?:а|у|ем|е|еві|ові|і)?"
    r"|(?:[оеиєії]вн|ичн)(?:а|ы|и|е|і|у|ой|ою)"
    r"|[eioy]v[iy]t?ch|[eioy]vna|[iy]chna)|оглы|оглу|кызы|ogl[yu]|qizi"
)
"""A patronymic in lower case, in any case, Cyrillic or Latin."""

_CYRILLIC: Final = re.compile(r"[\u0400-\u052f'\u2019\u02bc -]+")
_NOMINATIVE: Final = re.compile(r".*(?:ич|[нн]а|v[iy]t?ch|[nh]na|vna|оглы|оглу|кызы|ogl[yu]|qizi)$")
_SON_OF: Final = re.compile("оглы|оглу|кызы|ogl[yu]|qizi")
_INITIAL: Final = re.compile(r"[^\W\d_]\.?")
_JOINED: Final = re.compile(r"(?<=[^\W\d_]\.)(?=[^\W\d_])")
_SURNAME: Final = re.compile(
    r".{2,}(?:[оеё]ва?|[иы]на?|[сцз]ь?к(?:ий|ой|ая|а)|енко|чук|[юу]к|ко|е?ц|ець|ич|[иы]х|ян|дзе|швили|швілі|иев|і[вї]"
    r"|[oe]va?|ina?|[st]s?k(?:y|yi|yy|iy|ii|a|aya|oi|oy)|enko|chuk|[iy]uk|ko|ets|ykh|ikh|yan|dze|shvili|iv)$"
)
# How a Latin letter of a name may have been written, the longest first.
_BACK: Final = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"),
    ("ph", "ф"), ("yo", "ё е"), ("yu", "ю"), ("ya", "я"), ("ye", "е є"), ("yi", "ї ий"), ("iy", "ий"),
    ("ii", "ий ій"), ("yy", "ий"), ("ie", "є ие"), ("iu", "ю"), ("ia", "я ия ія"), ("ey", "ей"), ("ei", "ей"),
    ("ay", "ай"), ("ai", "ай"), ("a", "а"), ("b", "б"), ("v", "в"), ("w", "в"), ("g", "г"), ("h", "г х"),
    ("d", "д"), ("e", "е э"), ("z", "з"), ("i", "и і ий"), ("y", "и ий й ы"), ("j", "й дж"), ("k", "к"), ("l", "л ль"),
    ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р рь"), ("s", "с"), ("t", "т"), ("u", "у"), ("f", "ф"),
    ("x", "кс"), ("c", "к ц"), ("q", "к"),
)  # fmt: skip
_NOT_ENGLISH: Final = re.compile(
    r"w|tch|shh|jj|Sc(?!h)|tsch|nyc[yi]|[a-z]c(?=[aou])", re.IGNORECASE
)
_MOST_GUESSES: Final = 256


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name's parts as written; `initials` where letters stand for the first name, the parts
    they stand for being "" then. What is not there is ""."""

    first: str
    patronymic: str
    last: str
    initials: tuple[str, ...] = ()

    @property
    def initial(self) -> str:
        """The first letter of the first name in lower case."""
        return (self.first or "".join(self.initials))[:1].lower()


def read_name(name: str) -> PersonName:
    """The parts of a full name in either order, with a patronymic or initials or without.

    Two words of which neither is told are first name and surname. A name of one word is a
    surname.
    """
    words = _JOINED.sub(" ", name).split()
    initials = tuple(word[0] for word in words if _INITIAL.fullmatch(word))
    full = [word for word in words if not _INITIAL.fullmatch(word)]
    if initials and full:
        return PersonName("", "", " ".join(full), initials)
    if len(words) == 1:
        return PersonName("", "", name)
    if len(words) > 3 and _SON_OF.fullmatch(words[-1].lower()):
        words[-2:] = [" ".join(words[-2:])]  # «Гасанов Эльвин Рамиз оглы»
        return PersonName(words[-2], words[-1], " ".join(words[:-2]))
    middle = next((n for n in range(len(words) - 1, 0, -1) if _is_patronymic(words, n)), 0)
    if middle and middle == len(words) - 1:
        # Сидоров Никита Андреевич
        return PersonName(words[-2], words[-1], " ".join(words[:-2]))
    if middle == 1 and len(words) > 2:
        return PersonName(words[0], words[1], " ".join(words[2:]))
    if len(words) > 2:
        return PersonName(words[0], " ".join(words[1:-1]), words[-1])
    if _surname_first(words[0], words[1]):
        words.reverse()
    return PersonName(words[0], "", words[1])


def _is_patronymic(words: list[str], place: int) -> bool:
    """Of a name of three words and more the second or last; «Роман Абрамович» has none."""
    if len(words) < 3 or place not in (1, len(words) - 1):
        return False
    word = words[place].lower()
    if not (PATRONYMIC.fullmatch(word) and _NOMINATIVE.fullmatch(word)):
        return False
    # «Пётр Ильич Рабинович»: two may look so, the one in the middle is.
    return place == 1 or not _is_patronymic(words, 1)


def _surname_first(one: str, other: str) -> bool:
    given = _is_given(one), _is_given(other)
    if given[0] != given[1]:
        return given[1]
    surname = _is_surname(one), _is_surname(other)
    return surname == (True, False)


def _is_given(word: str) -> bool:
    return any(_named(spelling, "Name") for spelling in _spellings(word))


def _is_surname(word: str) -> bool:
    lower = normalize_word(word)
    return bool(_SURNAME.fullmatch(lower)) or (
        not lower.isascii() and _named(lower, "Surn") and not _is_given(word)
    )


@lru_cache(maxsize=4096)
def _named(word: str, grammeme: str) -> bool:
    """Whether either dictionary has the word as a name of that kind in the nominative."""
    if not _CYRILLIC.fullmatch(word):
        return False  # the parser raises ValueError at letters that Unicode gives no name
    return any(
        parse.is_known and "nomn" in parse.tag and grammeme in parse.tag.grammemes
        for lang in ("ru", "uk")
        for parse in analyser(lang).parse(word)
    )


def _spellings(word: str) -> Iterator[str]:
    """A word in lower case, Latin letters as the Cyrillic ones they may stand for."""
    lower = normalize_word(word)
    if not lower.isascii():
        yield lower
        return
    parts: list[list[str]] = []
    at = 0
    while at < len(lower):
        latin, cyrillic = next(
            ((a, b) for a, b in _BACK if lower.startswith(a, at)), (lower[at], lower[at])
        )
        parts.append(cyrillic.split())
        at += len(latin)
    for spelt in itertools.islice(itertools.product(*parts), _MOST_GUESSES):
        yield "".join(spelt)


def latin_spellings(name: PersonName, lang: str) -> frozenset[tuple[str, str]]:
    """(first name, surname) as passports, newspapers and registers write them in plain Latin
    letters; none for a name that is Latin already or has no first name."""
    if lang == "en" or not name.first or name.first.isascii():
        return frozenset()
    from names_translator.name_utils import generate_all_names

    # Apart, for the two may follow different rules: Yevgeny Sidorov.
    firsts = _latin(name.first, generate_all_names("", name.first, ""))
    lasts = _latin(name.last, generate_all_names(name.last, "", ""))
    return frozenset(itertools.product(firsts, lasts))


def _latin(name: str, spelt: set[str]) -> set[str]:
    """Those of plain letters that an English text may have; Ye- beside E- for «Е»."""
    found = {word for each in spelt if (word := each.strip()) and word.isascii()}
    found = {word for word in found if not _NOT_ENGLISH.search(word)} or found
    if name[:1] in "ЕЁЄ":
        found |= {"Y" + word.lower() for word in found if word.startswith("E")}
    return found
