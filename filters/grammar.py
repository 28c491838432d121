"""What a word form may be in its sentence: part of speech, case, number, gender.

Russian and Ukrainian from pymorphy's dictionaries, all parses of a form and no likelihoods;
English has no such dictionary here and needs word order instead (`filters.roles`).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Final

from filters.morphology import analyser, language_of

__all__ = ["Form", "Grammar"]

_MAX_FORMS_CACHED: Final = 20_000
_NOUNS: Final = frozenset(("NOUN", "NPRO", "NUMR"))
_LIKE_NOUNS: Final = frozenset(("ADJF", "PRTF", "NOUN", "NPRO", "NUMR"))
_VERBS: Final = frozenset(("VERB", "PRTS", "INFN", "GRND"))


@dataclass(frozen=True, slots=True)
class Form:
    """All that a form may be.

    `subject` holds the numbers ("sing", "plur") in which it can be a subject, `cases` the
    cases it can stand in, `genders` those of a singular. `finite` holds the numbers of a
    verb with a subject, `past` its genders where it has them; an animate noun is a person or a
    beast.
    """

    parts: frozenset[str]
    subject: frozenset[str]
    cases: frozenset[str]
    genders: frozenset[str]
    finite: frozenset[str]
    past: frozenset[str]
    passive: bool
    is_future: bool = False
    is_animate: bool = False

    @property
    def is_preposition(self) -> bool:
        return "PREP" in self.parts

    @property
    def is_noun(self) -> bool:
        return not self.parts.isdisjoint(_NOUNS)

    @property
    def is_verb(self) -> bool:
        return not self.parts.isdisjoint(_VERBS)

    @property
    def is_attribute(self) -> bool:
        """An adjective or participle, which stands between a preposition and its noun."""
        return not self.parts.isdisjoint(("ADJF", "PRTF")) and not self.is_noun


_NONE: Final = frozenset[str]()
_UNKNOWN: Final = Form(_NONE, _NONE, _NONE, _NONE, _NONE, _NONE, passive=False)


class Grammar:
    """Word form -> `Form`, kept. May be used from several threads."""

    def __init__(self) -> None:
        self._kept: dict[str, Form] = {}
        self._lock = threading.Lock()

    def of(self, word: str) -> Form:
        """The parses of a normalised word; of one no dictionary has, nothing is known."""
        known = self._kept.get(word)
        if known is None:
            with self._lock:
                if len(self._kept) >= _MAX_FORMS_CACHED:
                    self._kept.clear()
                known = self._kept[word] = self._look_up(word)
        return known

    def _look_up(self, word: str) -> Form:
        language = language_of(word)
        if language == "en" or not word:
            return _UNKNOWN
        tags = []
        for lang in ("ru", "uk") if not language else (language,):
            try:
                tags += _tags(analyser(lang), word)
            except ValueError:  # that dictionary is not installed
                continue
        return _form(tags) if tags else _UNKNOWN


def _tags(parser: Any, word: str) -> list[Any]:
    """The tags of a dictionary word, without the parser's scoring and guessing."""
    dictionary = parser.dictionary
    return [
        dictionary.build_tag_info(paradigm, index)
        for _, parses in dictionary.words.similar_items(word, parser.char_substitutes)
        for paradigm, index in parses
    ]


def _form(tags: list[Any]) -> Form:
    # The Ukrainian dictionary has nouns whose nominative names no case.
    nouns = [tag for tag in tags if tag.POS in _LIKE_NOUNS]
    verbs = [tag for tag in tags if tag.POS in ("VERB", "PRTS")]
    return Form(
        parts=frozenset(str(tag.POS) for tag in tags if tag.POS),
        subject=frozenset(
            str(number)
            for tag in nouns
            if tag.case == "nomn" or (tag.POS == "NOUN" and not tag.case)
            for number in ((tag.number,) if tag.number else ("sing", "plur"))
        ),
        cases=frozenset(str(tag.case or "nomn") for tag in nouns if tag.case or tag.POS == "NOUN"),
        genders=frozenset(str(tag.gender) for tag in nouns if tag.gender),
        finite=frozenset(
            str(tag.number)
            for tag in verbs
            if tag.number and (tag.POS == "PRTS" or tag.mood != "impr")
        ),
        past=frozenset(str(tag.gender) for tag in verbs if tag.gender),
        passive=any(
            tag.POS == "PRTS" or (tag.POS == "PRTF" and tag.voice == "pssv") or "Impe" in tag
            for tag in tags
        ),
        is_future=any(tag.tense == "futr" for tag in verbs),
        is_animate=any(tag.POS == "NOUN" and tag.animacy == "anim" for tag in tags),
    )
