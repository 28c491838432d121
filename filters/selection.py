"""What an index of words must hold for a query: it picks the texts worth reading.

An archive of a million texts cannot be read for every search. So each text is indexed once by
`index_words`: the forms it holds and their lemmas, without places. `selection` turns a query
into what these words must be. A text that matches is always among those selected; a text that
is selected may still not match, so the caller reads it (`filters.explain.matches`).

Conditions that no word can vouch for (a regular expression, a law, a facet, NOT) select
every text: of an AND the other parts decide.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final, TypeAlias

from filters.analysis import Analyser, Analysis, spellings_of
from filters.entities import Entity as Known
from filters.mentions import kind_of, names
from filters.nodes import And, Entity, Group, In, Near, Node, NotNear, Or, Phrase, Query, Word
from filters.normalize import normalize_word

__all__ = ["AllOf", "AnyOf", "Indexer", "Selection", "Words", "selection"]

_FORMS_KEPT: Final = 20_000
_BY_NAME_ALONE: Final = frozenset({"person", "org", "place"})
_FORMS_OF_A_NAME: Final = 400  # more would be slower than reading the texts


@dataclass(frozen=True, slots=True)
class Words:
    """The text holds one of these words; with `prefix`, one that begins like one of them."""

    any: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of two or more parts hold."""

    parts: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of two or more parts holds."""

    parts: tuple[Selection, ...]


Selection: TypeAlias = Words | AllOf | AnyOf


class Indexer:
    """Says under which words a text is indexed. Keep one for a run over many texts.

    The lemmas of forms that no filter asks for are not left in the analyser's caches, which
    are made for matching: indexing an archive would fill them with words seen once.
    """

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._words: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    @property
    def signature(self) -> str:
        """Names the dictionaries: an index made with others must be made anew."""
        return f"1 {self._analyser.morphology.signature}"

    def words(self, analysis: Analysis) -> frozenset[str]:
        """The forms of title and text, normalised, and their lemmas."""
        found: set[str] = set()
        for cut in set(analysis.cuts):
            found.update(self._of(spellings_of(cut)[1]))
        found.discard("")
        return frozenset(found)

    def _of(self, form: str) -> tuple[str, ...]:
        known = self._words.get(form)
        if known is None:
            known = (form, *self._analyser.morphology.look_up(form))
            if len(self._words) >= _FORMS_KEPT:
                self._words.popitem(last=False)
            self._words[form] = known
        else:
            self._words.move_to_end(form)
        return known


def selection(
    query: Query, analyser: Analyser, entities: Mapping[str, Known] | None = None
) -> Selection | None:
    """What a text must hold to match, or None where any text may.

    `entities` are those known by name, by id, as the matching reader knows them.
    """
    return _select(query.root, analyser, entities or {})


def _select(node: Node, analyser: Analyser, known: Mapping[str, Known]) -> Selection | None:
    match node:
        case Word():
            return _word(node, analyser)
        case Phrase(words):
            return _all(_word(word, analyser) for word in words)
        case And(items):
            return _all(_select(item, analyser, known) for item in items)
        case Or(items):
            return _any(_select(item, analyser, known) for item in items)
        case Near(left, right):
            return _all(_select(side, analyser, known) for side in (left, right))
        case NotNear(left, _):
            return _select(left, analyser, known)
        case In(_, item) | Group(_, item):
            return _select(item, analyser, known)
        case Entity(pattern):
            return _named(pattern, known)
        case _:
            return None


def _word(word: Word, analyser: Analyser) -> Words:
    if word.mode == "prefix":
        return Words((word.text,), prefix=True)
    if word.mode == "acronym":
        return Words((word.text.lower(),))
    return Words(tuple(dict.fromkeys(key[1:] for key in analyser.word_keys(word))))


def _all(parts: Iterable[Selection | None]) -> Selection | None:
    """Those that choose; None where none does."""
    chosen = tuple(dict.fromkeys(part for part in parts if part is not None))
    if not chosen:
        return None
    return chosen[0] if len(chosen) == 1 else AllOf(chosen)


def _any(parts: Iterable[Selection | None]) -> Selection | None:
    """All of them; None where one of them lets every text through."""
    chosen: dict[Selection, None] = {}
    for part in parts:
        if part is None:
            return None
        chosen[part] = None
    plain = [part for part in chosen if isinstance(part, Words) and not part.prefix]
    if len(plain) > 1:
        joined = reduce(_joined, plain)
        chosen = dict.fromkeys([joined, *(part for part in chosen if part not in plain)])
    return next(iter(chosen)) if len(chosen) == 1 else AnyOf(tuple(chosen))


def _joined(left: Words, right: Words) -> Words:
    return Words(tuple(dict.fromkeys((*left.any, *right.any))))


def _named(pattern: str, known: Mapping[str, Known]) -> Selection | None:
    """The forms of the names of the entities meant; None for what patterns find (laws, units)."""
    if kind_of(pattern) not in _BY_NAME_ALONE:
        return None
    forms: set[str] = set()
    for each in (entity for id_, entity in known.items() if names(pattern, id_)):
        forms |= each.strong | each.acronyms | each.weak | each.surnames
    if not 0 < len(forms) <= _FORMS_OF_A_NAME:
        return None
    return _any(_all(map(_as_named, form.split())) for form in sorted(forms))


def _as_named(word: str) -> Words | None:
    norm = normalize_word(word).removesuffix("'s").rstrip("'")
    return Words((norm, norm + "'s")) if norm else None
