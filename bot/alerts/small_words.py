"""Words that decide nothing by themselves, left out where people read what was found. Pure.

Filters and the score look at such words too («которых держат в подвале»), but a list of what was
found should name the clause that decided. Negations are not among them: they decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

__all__ = ["telling"]

_WORDS: Final = (
    # ru
    "и а но или что чтобы как если когда где куда потому поэтому же бы ли то это эти этот эта этой"
    " этом того той тем тех те тот та который которая которое которые которого которой которому"
    " которым которую которых которыми котором он она оно они его её ее ей им ими их него неё нее"
    " нему ним ними них нём нем я мы вы ты мне нас нам вас вам себя себе собой свой своя своё свое"
    " свои своего своей своих своим своими в во на с со к ко о об от до из у за по под над при про"
    " для через между после перед"
    # uk
    " і й та але або чи що щоб як якщо коли де куди тому ж би це ці цей ця цієї цього той того та"
    " тим тих який яка яке які якого якої якому яким якою яку яких якими він вона воно вони його"
    " її йому їй їм їх їхній їхня їхні нього неї ньому ним ними них я ми ви нам нас вам вас себе"
    " собі собою свій своя своє свої свого своєї своїх своїм своїми у з із зі до від за під над"
    " при про для через між після перед"
    # en
    " a an the and or but that which who whom whose he she it they him her them his its their we"
    " us our you your i me my this these those to of in on at by for from with into about as"
    " himself herself themselves"
)
_SMALL: Final = frozenset(_WORDS.split())
_EDGES: Final = " \t\n.,;:!?…—–-«»“”„\"'()[]"


def telling(found: Iterable[str]) -> list[str]:
    """The found words and phrases, without small words at their ends and those that have only such.

    All of them where nothing else was found.
    """
    listed = list(found)
    kept = [trimmed for each in listed if (trimmed := _trimmed(each))]
    return list({each.casefold(): each for each in reversed(kept)}.values())[::-1] or listed


def _trimmed(phrase: str) -> str:
    words = phrase.split()
    while words and _is_small(words[-1]):
        words.pop()
    return "" if all(map(_is_small, words)) else " ".join(words)


def _is_small(word: str) -> bool:
    return word.strip(_EDGES).casefold() in _SMALL
