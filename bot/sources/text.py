"""Small facts about text: white space, what one text says beyond another, links, language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

__all__ = [
    "MAX_TEXT",
    "SPACES",
    "all_joined",
    "clean",
    "guess_language",
    "joined",
    "printable",
    "unique",
    "web_link",
]


SPACES = re.compile(r"[ \t\r\n\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
# What XML forbids and no text needs: controls but tab and newline, lone surrogates, non-characters.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Text without what XML forbids: controls but tab and newline, lone surrogates."""
    return _CONTROLS.sub("", text)


def clean(text: str) -> str:
    """Text with one space between words, one newline between paragraphs, no controls."""
    lines = printable(text).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line for raw in lines.split("\n") if (line := SPACES.sub(" ", raw).strip(" ")))


MAX_TEXT = 100_000
"""Characters of one item."""


def joined(summary: str, full: str) -> str:
    """The full text and what of the summary it does not say; no word is lost.

    A summary with a beginning of its own leads; what it says beyond an excerpt follows. Where
    it holds the full text already it is the answer: joining twice is joining once.
    """
    if not full or not summary:
        return (full or summary)[:MAX_TEXT]
    parts = _sentences(summary)
    long = _squeezed(full)
    missing = [part for part in parts if not _says(long, part)]
    if not missing:
        return full[:MAX_TEXT]
    short = _squeezed(summary)
    if long[:2_000] in short and all(_says(short, part) for part in _sentences(full)):
        return summary[:MAX_TEXT]
    if len(missing) == len(parts):
        return f"{summary}\n{full}"[:MAX_TEXT]
    own = "\n".join(missing)
    return (f"{own}\n{full}" if missing[0] == parts[0] else f"{full}\n{own}")[:MAX_TEXT]


def all_joined(texts: Iterable[str]) -> str:
    """Each text that those before it do not say, in order."""
    whole = ""
    for text in texts:
        whole = joined(whole, text)
    return whole


_SENTENCE_END = re.compile(r"(?<=[.!?\u2026])\s+|\n")
_CUT_OFF = re.compile(r"\u2026|\.\.\.")


def _sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE_END.split(text[:MAX_TEXT]) if part]


def _says(squeezed: str, sentence: str) -> bool:
    """Whether the sentence stands in a text, whole or, where it is cut off, up to its last word."""
    wanted = _squeezed(sentence)
    if wanted in squeezed:
        return True
    cut = _without_cut_off(sentence)
    if cut == sentence and sentence[-1:] in ".!?":
        return False
    begun = _squeezed(cut.rpartition(" ")[0])
    return len(begun) >= 20 and begun in squeezed


def _without_cut_off(sentence: str) -> str:
    """The sentence up to its last word, where an ellipsis stands behind that."""
    end = len(sentence)
    while end and not (sentence[end - 1].isalnum() or sentence[end - 1] == "_"):
        end -= 1
    return sentence[:end] if _CUT_OFF.search(sentence, end) else sentence


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text[:MAX_TEXT]).casefold()


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Non-empty values, each once, in order."""
    return tuple(dict.fromkeys(value for value in values if value))


def web_link(href: str, base: str = "") -> str:
    """An absolute http(s) address, or "" if `href` gives none."""
    href = _ONE_SLASH.sub(r"\1//", href.strip())
    if not href:
        return ""
    try:
        host = urlsplit(base).netloc.lower()
        if host and href.lower().startswith((f"{host}/", f"www.{host}/")):
            href = f"//{href}"  # its own host, with the scheme forgotten
        url = urljoin(base, href) if base else href
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return ""
    except ValueError:
        return ""
    return "" if _CONTROLS.search(url) or len(url) > 4096 else url.replace(" ", "%20")


_ONE_SLASH = re.compile(r"^(https?:)/(?=[^/])", re.I)
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_RUSSIAN = re.compile("[ыэъёЫЭЪЁ]")
_CYRILLIC = re.compile("[а-яА-ЯіїєґёІЇЄҐЁ]")
_LATIN = re.compile("[a-zA-Z]")


def guess_language(text: str) -> str:
    """`ru`, `uk`, `en` by letters, or "" when there are too few to tell.

    Latin letters are taken for English: other languages are none of ours.
    """
    sample = text[:20_000]
    cyrillic = len(_CYRILLIC.findall(sample))
    latin = len(_LATIN.findall(sample))
    if cyrillic + latin < 10:
        return ""
    if latin > cyrillic:
        return "en"
    ukrainian, russian = len(_UKRAINIAN.findall(sample)), len(_RUSSIAN.findall(sample))
    if ukrainian == russian:
        return ""
    return "uk" if ukrainian > russian else "ru"
