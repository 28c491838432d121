# ruff: noqa: E501 (tables of words read better unbroken)
"""How far a case has come in a report: report, charge, verdict, appeal. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from bot.stories.event_words import read
from bot.stories.lexicon import lexicon
from bot.stories.spelling import LINE_NOISE, MOST_LETTERS, WORD, plain

__all__ = ["stage_of"]


def stage_of(text: str) -> str:
    """The furthest stage that the text reports; intentions do not count."""
    text = _INTENT.sub(" ", LINE_NOISE.sub(" ", text[:MOST_LETTERS]).lower())
    seen = {stage for stage, phrase in _PHRASES if phrase.search(text)}
    if _REMANDED.search(text):
        text = _JAILED.sub(" ", text)
    for word in {*WORD.findall(text)}:
        if not word[0].isdigit():
            seen.update(read(plain(word)).stages)
    return _furthest(seen)


_INTENT: Final = re.compile(
    r"\b(?:обжалу(?:ет|ют|ю)|оскарж(?:ить|ать|у\w+)|(?:будет|будут|може[тм]\w*|можно|можна|буде|планиру\w+|плану\w+"
    r"|намерен\w*|собира[ею]т\w*|хо[тч]\w+|обеща\w+|will|may|can|could|plans?|intends?|wants?|going)"
    r"\W+(?:\w+\W+){0,2}?(?:обжалова\w+|оскарж\w+|апелл?яц\w+|appeal\w*))"
)
_REMANDED: Final = re.compile(
    r"\b(?:remand\w*|pre-?trial|bail|запобіжн\w+|под арест\w*|под страж\w+|під варт\w+|арестовал\w*)\b"
)
_JAILED: Final = re.compile(r"\bjail\w*")
_PHRASES: Final = (
    (
        "charge",
        re.compile(
            r"\b(?:open(?:ed|s)|launch(?:ed|es)) (?:\w+\W+){0,5}?(?:case|investigation|proceedings)\b"
            r"|\b(?:завел[иа]|завед[её]но|відкри\w+|открыт\w*|открыл\w*) (?:\w+\W+){0,3}?(?:дел[оа]|справу|провадження|производство)\b"
        ),
    ),
    (
        "verdict",
        re.compile(
            r"\b(?:dropp?(?:ed|s)|clos(?:ed|es)|dismiss(?:ed|es)) (?:\w+\W+){0,5}?(?:case|charges)\b"
            r"|\b(?:прекра(?:тил|щен)\w*|закры(?:л|т)\w*) (?:\w+\W+){0,4}?дел[оа]\b|\bдел[оа] (?:\w+\W+){0,6}?(?:прекращен\w|закрыт\w)\b"
            r"|\b(?:закри(?:в|л|т)\w*) (?:\w+\W+){0,4}?(?:справ[ау]|провадження)\b"
        ),
    ),
)


def _furthest(stages: Collection[str]) -> str:
    return next((stage for stage in reversed([*lexicon().stages]) if stage in stages), "report")
