"""Whether a sentence tells of a made-up work: a word that governs what is told, and no name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from filters.roles.lists import (
    FICTION,
    FICTION_ITSELF,
    FICTION_MAKER,
    FICTION_PART,
    FICTION_PLAYED,
    FICTION_TELLS,
    FICTION_WITHIN,
)
from filters.roles.words import Word

__all__ = ["is_made_up", "may_be_made_up"]

_KEPT: Final = 4_000  # forms; of those not met for so long few come again
_IN: Final = frozenset(("в", "во", "у", "in", "по", "за"))
_ABOUT: Final = frozenset(("о", "об", "обо", "про", "about"))
_WHERE: Final = frozenset(("где", "де", "where", "котором", "которой", "якому", "якій", "which"))
_OF_A_WORK: Final = frozenset(("of", "in", "from", "for", "the", "this", "a", "на", "к", "до"))
_ARTICLES: Final = frozenset(("the", "a", "an", "his", "her", "their", "this", "that", "every"))
_AGAINST: Final = frozenset(
    ("с", "со", "против", "з", "із", "зі", "проти", "against", "with", "of", "that")
)
_PLACED: Final = frozenset(
    ("под", "у", "в", "на", "за", "під", "біля", "at", "on", "near", "under", "in", "over")
)
_SEASON: Final = frozenset(("season", "season's", "season’s", "series", "show", "сезона", "сезону"))
_UNSURE: Final = frozenset(("series", "play", "plays", "drama", "dramas", "opera", "musical"))
"""Words that are as often no work: “a series of refusals”, “the soldiers play”."""
_NAMES: Final = ("роман",)
_OPENING: Final = ("«", "„", "“", '"')
_REACH: Final = 4


@lru_cache(maxsize=_KEPT)
def may_be_made_up(norm: str) -> bool:
    """Whether a word may say of its sentence that it tells of a made-up work."""
    return bool(
        FICTION.match(norm) or FICTION_WITHIN.match(norm) or FICTION_ITSELF.match(norm)
    ) or norm.startswith(("сюжет", "episode"))


def is_made_up(words: Sequence[Word]) -> bool:
    """Whether a sentence tells what happens in a film, a novel, a play, a game.

    The work has to govern it: «в романе», «роман «Дезертир»», “the film follows”, “a novel about”.
    A man named Roman, an actor and what men saw before they refused make nothing up.
    """
    return any(may_be_made_up(word.norm) and _governs(at, words) for at, word in enumerate(words))


def _governs(at: int, words: Sequence[Word]) -> bool:
    norm = words[at].norm
    if at + 1 < len(words) and "-" in words[at + 1].before.strip(" "):
        return False  # “the drama-hit brigade”
    if FICTION_ITSELF.match(norm):
        return True
    if norm.startswith("сюжет"):
        before = words[at - 1].norm if at else ""
        return (before, norm) in (("по", "сюжету"), ("за", "сюжетом"))
    if norm.startswith("episode"):
        return any(each.norm in _SEASON for each in words[max(0, at - _REACH) : at + _REACH])
    if _is_name(at, words):
        return False
    if _holds(at, words):
        return True
    if not FICTION.match(norm) or _is_played(at, words):
        return False
    return (
        _is_titled(at, words)
        or _is_about(at, words)
        or _tells(at, words)
        or _is_of_a_part(at, words)
        or _is_told_where(at, words)
    )


def _is_name(at: int, words: Sequence[Word]) -> bool:
    """«Роман Зайцев», «рядового Романа», “Private Novel”; first in a sentence, a novel has a title
    or says what it is about right away."""
    word = words[at]
    if word.is_capital and not _is_in_quotes(at, words):
        return word.norm.startswith((*_NAMES, "novel", "play", "drama", "opera"))
    if at or not word.norm.startswith(_NAMES):
        return False
    return not (_is_titled(at, words) or _is_about(at, words) or _is_told_where(at, words))


def _is_in_quotes(at: int, words: Sequence[Word]) -> bool:
    return any(mark in words[at].before for mark in _OPENING)


def _holds(at: int, words: Sequence[Word]) -> bool:
    """«В новом романе», “in his last film”, and not “who acted in films”, «как в кино»."""
    norm = words[at].norm
    if norm.isascii() is False and not norm.endswith(("е", "ах", "ях", "і", "и")):
        return False
    behind = words[at + 1].norm if at + 1 < len(words) else ""
    is_loose = FICTION_WITHIN.match(norm) or norm in _UNSURE
    if is_loose and behind in _AGAINST:
        return False  # “in a game against”, “in a series of”
    if norm.startswith(("драм", "drama")) and behind in _PLACED:
        return False  # “in the drama at the front”
    for place in range(at - 1, max(-1, at - 2 - _REACH), -1):
        if "," in words[place + 1].before:
            return False
        if words[place].norm in _ARTICLES and words[place - 1].norm not in _IN:
            return False
        if words[place].norm in _IN:
            before = words[place - 1].norm if place else ""
            return words[place].norm not in ("по", "за") and not FICTION_PLAYED.match(before)
        if words[place].norm in _OF_A_WORK and words[place].norm not in _ARTICLES:
            return False
    return False


def _is_played(at: int, words: Sequence[Word]) -> bool:
    """«Посмотрели фильм о», «снимавшиеся в сериале о», «как в фильме о»: no more than that; who
    has made one, or plays in it now, tells what it is about."""
    return any(
        FICTION_PLAYED.match(each.norm) and not _has_made(each.norm)
        for each in words[max(0, at - 3) : at]
    )


def _has_made(norm: str) -> bool:
    return norm.startswith(("снял", "снят", "снима", "зня", "зніма")) and "вш" not in norm


def _is_titled(at: int, words: Sequence[Word]) -> bool:
    """«Роман «Дезертир»», «Фильм недели: …», “A novel: …”, and not «режиссёр фильма «Брат»»."""
    norm = words[at].norm
    if norm in _UNSURE:
        return False
    if at + 1 < len(words) and _is_in_quotes(at + 1, words):
        return not _is_of_its_maker(at, words)
    if norm.startswith(("драм", *_NAMES)):
        return False  # «Роман: мы не пойдём»
    return at < 2 and any(":" in each.before for each in words[at + 1 : at + 3])


def _is_of_its_maker(at: int, words: Sequence[Word]) -> bool:
    """«Режиссёр фильма», “the star of the film”: what he tells and does is real."""
    return any(FICTION_MAKER.match(each.norm) for each in words[max(0, at - 3) : at])


def _is_about(at: int, words: Sequence[Word]) -> bool:
    """«Роман Ремарка о солдате», “a film by a Pole about”: what is told is what it is about."""
    for place in range(at + 1, min(len(words), at + 1 + _REACH)):
        if "," in words[place].before or ":" in words[place].before:
            return False
        if words[place].norm in _ABOUT:
            return place == at + 1 or not (at == 0 and words[at].norm.startswith(_NAMES))
        if words[place].norm in _ARTICLES:
            return False
    return False


def _tells(at: int, words: Sequence[Word]) -> bool:
    """“The movie follows marines who”, “a novel by a Pole, tells”, «сериал рассказывает»."""
    norm = words[at].norm
    if norm.endswith(("е", "ах", "ом", "ой", "ами", "ою")) or norm == "plays":
        return False
    if _is_of_its_maker(at, words):
        return False
    if norm == "play" and not (at and words[at - 1].norm in (*_ARTICLES, "new")):
        return False
    reach = 6 if norm.isascii() else _REACH
    for place in range(at + 1, min(len(words), at + 1 + reach)):
        if "," in words[place].before and not norm.isascii():
            return False
        if FICTION_TELLS.match(words[place].norm):
            return True
    return False


def _is_of_a_part(at: int, words: Sequence[Word]) -> bool:
    """«Герой романа», “the plot of the film”, «рецензия на фильм»."""
    for place in range(at - 1, max(-1, at - 1 - _REACH), -1):
        if "," in words[place + 1].before:
            return False
        if FICTION_PART.match(words[place].norm):
            return True
    return False


def _is_told_where(at: int, words: Sequence[Word]) -> bool:
    """“A film in which soldiers desert”, «роман, где солдат бежит»."""
    return any(each.norm in _WHERE for each in words[at + 1 : at + 4])
