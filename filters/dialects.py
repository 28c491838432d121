"""What other languages of search write, and what that is here.

Google (AROUND, before:, "a * b"), Lucene and Media Cloud (^, TO, "a b"~5, publish_date:),
Sphinx as in TGStat (<<, SENTENCE, MAYBE, "a b c"/2, @title), legal search (/s, w/5), and
the signs people put for others (;, ’…’, "count >= 10"). Read as words of this language
these would be found nowhere, or, worse, mean something else in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["FIELDS", "VALUES", "foreign"]

_CLOSE: Final = "For words close together write NEAR/n."
_DATES: Final = "A filter knows no dates and no ranges: it looks at each item as it comes."
# A pattern outside quotation marks; what is said; what is meant, {1} the first group.
_HABITS: Final = tuple(
    (re.compile(pattern), hint, instead)
    for pattern, hint, instead in (
        (
            r"(?<![\w'’])['‘‚`]([^'‘’`()_\n]+ [^'‘’`()_\n]*)['’‘`](?!\w)",
            "A phrase stands in double quotation marks: “…”, «…».",
            '"{1}"',
        ),
        (r"\bAROUND ?\(?(\d+)\)?", _CLOSE, "NEAR/{1}"),
        (r"\b(NEAR|BEFORE)(?: ?/ | /| )(\d+|[sp])\b", _CLOSE, "{1}/{2}"),
        (r"(?<!\S)[wW]?/([spSP])(?!\S)", _CLOSE, "NEAR/{1}"),
        (r"(?<!\S)(?:РЯДОМ|ПОРУЧ)?/(\d+)(?!\S)", _CLOSE, "NEAR/{1}"),
        (r"(?<!\S)SENTENCE(?!\S)", _CLOSE, "NEAR/s"),
        (r"(?<!\S)PARAGRAPH(?!\S)", _CLOSE, "NEAR/p"),
        (r"(?<!\S)<<(?!\S)", _CLOSE, "BEFORE/p"),
        (r"(?<!\S)MAYBE\s+\S+", "What need not be there is left out.", ""),
        (r"(?<=_)/\d+(?!\S)", "All words of a phrase must be there; for some write a list.", ""),
        (
            r"\b(count|term)(?:\s+(>=|<=|≥|≤|[<>=])\s*|(>=|<=|[<>=])\s+|(≥|≤)\s*)(\d[\d.]*)",
            "A number is asked for without spaces: count>=10.",
            "{1}{2}{3}",
        ),
        (r"(?<=[\w_*])\^[\d.]+", "“^” is not used: no word counts more than another.", ""),
        (r"(?<!\S)(?:[A-Za-z_]+:)?[\[{]\S+\s+TO\s+\S+[\]}]", _DATES, ""),
        (r"(?<![^\s(])(?:before|after|since|until|date|publish_date):\S*", _DATES, ""),
        (r"\s*;", "“;” is not used: put commas between alternatives.", ","),
        (r",(?:\s*,)+", "Between two commas something must stand.", ","),
        (
            r"(?<![^\s(])@(title|text|source|author|url|tag)\s+(?=[\w(])",
            "A field is written with a colon: title:word.",
            "{1}:",
        ),
    )
)
_WRITTEN: Final[Mapping[str, str]] = {"≥": ">=", "≤": "<=", "S": "s", "P": "p"}

# Names of fields elsewhere, and in the researcher's own language.
FIELDS: Final[Mapping[str, str]] = {
    "intitle": "title",
    "allintitle": "title",
    "headline": "title",
    "заголовок": "title",
    "intext": "text",
    "allintext": "text",
    "body": "text",
    "content": "text",
    "текст": "text",
    "site": "url",
    "inurl": "url",
    "link": "url",
    "domain": "url",
    "canonical_domain": "url",
    "media_url": "url",
    "адрес": "url",
    "from": "source",
    "channel": "source",
    "media": "source",
    "media_name": "source",
    "канал": "source",
    "источник": "source",
    "джерело": "source",
    "language": "lang",
    "язык": "lang",
    "мова": "lang",
    "hashtag": "tag",
    "тег": "tag",
    "метка": "tag",
    "мітка": "tag",
    "автор": "author",
    "forward": "fwd",
    "персона": "person",
    "человек": "person",
    "людина": "person",
    "место": "place",
    "місце": "place",
    "закон": "law",
    "армия": "army",
    "армія": "army",
    "стадия": "stage",
    "стадія": "stage",
}
# Values of fields as people name them.
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "lang": {
        "russian": "ru",
        "rus": "ru",
        "русский": "ru",
        "рус": "ru",
        "російська": "ru",
        "ukrainian": "uk",
        "ua": "uk",
        "укр": "uk",
        "украинский": "uk",
        "українська": "uk",
        "english": "en",
        "eng": "en",
        "английский": "en",
        "англійська": "en",
    },
    "kind": {
        "суд": "court",
        "courts": "court",
        "official": "official",
        "официальный": "official",
        "офіційне": "official",
        "сми": "media",
        "змі": "media",
        "news": "media",
        "rights group": "rights",
        "правозащита": "rights",
        "правозахист": "rights",
        "аноним": "anonymous",
        "анонім": "anonymous",
    },
    "army": {
        "russia": "ru",
        "russian": "ru",
        "рф": "ru",
        "россия": "ru",
        "росія": "ru",
        "uk": "ua",
        "ukraine": "ua",
        "ukrainian": "ua",
        "украина": "ua",
        "україна": "ua",
        "всу": "ua",
        "зсу": "ua",
    },
    "stage": {
        "приговор": "verdict",
        "вирок": "verdict",
        "sentence": "verdict",
        "обвинение": "charge",
        "обвинувачення": "charge",
        "апелляция": "appeal",
        "апеляція": "appeal",
        "статистика": "statistics",
        "новость": "report",
        "новина": "report",
        "комментарий": "commentary",
        "коментар": "commentary",
    },
    "era": {"past": "historical", "history": "historical", "present": "now", "today": "now"},
    "has": {
        "url": "link",
        "links": "link",
        "hashtag": "tag",
        "fwd": "forward",
        "repost": "forward",
    },
}


def foreign(bare: str, text: str) -> tuple[int, int, str, str] | None:
    """The first sign of another language: its place, what is said, what to write instead.

    `bare` is `text` with all that stands in quotation marks blanked, letter for letter.
    """
    for pattern, hint, instead in _HABITS:
        found = pattern.search(bare)
        if found:
            spans = [found.span(i) for i in range(1, pattern.groups + 1) if found[i]]
            given = [text[start:end] for start, end in spans]
            meant = instead.format("", *(_WRITTEN.get(each, each) for each in given))
            return *found.span(), hint, meant
    return None
