"""One reading of a text, shared by every filter: tokens, lemmas, places.

The tokens are cut at once; all else (lemmas, offsets, sentences, the index of
words to positions) is worked out when first asked for, since most texts match
nothing. A position is a token's number; those of the text follow those of the
title after a gap wider than any distance a query may name, so no phrase or NEAR
reaches from one into the other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Final, Protocol, TypeAlias, cast

from filters.document import TEXT, TITLE, Document, Span
from filters.intervals import Interval
from filters.morphology import Morphology, language_of
from filters.nodes import Node, Word
from filters.normalize import WORD, normalize_word, prepare, spellings, words
from filters.regex import Regexes
from filters.sentences import Layout
from filters.tokenizer import code, decode, places, spelled

__all__ = [
    "BEGINNING",
    "GAP",
    "Analyser",
    "Analysis",
    "Cut",
    "Mention",
    "Named",
    "Token",
    "as_written",
    "is_acronym",
    "spellings_of",
]

# A word as it was cut: coded, or as written where the text could not be coded.
Cut: TypeAlias = bytes | str

GAP: Final = 1_000
BEGINNING: Final = 3  # letters by which beginnings of words are looked up
_MAX_FORMS_CACHED: Final = 20_000  # forms whose keys are kept: some 6 MB


def is_acronym(folded: str) -> bool:
    """Whether a word, its case kept, stands in capitals as an acronym does."""
    return len(folded) > 1 and folded.isupper()


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text: as written, normalised, its lemmas and its place."""

    surface: str
    norm: str
    lemmas: tuple[str, ...]
    lang: str  # "ru", "uk", "en", or "" where nothing tells
    field: str
    start: int
    end: int
    sentence: int  # counted within the field
    paragraph: int


@dataclass(frozen=True, slots=True)
class Mention:
    """An entity found in a text by others; `id` as in `person:chikov`."""

    id: str
    field: str
    start: int
    end: int


class Named(Protocol):
    """What filters need to know of an entity found: its id and its place."""

    @property
    def id(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Analyser:
    """Reads texts. Keep one for a process: it holds the dictionaries and their cache.

    `caches` are what earlier ones gave by `cache()`; those damaged or made with other
    dictionaries are ignored. May be used from several threads.
    """

    def __init__(self, *caches: bytes | None) -> None:
        self.morphology = Morphology(*caches)
        self._expanded: dict[Word, tuple[str, ...]] = {}
        self._keys: dict[Cut, tuple[str, ...]] = {}
        # What `filters.alternatives` keeps of queries' lists, by the id of their node.
        self.listed: dict[int, object] = {}

    def analyse(self, document: Document, mentions: Sequence[Mention] = ()) -> Analysis:
        """Cuts a document into words. `mentions` are the entities others found in it."""
        return Analysis(self, document, mentions)

    def cache(self) -> bytes:
        """The lemmas learnt so far: give them to the next process's `Analyser`."""
        return self.morphology.cache()

    def token_keys(self, cut: Cut) -> tuple[str, ...]:
        """What a token can be found by: "=" form, "~" lemma, "^" acronym."""
        known = self._keys.get(cut)
        if known is None:
            if len(self._keys) >= _MAX_FORMS_CACHED:
                self._keys.clear()
            folded, norm = spellings_of(cut)
            keys = ["=" + norm, *("~" + lemma for lemma in self.morphology.lemmas(norm))]
            if is_acronym(folded):
                keys.append("^" + folded)
            known = self._keys[cut] = tuple(keys)
        return known

    def word_keys(self, word: Word) -> tuple[str, ...]:
        """The keys that each let a token satisfy a word that is not a prefix.

        A word that is its own lemma stands for that alone: «рота» is the company,
        not also the mouth whose genitive it is. The word itself is always among
        the lemmas looked for: «Чиков» parses to «чик» alone, «Чиковым» to «чиков».
        """
        known = self._expanded.get(word)
        if known is None:
            if len(self._expanded) >= _MAX_FORMS_CACHED:
                self._expanded.clear()
            known = self._expanded[word] = self._expand(word)
        return known

    def _expand(self, word: Word) -> tuple[str, ...]:
        if word.mode == "acronym":
            return ("^" + word.text,)
        if word.mode == "exact":
            return ("=" + word.text,)
        lemmas = self.morphology.lemmas(word.text)
        own = (word.text,) if word.text in lemmas else (word.text, *lemmas)
        return ("=" + word.text, *("~" + lemma for lemma in own))


def _none_found(_analysis: Analysis, _kind: str) -> Sequence[Named]:
    return ()


def _nothing_told(_analysis: Analysis) -> Mapping[str, str]:
    return {}


def as_written(cut: Cut) -> str:
    """A word that was cut, its letters as they stand (apostrophes of coded ones made one)."""
    return decode(cut) if isinstance(cut, bytes) else cut


def spellings_of(cut: Cut) -> tuple[str, str]:
    """A word's one spelling with its case kept, and in lower case."""
    return spelled(cut) if isinstance(cut, bytes) else spellings(cut)


class Analysis:
    """One item, read. Made by `Analyser.analyse`; holds its document.

    Entities and facets come from others, who say how: `find_mentions` (given this and a
    kind, "" for all) and `find_facets` are called when a filter asks, once; facets only
    for a filter that matches otherwise.
    """

    __slots__ = (
        "_all_keys",
        "_coded",
        "_facets",
        "_index",
        "_layouts",
        "_mentions",
        "_places",
        "_prefixes",
        "_regexes",
        "_sentence_numbers",
        "_sentences",
        "_standing",
        "_surfaces",
        "_tokens",
        "analyser",
        "cuts",
        "document",
        "find_facets",
        "find_mentions",
        "found",
        "held",
        "likely",
        "marked",
        "rows",
        "title_count",
    )

    def __init__(
        self, analyser: Analyser, document: Document, mentions: Sequence[Mention] = ()
    ) -> None:
        self.analyser = analyser
        self.document = document
        self.find_mentions: Callable[[Analysis, str], Sequence[Named]] = _none_found
        self.find_facets: Callable[[Analysis], Mapping[str, str]] = _nothing_told
        self._mentions: dict[str, Sequence[Named]] = {"": mentions} if mentions else {}
        self._facets: Mapping[str, str] | None = None
        coded = code(document.text)
        self.cuts: Sequence[Cut] = words(document.text) if coded is None else coded.split()
        self._coded: tuple[bytes | None, bytes | None] = (b"", coded)
        self.title_count = 0
        if document.title:
            above = code(document.title)
            title: Sequence[Cut] = words(document.title) if above is None else above.split()
            self._coded = (above, coded)
            self.title_count = len(title)
            self.cuts = (*title, *self.cuts)
        self._surfaces: list[str] | None = None
        self._places: list[tuple[int, int]] | None = None
        self._layouts: dict[str, Layout] = {}
        self._tokens: tuple[Token, ...] | None = None
        self._index: dict[str, list[int]] | None = None
        self._prefixes: list[str] | None = None
        self._regexes: Regexes | None = None
        self._standing: dict[Word, list[int]] = {}
        self._sentences: dict[tuple[str, int], Span] = {}
        self._sentence_numbers: list[int] | None = None
        # Where the nodes of queries that many share stand, by their id and field; the node is
        # kept beside, so that no other comes to have its id.
        self.found: dict[tuple[int, str], tuple[Node, Sequence[Interval]]] = {}
        self.held: dict[tuple[int, str], tuple[Node, bool]] = {}
        self.likely: dict[int, tuple[Node, Sequence[Node]]] = {}
        self._all_keys: frozenset[str] | None = None
        # What its words are to `filters.entities.patterns`, bit by bit.
        self.marked: int | None = None
        # The terms of each word by the set of terms, as a set of filters found them.
        self.rows: dict[object, Sequence[frozenset[int]]] = {}

    @property
    def mentions(self) -> Sequence[Named]:
        """The entities in the item."""
        return self.mentions_of("")

    def mentions_of(self, kind: str) -> Sequence[Named]:
        """The entities of a kind; others may be among them."""
        known = self._mentions
        if "" in known:
            return known[""]
        if kind not in known:
            known[kind] = self.find_mentions(self, kind)
        return known[kind]

    @property
    def facets(self) -> Mapping[str, str]:
        """The item's facets as filters ask for them."""
        if self._facets is None:
            self._facets = self.find_facets(self)
        return self._facets

    @property
    def surfaces(self) -> list[str]:
        """The words as written, the title's first (all apostrophes may be made one)."""
        if self._surfaces is None:
            if None in self._coded:
                self._surfaces = [as_written(cut) for cut in self.cuts]
            else:
                joined = b" ".join(self.cuts)  # type: ignore[arg-type]
                self._surfaces = decode(joined).split(" ") if joined else []
        return self._surfaces

    @property
    def regexes(self) -> Regexes:
        """The item as regular expressions see it."""
        if self._regexes is None:
            self._regexes = Regexes(self.document)
        return self._regexes

    @property
    def lang(self) -> str:
        """The language of most of the item: the hint where there is one."""
        return self.document.lang or _majority(self.surfaces)

    @property
    def tokens(self) -> Sequence[Token]:
        """All tokens, the title's first."""
        if self._tokens is None:
            self._tokens = tuple(self._make_tokens())
        return self._tokens

    def position(self, number: int) -> int:
        """The position of the token of that number."""
        return number if number < self.title_count else number + GAP

    def number(self, position: int) -> int:
        """The number of the token at that position."""
        return position if position < self.title_count else position - GAP

    def field_at(self, position: int) -> str:
        """The field a position lies in."""
        return TITLE if position < self.title_count else TEXT

    def positions(self, word: Word) -> list[int]:
        """Where a word of a query stands, in order. Not to be changed."""
        known = self._standing.get(word)
        if known is None:
            known = self._standing[word] = self._positions_of(word)
        return known

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the text's words: "=" form, "~" lemma, "^" acronym; and "*" with the
        first letters of each form, as many as BEGINNING says."""
        if self._all_keys is None:
            index = self._indexed()
            begun = {f"*{key[1 : 1 + BEGINNING]}" for key in index if key[0] == "="}
            self._all_keys = frozenset(index).union(begun)
        return self._all_keys

    def _positions_of(self, word: Word) -> list[int]:
        if word.mode == "prefix":
            return self._with_prefix(word.text)
        index = self._indexed()
        keys = self.analyser.word_keys(word)
        lists = [index[key] for key in keys if key in index]
        return lists[0] if len(lists) == 1 else sorted(set().union(*lists))

    def place(self, position: int) -> tuple[int, int]:
        """Start and end of the token at that position, in its field's original text."""
        return self._spans[self.number(position)]

    @property
    def is_coded(self) -> bool:
        """Whether all words are coded: a letter is one letter of the original."""
        return None not in self._coded

    def starts(self, numbers: Sequence[int]) -> list[int]:
        """Where some tokens of a coded item start in their fields, faster than all of them.

        In order; and between two of them no token may be left out that is the same word as
        the second. Raises ValueError where one is not in the item.
        """
        found: list[int] = []
        at = 0
        padded = b""
        titles: bool | None = None
        for number in numbers:
            in_title = number < self.title_count
            if in_title is not titles:
                titles = in_title
                padded = b" %b " % cast("bytes", self._coded[0 if in_title else 1])
                at = 0
            cut = cast("bytes", self.cuts[number])
            at = padded.index(b" %b " % cut, at)
            found.append(at)
            at += len(cut) + 1
        return found

    @property
    def _spans(self) -> list[tuple[int, int]]:
        if self._places is None:
            fields = (self.document.title, self.document.text)
            self._places = [
                place
                for text, coded in zip(fields, self._coded, strict=True)
                for place in (_cut_places(text) if coded is None else places(coded))
            ]
        return self._places

    def positions_of(self, field: str, start: int, end: int) -> tuple[int, int] | None:
        """The first and last position with a letter between two offsets of a field."""
        low, high = (0, self.title_count) if field == TITLE else (self.title_count, len(self.cuts))
        first = bisect_right(self._spans, start, low, high, key=_end_of)
        last = bisect_left(self._spans, end, low, high, key=_start_of) - 1
        return (self.position(first), self.position(last)) if first <= last else None

    def span(self, first: int, last: int) -> Span:
        """The original text from one position to another of the same field."""
        return Span(self.field_at(first), self.place(first)[0], self.place(last)[1])

    def sentence_of(self, position: int) -> int:
        """The sentence of a position; those of the text follow those of the title."""
        return self.sentence_numbers[self.number(position)]

    def sentences(self) -> list[tuple[Span, int, int]]:
        """The sentences that hold words, in order, the title's first: each with the numbers of
        its first word and of the first behind it."""
        found: list[tuple[Span, int, int]] = []
        first = 0
        for _, words_of_it in groupby(self.sentence_numbers):
            last = first + sum(1 for _ in words_of_it)
            field = TITLE if first < self.title_count else TEXT
            found.append((self.sentence_at(field, self._spans[first][0]), first, last))
            first = last
        return found

    @property
    def sentence_numbers(self) -> Sequence[int]:
        """The sentence of each word, all worked out at the first question."""
        if self._sentence_numbers is None:
            found = self._sentence_numbers = []
            for field, shift in ((TITLE, 0), (TEXT, GAP)):
                if self._words_in(field):
                    for number, count in enumerate(self._counts(field)):
                        found += [number + shift] * count
        return self._sentence_numbers

    def _words_in(self, field: str) -> bool:
        return self.title_count > 0 if field == TITLE else len(self.cuts) > self.title_count

    def _counts(self, field: str) -> Iterator[int]:
        """How many words each sentence of a field has, in order."""
        starts = self._layout(field).sentences
        coded = self._coded[0 if field == TITLE else 1]
        if coded is not None:  # space stands before a sentence, so no word lies in two
            for start, end in zip_longest(starts, starts[1:]):
                yield len(coded[start:end].split())
            return
        low = at = 0 if field == TITLE else self.title_count
        end = self.title_count if field == TITLE else len(self.cuts)
        for following in starts[1:]:
            low, at = at, bisect_left(self._spans, following, at, end, key=_start_of)
            yield at - low
        yield end - at

    def paragraph_of(self, position: int) -> int:
        """The paragraph of a position; those of the text follow those of the title."""
        layout = self._layout(self.field_at(position))
        number = layout.paragraph(self.place(position)[0])
        return number if position < self.title_count else number + GAP

    def sentence_at(self, field: str, offset: int) -> Span:
        """The sentence holding an offset of a field's original text: for snippets."""
        layout = self._layout(field)
        number = layout.sentence(max(0, offset))
        known = self._sentences.get((field, number))
        if known is None:
            known = self._sentences[field, number] = Span(field, *layout.bounds(offset))
        return known

    def _layout(self, field: str) -> Layout:
        if field not in self._layouts:
            self._layouts[field] = Layout(self.document.field(field))
        return self._layouts[field]

    def _indexed(self) -> dict[str, list[int]]:
        if self._index is None:
            standing: dict[Cut, list[int]] = {}
            for number, cut in enumerate(self.cuts):
                standing.setdefault(cut, []).append(self.position(number))
            index: dict[str, list[int]] = {}
            for cut, found in standing.items():
                for key in self.analyser.token_keys(cut):
                    known = index.get(key)
                    index[key] = found if known is None else sorted({*known, *found})
            self._index = index
        return self._index

    def _with_prefix(self, prefix: str) -> list[int]:
        index = self._indexed()
        if self._prefixes is None:
            self._prefixes = sorted(key for key in index if key[0] == "=")
        wanted = "=" + prefix
        found: set[int] = set()
        at = bisect_left(self._prefixes, wanted)
        while at < len(self._prefixes) and self._prefixes[at].startswith(wanted):
            found.update(index[self._prefixes[at]])
            at += 1
        return sorted(found)

    def _make_tokens(self) -> Iterable[Token]:
        language = self.lang
        for number, surface in enumerate(self.surfaces):
            position = self.position(number)
            field = self.field_at(position)
            start, end = self.place(position)
            layout = self._layout(field)
            norm = normalize_word(surface)
            own = language_of(norm)
            if not own and norm.isalpha():
                own = language if language != "en" else ""
            yield Token(
                self.document.field(field)[start:end],
                norm,
                self.analyser.morphology.lemmas(norm),
                own,
                field,
                start,
                end,
                layout.sentence(start),
                layout.paragraph(start),
            )


def _cut_places(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in WORD.finditer(prepare(text))]


def _start_of(place: tuple[int, int]) -> int:
    return place[0]


def _end_of(place: tuple[int, int]) -> int:
    return place[1]


def _majority(surfaces: Sequence[str]) -> str:
    """The language of most words whose letters tell; Cyrillic alone is not enough."""
    counts = {"ru": 0, "uk": 0, "en": 0}
    cyrillic = 0
    for surface in surfaces:
        norm = normalize_word(surface)
        language = language_of(norm)
        if language:
            counts[language] += 1
        elif norm.isalpha():
            cyrillic += 1
    if counts["en"] > counts["ru"] + counts["uk"] + cyrillic:
        return "en"
    best = "ru" if counts["ru"] >= counts["uk"] else "uk"
    return best if counts[best] else ""
