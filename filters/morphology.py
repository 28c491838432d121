"""A word's lemmas in Russian, Ukrainian and English: all of them, not the likeliest.

The likeliest parse misses one form in fifteen; keeping every parse misses one in
thirty, and Ukrainian parses carry no weights at all. Letters decide the language
of a word; where they do not, both dictionaries are asked, and guesses for unknown
words are made only when neither knows it.
"""

from __future__ import annotations

import re
import threading
import unicodedata
import warnings
import zlib
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import metadata
from sys import intern
from typing import Any, Final

from filters.beginnings import Asked, Beginnings
from filters.irregular import IRREGULAR

__all__ = ["MissingDictionary", "Morphology", "analyser", "has_names", "language_of"]

_CYRILLIC: Final = re.compile("[\u0400-\u052f]")
_UKRAINIAN: Final = re.compile("[іїєґ']")
_RUSSIAN: Final = re.compile("[ыэъё]")
_LATIN: Final = re.compile("[a-z]")
_MAX_FORMS_CACHED: Final = 50_000  # some 15 MB
_MAX_GUESSES: Final = 4
_YO: Final = str.maketrans("ё", "е")


class MissingDictionary(UserWarning):
    """Ukrainian lemmas come from a smaller dictionary: other lemmas, other alerts."""


@lru_cache(maxsize=4_000)  # a form is asked for again soon or hardly ever
def language_of(word: str) -> str:
    """ "ru", "uk" or "en" where the letters of a normalised word tell, else ""."""
    if _CYRILLIC.search(word):
        if _UKRAINIAN.search(word):
            return "uk"
        return "ru" if _RUSSIAN.search(word) else ""
    return "en" if _LATIN.search(word) else ""


def has_names(word: str) -> bool:
    """Whether Unicode has a name for each letter: at others the parser raises ValueError."""
    return word.isascii() or all(unicodedata.name(letter, "") for letter in word)


@lru_cache(maxsize=2)
def analyser(lang: str) -> Any:
    """The parser of `ru` or `uk`, one for the process: loading takes a third of a second.

    Raises ValueError where its dictionary is not installed.
    """
    import pymorphy3

    with _LOADING:
        return pymorphy3.MorphAnalyzer(lang=lang)


_LOADING = threading.Lock()


class Morphology:
    """Word form -> lemmas, with a cache that can be kept as bytes; it may start from several.

    Dictionaries load at the first word that needs them. May be used from several
    threads: a miss takes a lock, a hit does not.
    """

    def __init__(self, *caches: bytes | None) -> None:
        self._cache: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()
        self._russian: Any = None
        self._ukrainian: Any = None
        self._stem: Any = None
        self._beginnings: Beginnings | None = None
        for kept in filter(None, caches):
            self._cache.update(_unpack(kept))

    def lemmas(self, word: str) -> tuple[str, ...]:
        """All lemmas of a normalised word, sorted; none for numbers and other scripts."""
        known = self._cache.get(word)
        if known is not None:
            return known
        with self._lock:
            # Many forms have one lemma: it is kept once.
            found = tuple(sorted({intern(lemma.translate(_YO)) for lemma in self._find(word)}))
            if len(self._cache) >= _MAX_FORMS_CACHED:
                for old in list(self._cache)[: _MAX_FORMS_CACHED // 2]:
                    del self._cache[old]
            self._cache[word] = found
        return found

    def look_up(self, word: str) -> tuple[str, ...]:
        """As `lemmas`, of a word that nobody will ask for again: what is not known is not kept."""
        known = self._cache.get(word)
        if known is not None:
            return known
        with self._lock:
            return tuple(sorted({lemma.translate(_YO) for lemma in self._find(word)}))

    def lemmas_asked(self, word: str, asked: Asked) -> tuple[str, ...]:
        """As `lemmas`, but none for a word that can have none of those asked for."""
        known = self._cache.get(word)
        if known is not None:
            return known
        if word.isascii():  # stems cost less than keeping them
            return tuple(sorted(self._english(word))) if _LATIN.search(word) else ()
        if _CYRILLIC.search(word) and not asked.may_be(word):
            return ()
        return self.lemmas(word)

    def asked(self, lemmas: Iterable[str]) -> Asked | None:
        """These as `lemmas_asked` takes them; the first time costs a quarter of a second. None
        where the Ukrainian dictionary is missing: another one's guesses follow no rule."""
        with self._lock:
            if self._beginnings is None:
                ukrainian = self._uk()
                if ukrainian is None:
                    return None
                try:
                    self._beginnings = Beginnings((self._ru(), ukrainian))
                except ValueError:
                    return None
            return Asked(self._beginnings, filter(_CYRILLIC.search, lemmas))

    @property
    def signature(self) -> str:
        """Names the dictionaries: what was made with others has other lemmas."""
        return _signature()

    def cache(self) -> bytes:
        """What was learnt so far, for the next process; empty of no use is harmless."""
        lines = [_signature()]
        lines += ["\t".join((word, *lemmas)) for word, lemmas in list(self._cache.items())]
        return zlib.compress("\n".join(lines).encode(), 1)

    def _find(self, word: str) -> set[str]:
        if not has_names(word):
            return set()
        if _CYRILLIC.search(word):
            return self._cyrillic(word)
        return self._english(word) if _LATIN.search(word) else set()

    def _cyrillic(self, word: str) -> set[str]:
        language = language_of(word)
        found: set[str] = set()
        if language != "uk":
            found |= _known(self._ru(), word)
        if language != "ru":
            found |= self._known_uk(word)
        if found:
            return found
        if language != "uk":
            found.update(self._ru().normal_forms(word)[:_MAX_GUESSES])
        if language != "ru":
            found |= self._guess_uk(word)
        return found

    def _english(self, word: str) -> set[str]:
        if self._stem is None:
            import Stemmer

            self._stem = Stemmer.Stemmer("english").stemWord
        word = word.removesuffix("'s")
        bases = (word, *IRREGULAR.get(word, ()))
        return {str(self._stem(base)) for base in bases}

    def _ru(self) -> Any:
        if self._russian is None:
            self._russian = analyser("ru")
        return self._russian

    def _uk(self) -> Any:
        """The Ukrainian analyser, or None (said once) when its dictionary is missing."""
        if self._ukrainian is None:
            try:
                self._ukrainian = analyser("uk")
            except ValueError:
                self._ukrainian = False
                warnings.warn(
                    "pymorphy3-dicts-uk is not installed: Ukrainian lemmas come from simplemma",
                    MissingDictionary,
                    stacklevel=2,
                )
        return self._ukrainian or None

    def _known_uk(self, word: str) -> set[str]:
        analyser = self._uk()
        if analyser is not None:
            return _known(analyser, word)
        import simplemma

        return {simplemma.lemmatize(word, lang="uk")} if simplemma.is_known(word, "uk") else set()

    def _guess_uk(self, word: str) -> set[str]:
        analyser = self._uk()
        if analyser is not None:
            return set(analyser.normal_forms(word)[:_MAX_GUESSES])
        import simplemma

        return {simplemma.lemmatize(word, lang="uk")}


def _known(analyser: Any, word: str) -> set[str]:
    """Normal forms of a dictionary word: the parser's own look-up without its scoring."""
    dictionary = analyser.dictionary
    return {
        dictionary.build_normal_form(paradigm, index, fixed)
        for fixed, parses in dictionary.words.similar_items(word, analyser.char_substitutes)
        for paradigm, index in parses
    }


@cache
def _signature() -> str:
    """Names the dictionaries a cache was made with: another set gives other lemmas."""
    names = ("pymorphy3", "pymorphy3-dicts-ru", "pymorphy3-dicts-uk", "PyStemmer", "simplemma")
    versions = []
    for name in names:
        try:
            versions.append(f"{name}={metadata.version(name)}")
        except metadata.PackageNotFoundError:
            versions.append(f"{name}=")
    return "lemmas 1 " + " ".join(versions)


def _unpack(cache: bytes) -> dict[str, tuple[str, ...]]:
    """The words of a kept cache; nothing when it is damaged or of other dictionaries."""
    try:
        head, *lines = zlib.decompress(cache).decode().split("\n")
    except (zlib.error, UnicodeDecodeError):
        return {}
    if head != _signature():
        return {}
    rows = (line.split("\t") for line in lines)
    return {row[0]: tuple(map(intern, row[1:])) for row in rows}
