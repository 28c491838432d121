"""What other languages of search and people write, and what that is here.

Google (AROUND, filetype:), Lucene and Media Cloud (^, TO, "a b"~5), Meltwater and
Brandwatch (ONEAR, NEAR/2f, <<<…>>>), Factiva (adj5, hd=), Westlaw and Lexis (/s, pre/5, !,
hlead()), Sphinx as in TGStat (<<, SENTENCE, "a b c"/2), Yandex (/(-2 +4), ~~), Integrum,
feed readers, and the signs people put for others (;, ’…’, a/b, lines). Read as words of this
language these would be found nowhere or, worse, mean something else in silence. So each
is refused with the filter rewritten; what needs several rewritings gets them one by one
in `filters.query`, which shows none that does not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import combinations
from math import ceil
from typing import Final, NamedTuple

from filters.entities.offers import offers
from filters.errors import QueryError

__all__ = ["FIELDS", "OPAQUE", "QUOTED", "VALUES", "refuse_foreign"]

QUOTED: Final = re.compile(r'"[^"]*"|«[^«»]*»|‹[^‹›]*›|[“„”‟][^"“„”‟]*[“”‟"]')

# What is between slashes or quotation marks is not read as signs of the language.
OPAQUE: Final = re.compile(
    rf"{QUOTED.pattern}|(?<![^\s(),|:\-–—−])/(?![nN]\d+/)(?:[^/\\\n]|\\[^\n])+/i?(?=[\s(),|]|$)"
)
# Names of fields elsewhere, and in the researcher's own language.
FIELDS: Final[Mapping[str, str]] = {
    "intitle": "title",
    "allintitle": "title",
    "headline": "title",
    "article_title": "title",
    "hlead": "title",
    "hd": "title",
    "hl": "title",
    "hlp": "title",
    "ti": "title",
    "subject": "title",
    "entrytitle": "title",
    "заголовок": "title",
    "intext": "text",
    "allintext": "text",
    "body": "text",
    "ingress": "text",
    "lead": "text",
    "lede": "text",
    "abstract": "text",
    "tx": "text",
    "ft": "text",
    "fulltext": "text",
    "full_text": "text",
    "article_text": "text",
    "entrycontent": "text",
    "content": "text",
    "текст": "text",
    "site": "url",
    "inurl": "url",
    "allinurl": "url",
    "website": "url",
    "host": "url",
    "entryurl": "url",
    "link": "url",
    "domain": "url",
    "canonical_domain": "url",
    "media_url": "url",
    "адрес": "url",
    "from": "source",
    "sn": "source",
    "sc": "source",
    "so": "source",
    "src": "source",
    "source_name": "source",
    "sourcename": "source",
    "publication": "source",
    "publisher": "source",
    "outlet": "source",
    "channel": "source",
    "media": "source",
    "media_name": "source",
    "канал": "source",
    "источник": "source",
    "джерело": "source",
    "language": "lang",
    "la": "lang",
    "lng": "lang",
    "язык": "lang",
    "мова": "lang",
    "hashtag": "tag",
    "тег": "tag",
    "метка": "tag",
    "мітка": "tag",
    "автор": "author",
    "by": "author",
    "au": "author",
    "byline": "author",
    "entryauthor": "author",
    "hashtags": "tag",
    "entrytag": "tag",
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
        "медиа": "media",
        "медіа": "media",
        "press": "media",
        "официально": "official",
        "офіційний": "official",
        "сми": "media",
        "змі": "media",
        "news": "media",
        "rights group": "rights",
        "правозащита": "rights",
        "правозахист": "rights",
        "аноним": "anonymous",
        "анонім": "anonymous",
        "анонимный": "anonymous",
        "анонімний": "anonymous",
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
        "российская": "ru",
        "російська": "ru",
        "русские": "ru",
        "украинская": "ua",
        "українська": "ua",
        "украина": "ua",
        "україна": "ua",
        "всу": "ua",
        "зсу": "ua",
    },
    "stage": {
        "приговоры": "verdict",
        "вироки": "verdict",
        "обжалование": "appeal",
        "оскарження": "appeal",
        "приговор": "verdict",
        "вирок": "verdict",
        "sentence": "verdict",
        "обвинение": "charge",
        "обвинувачення": "charge",
        "апелляция": "appeal",
        "апеляція": "appeal",
        "обвинения": "charge",
        "апелляции": "appeal",
        "апеляції": "appeal",
        "verdicts": "verdict",
        "charges": "charge",
        "appeals": "appeal",
        "reports": "report",
        "статистика": "statistics",
        "новости": "report",
        "новини": "report",
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

# What a filter cannot ask: it looks at the words of each item as it comes.
_LEFT_OUT: Final = (
    "before|after|since|until|date|publish_date|publication_date|indexed_date|daterange|when"
    "|country|sourcecountry|source_country|location|region|city|geo|near|place_country"
    "|engagement|reach|filetype|ext|filter|is|to|min_faves|min_retweets|min_replies|retweets"
    "|sourcetype|source_type|sentiment|gender|followers|views|er|wc|pd|ns|in|re|co|rst|dt|clm|pg"
    "|mime|format|pubdate|published|updated|created|likes|shares|comments|impressions|subscribers"
    "|length|geographic|cache|related|sort|order|rating|verified|page_type|pagetype|channel_type"
)
# Longer filters are lists of our own; some of the signs cost the square of a text's length.
_MAX_LETTERS: Final = 2_000
_CLOSE: Final = "For words close together write NEAR/n."
_SKIPPED: Final = "A filter does not ask for dates, places or numbers of readers: this is left out."
_BANG: Final = "“!” is not used: “-” excludes a word, “=” asks for one form, “*” for any ending."
_TWO: Final = "This may mean two things: which do you mean?"
_AS_HERE: Final = "Another search writes it so; here it is written otherwise."
_VALUE: Final = r"(?:\[[^\]]*\]|\{[^}]*\}|\([^()]*\)|_+|[^\s()]+)"
_WRITTEN: Final[Mapping[str, str]] = {"≥": ">=", "≤": "<=", "S": "s", "P": "p", "п": "s", "с": "s"}
_WRITTEN_MORE: Final[Mapping[str, str]] = {"р": "p", "а": "p", "c": "s", "C": "s"}
_LEGAL: Final = re.compile(
    r"(?<!\S)(?:(?:w|pre|near|onear)?/(?:\d+|[sp])|pre/\d+|\+[sp]|and not|but not|%)(?!\S)", re.I
)

_NO_OPERATOR: Final = r"(?!(?:AND|OR|NOT|И|ИЛИ|НЕ|ТА|АБО|І|and|or|not|и|или|та|або|і)\s)"
# After these «not» is a word of the sentence.
_AFTER_THESE: Final = "did do does would will could can must should is are was were has have had"
_NO_AUXILIARY: Final = "".join(rf"(?<!{word}\s)" for word in _AFTER_THESE.split())

# Gives the filters that may be meant, the likeliest first; each is read before it is shown.
Mend = Callable[["re.Match[str]", str], "tuple[str, ...]"]


class _Habit(NamedTuple):
    """A sign of another query language, outside quotation marks, and what it means."""

    sign: re.Pattern[str]
    hint: str
    mend: Mend


def _put(instead: str) -> Mend:
    """In the place of every such sign; {1} is the first group of it."""

    def mend(found: re.Match[str], text: str) -> tuple[str, ...]:
        bare = _bare(text)
        for each in reversed(list(found.re.finditer(bare, found.start()))):
            spans = [each.span(i) for i in range(1, each.re.groups + 1) if each[i]]
            given = (text[start:end] for start, end in spans)
            meant = instead.format("", *(_written(piece) for piece in given))
            text = text[: each.start()] + meant + text[each.end() :]
        return (text.strip(),)

    return mend


def _written(piece: str) -> str:
    return _WRITTEN.get(piece) or _WRITTEN_MORE.get(piece, piece)


def _leave_out(found: re.Match[str], text: str) -> tuple[str, ...]:
    """Without the sign and the operator that joined it."""
    before, after = text[: found.start()], text[found.end() :]
    joint = r"(?:AND|OR|И|ИЛИ|ТА|І|АБО|and|or|и|или|та|або|&&?|\|\|?|,)"
    kept = re.sub(rf"(?:(?:(?<=\s)|^){joint}\s*)?(?:(?:NOT|НЕ|not)\s*|-)?$", "", before.rstrip())
    if kept.rstrip() == before.rstrip() and (not kept.strip() or kept.rstrip().endswith("(")):
        after = re.sub(rf"^\s*{joint}(?=[\s(])", "", after)
    return (f"{kept.rstrip()} {after.lstrip()}".strip(),)


def _bangs(found: re.Match[str], text: str) -> tuple[str, ...]:
    """Westlaw's refus!, Yandex's !слово for one form, Lucene's !word for an exclusion."""
    bare = _bare(text)
    legal = _LEGAL.search(bare) is not None
    if legal or re.search(r"[A-Za-z]{3}!(?=[\s)]|$)", bare):
        letters = r"\w" if legal else "[A-Za-z]"
        starred = _sub(rf"(?<={letters}{{3}})!(?=[\s)]|$)", "*", text)
        if starred != text:
            return (starred, _sub(r"(?<=\w)!+(?=[\s)]|$)", "", text))
    excluded = _sub(r"!+(?=[\s)!]|$)", "", _sub(r"&?!+(?=[^\s)!])", "-", text))
    excluded = re.sub(r"(?<=\w)-(?=\w+\s*$)", " -", excluded) if "&!" in text else excluded
    exact = _sub(r"!+(?=\w)", "=", text)
    if re.fullmatch(r"\s*(?:!+\w+\s*)+", bare):
        return (exact, excluded)
    return (excluded, exact) if re.fullmatch(r"(?:\s*!?\w++)+\s*", bare) else (excluded,)


def _sub(pattern: str, instead: str, text: str) -> str:
    """`re.sub` outside quotation marks."""
    return _put(instead)(found, text)[0] if (found := re.search(pattern, _bare(text))) else text


def _quorum(found: re.Match[str], text: str) -> tuple[str, ...]:
    """Sphinx's "a b c"/2, any two of the words; "a b"~5 and Medialogia's "a b"/5, close ones."""
    phrase = next((m for m in QUOTED.finditer(text) if m.end() == found.start()), None)
    if phrase is None:
        return ()
    words = phrase[0][1:-1].split()
    # A fraction is a share of the words.
    many = ceil(float(found[2]) * len(words)) if "." in found[2] else int(found[2])
    if found[1] == "~" or many > len(words):
        meant = f" NEAR/{min(max(many, 1), 100)} ".join(words)
    elif many == len(words) or len(words) > 6:
        meant = " ".join(words)
    else:
        chosen = [" ".join(some) for some in combinations(words, many)]
        meant = ", ".join(f"({each})" if many > 1 else each for each in chosen)
    alone = phrase.start() == 0 and found.end() == len(text)
    meant = meant if alone or len(words) == 1 else f"({meant})"
    return ((text[: phrase.start()] + meant + text[found.end() :]).strip(),)


def _rest_in(field: str) -> Mend:
    """Google's allintitle: every word that follows."""

    def mend(found: re.Match[str], text: str) -> tuple[str, ...]:
        rest = text[found.end() :].strip()
        return (f"{text[: found.start()]}{field}:({rest})".strip(),)

    return mend


def _named_field(found: re.Match[str], text: str) -> tuple[str, ...]:
    """Lexis's hlead(film), Factiva's hd=word: a field by another name."""
    field = FIELDS[found[1].lower()]
    return (text[: found.start()] + field + ":" + text[found.end() :],)


def _expression(found: re.Match[str], text: str) -> tuple[str, ...]:
    """Miniflux's EntryTitle=(?i)word: a regular expression in a field."""
    field = FIELDS["entry" + found[1].lower()]
    pattern = text[found.end() :].strip()
    small = pattern.startswith("(?i)")
    pattern = pattern.removeprefix("(?i)")
    if field in ("title", "text"):
        return (f"{field}:/{pattern.replace('/', chr(92) + '/')}/{'i' if small else ''}",)
    return (f'{field}:"{pattern}"',)


def _either(found: re.Match[str], text: str) -> tuple[str, ...]:
    """A slash between two words: either of them, or both in a row."""
    first, second = found[1], found[2]
    places = (f"({first}, {second})", f'"{first} {second}"')
    whole = found[0] == text.strip()
    return tuple(
        text[: found.start()] + (each.strip("()") if whole else each) + text[found.end() :]
        for each in places
    )


def _lines(text: str) -> tuple[str, ...]:
    """Lines: any of them, or all."""
    lines = [re.sub(r"^\s*(?:[-–—•*]|\d+[.)])\s+", "", line).strip() for line in text.splitlines()]
    lines = [line for line in lines if line]
    return (
        ", ".join(f"({line})" if re.search(r"\s", line) else line for line in lines),
        " ".join(lines),
    )


def _forms_of_unit(found: re.Match[str], text: str) -> tuple[str, ...]:
    """«155-я бригада», as the unit of that number."""
    for offer in offers(text):
        if offer.start <= found.start() < offer.end:
            named = text[: offer.start] + offer.pattern + text[offer.end :]
            number, place = found[1], text[found.end() : offer.end].strip()
            words = text[: offer.start] + f"{number} {place}" + text[offer.end :]
            return (named, words.strip())
    return ()


def _case(found: re.Match[str], text: str) -> tuple[str, ...]:
    """A word as it is written: capitals are an acronym here, else one form."""
    word = found[1]
    meant = word if word.isupper() and 1 < len(word) <= 5 else "=" + word
    return (text[: found.start()] + meant + text[found.end() :],)


def _family(found: re.Match[str], text: str) -> tuple[str, ...]:
    """«самовольное оставление части»: also «самовольно оставил часть», or these words alone."""
    which, act, ending, rest = found[1], found[2], found[3], found[4]
    stem = re.sub(r"(?<=[бвпмф])л$", "", act.removesuffix(ending))
    cut = which[:-2] if which.endswith(("ое", "ее", "нє")) else which[:-1]
    if min(len(stem), len(cut)) < 4:
        return ()
    return (f"{cut}* {stem}*{rest}".strip(), " AND ".join(text.split()))


def _small_not(found: re.Match[str], text: str) -> tuple[str, ...]:
    """A small «not» or «without»: an exclusion, or a word of the sentence."""
    before, after = text[: found.start()], text[found.end() :]
    word = found[0].split()[-1]
    return (f"{before}-{after}", f'{before}"{word}" {after}')


def _small_without(found: re.Match[str], text: str) -> tuple[str, ...]:
    """«остался без ноги»: a word of the sentence sooner than an exclusion.

    Of a list behind it, «без еды, воды», all of it is meant sooner than its first word.
    """
    listed = _PLAIN_LIST.match(text, found.end())
    if listed is None:
        return _small_not(found, text)[::-1]
    before, after = text[: found.start()], text[listed.end() :]
    word, all_, first, rest = found[0].split()[-1], *listed.group(0, 1, 2)
    return (
        f'{before}"{word}" ({all_}){after}',
        f"{before}-({all_}){after}",
        f"({before}-{first}){rest}{after}",
    )


def _listed_not(found: re.Match[str], text: str) -> tuple[str, ...]:
    """«дезертир, не вернулся из отпуска»: one more alternative of words, or an exclusion.

    The words reach to the next comma, or to the end of what stands in parentheses around them.
    """
    before, after = text[: found.start()], text[found.end() :]
    rest = _ALTERNATIVE.match(found.string, found.end())
    end = rest.end() if rest else len(text)
    words = found[0].lstrip(" ,\n\t") + text[found.end() : end].rstrip()
    return (f"{before}, ({words}){text[end:]}", f"{before} -{after}")


def _listed_in(found: re.Match[str], text: str) -> tuple[str, ...]:
    """Westlaw's spaces beside a proximity are OR."""
    which = 1 if found[1] else 2
    start, end = found.span(which)
    return (text[:start] + ", ".join(text[start:end].split()) + text[end:],)


# Words with commas between, up to the end of what stands in parentheses around them.
_PLAIN_LIST: Final = re.compile(
    r"([^\W_][\w*-]*+(?: [^\W_][\w*-]*+)*+)((?:\s*,\s*[^\W_][\w*-]*+(?: [^\W_][\w*-]*+)*+)++)"
    r"(?=\s*(?:\)|$))"
)
_ALTERNATIVE: Final = re.compile(r"(?:[^(),|]|\([^()]*+\))*+")
# What texts say of soldiers and of the missing; nobody excludes a leave or a permission.
_SAID_WITHOUT: Final = (
    r"(?:вести|вісти|leave|permission|authori[sz]ation|consent|разрешения|спроса?"
    r"|дозволу|відома|ведома|приказа|наказу|уважительн\w+|поважн\w+|боя|бою|a fight)\b"
)
_SPACED: Final = rf"(?:{_NO_OPERATOR}[\w*]++\s+){{1,20}}{_NO_OPERATOR}[\w*]++"
_HABITS: Final = tuple(
    _Habit(re.compile(pattern), hint, mend)
    for pattern, hint, mend in (
        (
            r"(?<![\w'’])['‘‚`]([^'‘’`()_\n]+ [^'‘’`()_\n]*)['’‘`](?!\w)",
            "A phrase stands in double quotation marks: “…”, «…».",
            _put('"{1}"'),
        ),
        (r"^\s*Entry(Title|Content|URL|Author|Tag)=", _AS_HERE, _expression),
        (r"<<<.*?>>>", "What stands in <<< >>> is a remark: it is left out.", _leave_out),
        (r"(?<![^\s(])(?:allintitle):\s*", _AS_HERE, _rest_in("title")),
        (r"(?<![^\s(])(?:allintext):\s*", _AS_HERE, _rest_in("text")),
        (r"(?<=_)([~/])(\d+(?:\.\d+)?)(?!\S)", _CLOSE, _quorum),
        (r"(?<=[\w_*)])\^[\d.]+", "“^” is not used: no word counts more than another.", _put("")),
        (
            r"(?<!\S)(?:ATLEAST|atleast|ATL)[ /]?\d+(?!\S)",
            "How often a word stands there does not count.",
            _put(""),
        ),
        (
            r"(?<!\S)(?:ATLEAST|atleast|ATL|atl)\d+(?=\()",
            "How often a word stands there does not count.",
            _put(""),
        ),
        (r"(?<=[\w_])/F\d+/", "Where in a text a word stands does not count.", _put("")),
        (r"(?<=\w{3})\$\d*(?!\w)", "A beginning is written with “*” after it.", _put("*")),
        (
            r"(?<!\S)%([^\W\d]{3,40}+)%?(?!\S)|(?<!\S)([^\W\d]{3,40}+)%(?!\S)",
            "A beginning is written with “*” after it.",
            _put("{1}*"),
        ),
        # an exclusion of a place
        (
            r"(?<!\S)(?:AND\s+)?(?:NOT|not|НЕ)\s+(?:W|w|NEAR|near|WITHIN|within|PRE|pre|ADJ|adj|N|n)"
            r"\s?/?\s?(\d+|[sSpP])(?!\S)",
            "For a word without another close to it write NOT/n.",
            _put("NOT/{1}"),
        ),
        (r"(?<=\s)~~(?=\s)\s*", "To exclude a word, put “-” or NOT before it.", _put("-")),
        (
            r"(?<=\s)~(?=\s)",
            "For a word without another close to it write NOT/n.",
            _put("NOT/s"),
        ),
        (r"(?<=\s)%\s+(?=[\w(_=@])", "To exclude a word, put “-” or NOT before it.", _put("-")),
        (
            r"(?<=[\w*!)])(?:\s*,\s*|\s+)(?:кроме|крім|окрім|except|BUT NOT|but not|ANDNOT"
            r"|(?:но|але|а)\s+не)\s+(?=[\w(_])",
            "To exclude a word, put “-” or NOT before it.",
            _put(" -"),
        ),
        (r"(?<=[\w*!)])\s*,\s*(?:не|not)\s+(?=[\w(_])", _TWO, _listed_not),
        (
            rf"(?<=[\w_)*]\s)(?:без|without)\s+(?!{_SAID_WITHOUT}|\w+/)(?=[\w(_])",
            _TWO,
            _small_without,
        ),
        (
            rf"(?<=[\w_)*]\s)(?<!and\s)(?<!or\s){_NO_AUXILIARY}not\s+(?!to\s)(?=[\w(_])",
            _TWO,
            _small_not,
        ),
        (r"(?<=[\w_)*]\s)(?:и|та|і|й)\s+не\s+(?=[\w(_])", _TWO, _small_not),
        # nearness
        (r"\bAROUND ?\(?(\d+)\)?", _CLOSE, _put("NEAR/{1}")),
        (r"(?<!\S)(?:NEAR|BEFORE|ADJ|PRE|W)/(\d+)f(?!\S)", _CLOSE, _put("BEFORE/{1}")),
        (
            r"(?<=\s)(?<![,(]\s)(?:(?:ONEAR|onear|ADJ|adj|PRE|pre|Pre|ПЕРЕД)(?:/(\d+|[sSpP])|(\d+))"
            r"|(?:BEFORE|before|[wW])(\d+))(?=[\s()]|$)",
            _CLOSE,
            _put("BEFORE/{1}"),
        ),
        (r"(?<!\S)/?\+(\d+|[sp])(?!\S)", _CLOSE, _put("BEFORE/{1}")),
        (r"(?<!\S)/\(\+?(?:\d+) \+?(\d+)\)(?!\S)", _CLOSE, _put("BEFORE/{1}")),
        (
            r"(?<![^\s()])([^\s()]++)\s++/\(-(\d+)\s*\+(\d+)\)\s+([^\s()]+)",
            _CLOSE,
            _put("(({1} BEFORE/{3} {4}), ({4} BEFORE/{2} {1}))"),
        ),
        (r"(?<![^\s()])([^\s()]++)\s++/-(\d+)\s+([^\s()]+)", _CLOSE, _put("({3} BEFORE/{2} {1})")),
        (r"\b(NEAR|BEFORE)(?: ?/ | /| )(\d+|[sp])\b", _CLOSE, _put("{1}/{2}")),
        (r"\b(NEAR|BEFORE)/([спра])(?!\S)", _CLOSE, _put("{1}/{2}")),
        (
            r"(?<=\s)(?<![,(]\s)(?:(?:NEAR|near|WITHIN|within|N)(\d+)|(?:WITHIN|within|[wWnN])/(\d+|[sSpP])"
            r"|WITHIN\s(\d+)|/[nN](\d+)/)(?=[\s()]|$)",
            _CLOSE,
            _put("NEAR/{1}"),
        ),
        (r"(?<!\S)(?:РЯДОМ|ПОРУЧ)?&?/(\d+)(?!\S)", _CLOSE, _put("NEAR/{1}")),
        (r"(?<!\S)[wW]?/([spSPспраcC])(?!\S)", _CLOSE, _put("NEAR/{1}")),
        (r"(?<!\S)(?:SENTENCE|SENT)(?!\S)", _CLOSE, _put("NEAR/s")),
        (r"(?<!\S)(?:PARAGRAPH|SAME)(?!\S)", _CLOSE, _put("NEAR/p")),
        (r"(?<=[а-яё]\s)same(?=\s[а-яё])", _CLOSE, _put("NEAR/p")),
        (r"(?<!\S)<<(?!\S)", _CLOSE, _put("BEFORE/p")),
        (
            rf"(?<=NEAR/\w\s\()({_SPACED})(?=\))|\(({_SPACED})\)(?=\s+(?:NEAR|BEFORE|NOT)/)",
            _TWO,
            _listed_in,
        ),
        (r"(?<!\S)MAYBE\s+\S+", "What need not be there is left out.", _leave_out),
        # numbers, dates and what else a filter does not know
        (
            r"\b(count|term)(?:\s+(>=|<=|≥|≤|[<>=])\s*|(>=|<=|[<>=])\s+|(≥|≤)\s*)(\d[\d.]*)",
            "A number is asked for without spaces: count>=10.",
            _put("{1}{2}{3}"),
        ),
        (r"(?<![^\s(])-?(?:[A-Za-z_]+:)?[\[{]\S+\s+TO\s+\S+[\]}]", _SKIPPED, _leave_out),
        (rf"(?<![^\s(])-?(?:{_LEFT_OUT})(?::(?:>=?|<=?)?|[<>]=?|=){_VALUE}", _SKIPPED, _leave_out),
        (
            r"(?<![^\s(])-?(?:date|length|geographic|publication-type)\([^()]*\)",
            _SKIPPED,
            _leave_out,
        ),
        # fields
        (
            r"(?<![^\s(\-])(?i:(hd|hl|hlp|tx|ft|la|sn|sc|so|by|au|ti|headline|title))=(?=[\w_(])",
            _AS_HERE,
            _named_field,
        ),
        (
            r"(?<![^\s(\-])(?i:(hlead|headline|lead|body|ti|byline|source-name|publication))(?=\()",
            _AS_HERE,
            _named_field,
        ),
        (
            r"(?<![^\s(])@(title|text|source|author|url|tag)\s+(?=[\w(])",
            "A field is written with a colon: title:word.",
            _put("{1}:"),
        ),
        (r"(?<![^\s(\-])(?:raw:|\+\+)(\w+)", "For one form of a word write “=” before it.", _case),
        (r"\{([^\s{}]+)\}", "For one form of a word write “=” before it.", _case),
        (
            r"(?<![^\s(\-])#([^\W\d]\w*)",
            "A hashtag is asked for with tag: before it.",
            _put("tag:{1}"),
        ),
        (
            r"^\s*(\w{5,}(?:ое|ее|не|нє))\s+(\w{4,}(ение|ание|ення|ання|іння))((?:\s+\w+){0,2})\s*$",
            "Words of one family are written by their beginning: do you mean them too?",
            _family,
        ),
        # signs
        (r"\s*;", "“;” is not used: put commas between alternatives.", _put(",")),
        (r",(?:\s*,)+", "Between two commas something must stand.", _put(",")),
        (r"!", _BANG, _bangs),
        (
            r"(?<=[^\W\d_]{3})[&+](?=[^\W\d_]{3})",
            "Words that must all be there are parted by spaces.",
            _put(" "),
        ),
        (
            r"(?<![\w*=])([^\W\d_]{3,})\*([^\W\d_]{3,})(?![\w*])",
            "“*” may stand only at the end of a word, without “=”.",
            _put("{1}* {2}"),
        ),
        (
            r"(?<![\w/:.@])(?!(?:NEAR|BEFORE|NOT|НЕ)/)([^\W\d_]{3,})/([^\W\d_]{3,})(?![\w/:.])",
            _TWO,
            _either,
        ),
        (
            r"(?<![^\s(])(?:в/ч|В/Ч)\s*№?\s*(?=\d)",
            "Texts write it out too.",
            _put('("в/ч", "войсковая часть", "військова частина") '),
        ),
        (
            r"(?<![^\s(])(\d+)-?(?:[яйюаїогуы]|ой|ая|ої|го|му|та|ту|ша|га|ст|nd|rd|th)(?=\s+[^\W\d])",
            "The number has many endings: the unit finds them all.",
            _forms_of_unit,
        ),
    )
)
_LINE: Final = re.compile(r"(?:(?:[-–—•*]|\d+[.)])[ \t]+)?[\w*'’@=_ \t]+")


def _bare(text: str) -> str:
    """The text with what is quoted, or a regular expression, blanked letter for letter."""
    return OPAQUE.sub(lambda found: "_" * len(found[0]), text)


def refuse_foreign(text: str) -> None:
    """Raises QueryError at the first sign of another language, with the filter rewritten."""
    if len(text) > _MAX_LETTERS:
        return
    bare = _bare(text)
    lines = [line.strip() for line in bare.splitlines() if line.strip()]
    if len(lines) > 1 and all(map(_LINE.fullmatch, lines)):
        meant = _lines(text)
        raise QueryError(0, _TWO, text=text, readings=meant, mend=meant[0])
    for sign, hint, mend in _HABITS:
        found = sign.search(bare)
        meant = () if found is None else tuple(dict.fromkeys(mend(found, text)))
        if found is None or (mend in (_forms_of_unit, _family) and not meant):
            continue
        readings = meant if len(meant) > 1 else ()
        first = meant[0] if meant else ""
        raise QueryError(found.start(), hint, text=text, readings=readings, mend=first)
