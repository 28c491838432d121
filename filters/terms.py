"""Terms: what a filter asks of a text, numbered; and which terms a word form has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Final

from filters.analysis import Analyser, Analysis, Cut, is_acronym, spellings_of
from filters.beginnings import Asked
from filters.mentions import kind_of, names
from filters.meta import is_equal, values
from filters.nodes import Entity, Meta, Node, Regex, Word

__all__ = ["Terms"]

_MAX_FORMS_CACHED: Final = 120_000
_MENTIONS: Final = 50_000
_WORDS: Final = 10_000
_BUCKET_LETTERS: Final = 3  # letters; no prefix is shorter
_BESIDE_WORDS: Final = "&/#"
_LOOKED_UP: Final = 1_000  # forms; whoever learns more tells most others by their beginnings
_NONE: Final[tuple[int, ...]] = ()
_NO_TERMS: Final[frozenset[int]] = frozenset()
# Function words are in nearly every text; a filter is never found by them if it has others.
_COMMON_WORDS: Final = """
и в на не с что по к из за от для о это как у так но же был быть а до во со при или он она они
который весь свой мы год человек также я бы все
і та у що з як це від про до але за або він вона вони бути який весь свій ми рік також
the of to and a in is it that be for on was with as by at from he have this are an or not they
which were his her their we will would has had who been
"""
_COMMON_KEYS: Final = frozenset(mark + word for mark in "=~^*" for word in _COMMON_WORDS.split())


class _Forms(dict[Cut, frozenset[int]]):
    """Word form as cut -> its terms, looked up when first seen; equal ones are one object."""

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        self.terms = terms

    def __missing__(self, cut: Cut) -> frozenset[int]:
        return self.terms.learn(cut)


def _counted(uses: Mapping[str, int], key: str, change: int) -> dict[str, int]:
    counted = {**uses, key: uses.get(key, 0) + change}
    return counted if counted[key] else {other: n for other, n in counted.items() if n}


class Terms:
    """Terms by number. Equal terms have one number, counted by use; none is given twice.

    One thread changes them at a time; others may read meanwhile. Who reads while terms come or
    go may see either; a form learnt after a change is of after it.
    """

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._numbers: dict[frozenset[str], int] = {}
        self._keys: dict[int, frozenset[str]] = {}
        self._uses: dict[int, int] = {}
        self.seen: dict[int, int] = {}
        # By id: a word's hash is worked out in Python. It is kept, so that no other has its id.
        self._words: dict[int, tuple[Word, frozenset[str]]] = {}
        self._guesses: dict[int, tuple[bool, int, int]] = {}
        self._searches: set[str] = set()  # the keys of all regular expressions ever asked for
        self._by_key: dict[str, list[int]] = {}
        # The prefixes asked for, by their first letters.
        self._begun: dict[str, tuple[str, ...]] = {}
        self._contains: dict[str, dict[str, tuple[int, ...]]] = {}
        self._meta_fields: dict[str, int] = {}
        self._patterns: dict[str, int] = {}
        self._kinds: set[str] = set()
        self._mentions: dict[str, tuple[int, ...]] = {}
        self._regexes: dict[str, int] = {}
        # First letters -> the forms that begin so, each once: lists weigh a tenth of dicts.
        self._buckets: dict[str, list[Cut]] = {}
        # The same of forms with a lemma or capitals that begin otherwise; those of them that
        # were forgotten for that, and stand in their list still.
        self._others: dict[str, dict[Cut, None]] = {}
        self._left: set[Cut] = set()
        self._rows: dict[frozenset[int], frozenset[int]] = {}
        self._next = 1
        # A form's terms that were worked out before a change must not be kept after it.
        self._changes = 0
        self._keeping = Lock()
        self._learnt = 0
        self._asked: Asked | None = None
        self.of_group: dict[int, tuple[Node, frozenset[str] | None, list[frozenset[str]]]] = {}
        self.of_list: dict[int, tuple[Node, frozenset[str] | None]] = {}
        self.forms = _Forms(self)

    def of_word(self, word: Word) -> frozenset[str]:
        """The keys of a query's word."""
        known = self._words.get(id(word))
        if known is None:
            if len(self._words) >= _WORDS:
                self._words.clear()
            prefix = word.mode == "prefix"
            keys = ("*" + word.text,) if prefix else self._analyser.word_keys(word)
            known = self._words[id(word)] = word, frozenset(keys)
        return known[1]

    def of_meta(self, condition: Meta) -> frozenset[str]:
        """The key of a condition beside the text."""
        return frozenset((f"#{condition.field}:{condition.value}",))

    def of_entity(self, asked: Entity) -> frozenset[str]:
        """The key of an entity."""
        return frozenset(("&" + asked.pattern,))

    def of_regex(self, asked: Regex) -> frozenset[str]:
        """The key of a regular expression."""
        key = f"/{'i' if asked.ignore_case else '-'}{asked.pattern}"
        self._searches.add(key)
        return frozenset((key,))

    def is_search(self, keys: frozenset[str]) -> bool:
        """Whether a term is known to be present only by searching the text."""
        return not self._searches.isdisjoint(keys)

    def keys(self, term: int) -> frozenset[str]:
        """The keys of a term."""
        return self._keys[term]

    def intern(self, keys: frozenset[str]) -> int:
        """The number of the term with these keys. Uses are counted by `hold`."""
        number = self._numbers.get(keys)
        if number is None:
            number = self._next
            self._next += 1
            self._numbers[keys] = number
            self._keys[number] = keys
            self._uses[number] = 0
            with self._keeping:
                self._changes += 1
                by_key = self._by_key
                for key in keys:
                    known = by_key.get(key)
                    if known is not None:
                        known.append(number)
                        continue
                    by_key[key] = [number]
                    if key[0] == "*":
                        begun = key[1 : 1 + _BUCKET_LETTERS]
                        self._begun[begun] = (*self._begun.get(begun, ()), key[1:])
                if not self._buckets and self._asked is None:  # no form is known yet
                    keys = frozenset(key for key in keys if key[0] in _BESIDE_WORDS)
                for key in keys:
                    self._changed(key, 1)
                    if key[0] == "~" and self._asked is not None:
                        for begun in self._asked.add(key[1:]):
                            self._forget(begun)
                # Who looked a form up before it was marked must look it up again.
                self._changes += 1
        return number

    def number_of(self, keys: frozenset[str]) -> int | None:
        """The number of the term with these keys; None where no filter asks for it."""
        return self._numbers.get(keys)

    def hold(self, term: int) -> None:
        """One more filter uses the term."""
        self._uses[term] += 1

    def release(self, term: int) -> None:
        """One filter fewer uses it; unused, it is forgotten."""
        self._uses[term] -= 1
        if self._uses[term]:
            return
        keys = self._keys.pop(term)
        del self._numbers[keys], self._uses[term]
        self.seen.pop(term, None)
        self._guesses.pop(term, None)
        with self._keeping:
            self._changes += 1
            for key in keys:
                left = [other for other in self._by_key[key] if other != term]
                if left:
                    self._by_key[key] = left
                else:
                    del self._by_key[key]
                    if key[0] == "*":
                        begun = key[1 : 1 + _BUCKET_LETTERS]
                        self._begun[begun] = tuple(
                            prefix for prefix in self._begun[begun] if prefix != key[1:]
                        )
                self._changed(key, -1)

    def count(self, present: Iterable[int]) -> None:
        """Counts the terms of a text seen."""
        for term in present:
            self.seen[term] = self.seen.get(term, 0) + 1

    def rarity(self, keys: frozenset[str]) -> tuple[bool, int, int, int]:
        """Orders terms from rare to common: by texts seen with it, then by guess.

        Those that cost a search come last.
        """
        term = self._numbers.get(keys)
        if term is not None:
            return self.rarity_of(term)
        is_search, many, short = self._guess(keys)
        return is_search, 0, many, short

    def rarity_of(self, term: int) -> tuple[bool, int, int, int]:
        """`rarity` of a term by its number."""
        guess = self._guesses.get(term)
        if guess is None:
            guess = self._guesses[term] = self._guess(self._keys[term])
        return guess[0], self.seen.get(term, 0), guess[1], guess[2]

    def _guess(self, keys: frozenset[str]) -> tuple[bool, int, int]:
        """How common a term never seen may be: whether it costs a search, words, shortness."""
        common = len(_COMMON_KEYS & keys)
        return self.is_search(keys), common * 1000 + len(keys), -min(map(len, keys))

    def learn(self, cut: Cut) -> frozenset[int]:
        """Works out a form's terms and keeps them."""
        folded, norm = spellings_of(cut)
        morphology = self._analyser.morphology
        learnt = self._learnt = self._learnt + 1
        if learnt == _LOOKED_UP:
            self._ask()
        while True:
            changes = self._changes
            asked = self._asked
            if asked is None:
                lemmas = morphology.lemmas(norm)
            else:
                lemmas = morphology.lemmas_asked(norm, asked)
            row = self._terms_of(folded, norm, lemmas)
            with self._keeping:
                if changes == self._changes:
                    return self._keep(cut, folded, norm, lemmas, row)

    def _ask(self) -> None:
        """From now on forms are looked up only if they may be of a lemma that filters ask for."""
        with self._keeping:
            lemmas = [key[1:] for key in self._by_key if key[0] == "~"]
            self._asked = self._analyser.morphology.asked(lemmas)

    def _terms_of(self, folded: str, norm: str, lemmas: Sequence[str]) -> frozenset[int]:
        by_key = self._by_key
        found = [terms] if (terms := by_key.get("=" + norm)) is not None else []
        for lemma in lemmas:
            if (terms := by_key.get("~" + lemma)) is not None:
                found.append(terms)
        if is_acronym(folded) and (terms := by_key.get("^" + folded)) is not None:
            found.append(terms)
        prefixes = self._begun.get(norm[:_BUCKET_LETTERS])
        if prefixes and norm.startswith(prefixes):
            for prefix in prefixes:
                if norm.startswith(prefix) and (terms := by_key.get("*" + prefix)) is not None:
                    found.append(terms)
        return _NO_TERMS.union(*found) if found else _NO_TERMS

    def _keep(
        self, cut: Cut, folded: str, norm: str, lemmas: Sequence[str], row: frozenset[int]
    ) -> frozenset[int]:
        if self._learnt >= _MAX_FORMS_CACHED:  # not the forms there are: those forgotten count too
            self.forms.clear()
            self._buckets.clear()
            self._others.clear()
            self._left.clear()
            self._rows.clear()
            self._learnt = 0  # what nobody asks for any more is forgotten too
        begun = norm[:_BUCKET_LETTERS]
        if cut in self._left:
            self._left.discard(cut)
        elif cut not in self.forms:  # another thread may have learnt it
            self._buckets.setdefault(begun, []).append(cut)
        for lemma in lemmas:
            if (other := lemma[:_BUCKET_LETTERS]) != begun:
                self._others.setdefault(other, {})[cut] = None
        if is_acronym(folded):
            self._others.setdefault(folded[:_BUCKET_LETTERS], {})[cut] = None
        row = self.forms[cut] = self._rows.setdefault(row, row)
        return row

    @property
    def beside_text(self) -> bool:
        """Whether any filter asks for more than words."""
        return bool(self._meta_fields or self._patterns or self._regexes)

    def add_meta(self, analysis: Analysis, found: set[int]) -> None:
        """Adds the terms of an item's entities, source, kind, address and the like."""
        if self._patterns:
            for kind in self._kinds:
                for mention in analysis.mentions_of(kind):
                    found.update(self._named(mention.id))
        for key in self._regexes:
            if analysis.regexes.holds(Regex(key[2:], key[1] == "i"), ""):
                found.update(self._by_key.get(key, _NONE))
        for field in self._meta_fields:
            for value in values(field, analysis):
                if is_equal(field):
                    found.update(self._by_key.get(f"#{field}:{value}", _NONE))
                    continue
                known = self._contains[field]
                if value not in known:
                    if len(known) > 10_000:
                        known.clear()
                    known[value] = self._containing(field, value)
                found.update(known[value])

    def _containing(self, field: str, value: str) -> tuple[int, ...]:
        head = f"#{field}:"
        return tuple(
            term
            for key, terms in list(self._by_key.items())  # others may add to it meanwhile
            if key.startswith(head) and key[len(head) :] in value
            for term in terms
        )

    def _named(self, mention: str) -> tuple[int, ...]:
        kept = self._mentions
        known = kept.get(mention)
        if known is None:
            if len(kept) > _MENTIONS:
                kept.clear()
            known = kept[mention] = tuple(
                term
                for key in self._patterns
                if names(key[1:], mention)
                for term in self._by_key.get(key, _NONE)
            )
        return known

    def _changed(self, key: str, change: int) -> None:
        """Forgets what was kept of the forms a key touches; they are learnt again when seen.

        What others may be walking through is not changed but replaced.
        """
        if key[0] == "&":
            self._patterns = _counted(self._patterns, key, change)
            self._kinds = {kind_of(pattern[1:]) for pattern in self._patterns}
            self._mentions = {}
            return
        if key[0] == "/":
            self._regexes = _counted(self._regexes, key, change)
            return
        if key[0] == "#":
            field = key[1 : key.index(":")]
            self._contains[field] = {}
            self._meta_fields = _counted(self._meta_fields, field, change)
            return
        self._forget(key[1:])

    def _forget(self, begun: str) -> None:
        begun = begun[:_BUCKET_LETTERS]
        for cut in self._others.pop(begun, ()):
            if self.forms.pop(cut, None) is not None:
                self._left.add(cut)
        for cut in self._buckets.pop(begun, ()):
            self.forms.pop(cut, None)
            self._left.discard(cut)
