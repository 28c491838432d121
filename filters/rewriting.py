"""How a filter that is written as elsewhere is rewritten as it is written here.

Each function takes a sign as `filters.elsewhere` found it and the filter, and gives the filters
that may be meant, the likeliest first; `packs/data/habits.toml` names one for each sign.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import combinations
from math import ceil
from typing import Final, TypeAlias

from filters.entities.offers import CODE, offers
from filters.tables import table

__all__ = [
    "FIELDS",
    "MAY_FIND_NOTHING",
    "MENDS",
    "OPAQUE",
    "QUOTED",
    "TOLD",
    "Mend",
    "blanked",
    "lines",
]

QUOTED: Final = re.compile(r'"[^"]*"|«[^«»]*»|‹[^‹›]*›|[“„”‟][^"“„”‟]*[“”‟"]')

# What is between slashes or quotation marks is not read as signs of the language.
OPAQUE: Final = re.compile(
    rf"{QUOTED.pattern}|(?<![^\s(),|:\-–—−])/(?![nN]\d+/)(?:[^/\\\n]|\\[^\n])+/i?(?=[\s(),|]|$)"
)
FIELDS: Final[Mapping[str, str]] = {
    name: field for field, names in table("habits.toml")["fields"].items() for name in names
}
"""Names of fields elsewhere, and in the researcher's own language."""

Mend: TypeAlias = Callable[["re.Match[str]", str], "tuple[str, ...]"]
"""Gives the filters that may be meant, the likeliest first; each is read before it is shown."""

_WRITTEN: Final[Mapping[str, str]] = {"≥": ">=", "≤": "<=", "S": "s", "P": "p", "п": "s", "с": "s"}
_WRITTEN_MORE: Final[Mapping[str, str]] = {"р": "p", "а": "p", "c": "s", "C": "s"}
_LEGAL: Final = re.compile(
    r"(?<!\S)(?:(?:w|pre|near|onear)?/(?:\d+|[sp])|pre/\d+|\+[sp]|and not|but not|%)(?!\S)", re.I
)


def put(instead: str) -> Mend:
    """In the place of every such sign; {1} is the first group of it."""

    def mend(found: re.Match[str], text: str) -> tuple[str, ...]:
        bare = blanked(text)
        for each in reversed(list(found.re.finditer(bare, found.start()))):
            spans = [each.span(i) for i in range(1, each.re.groups + 1) if each[i]]
            given = (text[start:end] for start, end in spans)
            meant = instead.format("", *(_written(piece) for piece in given))
            text = text[: each.start()] + meant + text[each.end() :]
        return (text.strip(),)

    return mend


def _written(piece: str) -> str:
    return _WRITTEN.get(piece) or _WRITTEN_MORE.get(piece, piece)


def leave_out(found: re.Match[str], text: str) -> tuple[str, ...]:
    """Without the sign and the operator that joined it."""
    before, after = text[: found.start()], text[found.end() :]
    joint = r"(?:AND|OR|И|ИЛИ|ТА|І|АБО|and|or|и|или|та|або|&&?|\|\|?|,)"
    kept = re.sub(rf"(?:(?:(?<=\s)|^){joint}\s*)?(?:(?:NOT|НЕ|not)\s*|-)?$", "", before.rstrip())
    if kept.rstrip() == before.rstrip() and (not kept.strip() or kept.rstrip().endswith("(")):
        after = re.sub(rf"^\s*{joint}(?=[\s(])", "", after)
    return (f"{kept.rstrip()} {after.lstrip()}".strip(),)


def bangs(found: re.Match[str], text: str) -> tuple[str, ...]:
    """Westlaw's refus!, Yandex's !слово for one form, Lucene's !word for an exclusion."""
    bare = blanked(text)
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
    return put(instead)(found, text)[0] if (found := re.search(pattern, blanked(text))) else text


def quorum(found: re.Match[str], text: str) -> tuple[str, ...]:
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


def rest_in(field: str) -> Mend:
    """Google's allintitle: every word that follows."""

    def mend(found: re.Match[str], text: str) -> tuple[str, ...]:
        rest = text[found.end() :].strip()
        return (f"{text[: found.start()]}{field}:({rest})".strip(),)

    return mend


def named_field(found: re.Match[str], text: str) -> tuple[str, ...]:
    """Lexis's hlead(film), Factiva's hd=word: a field by another name."""
    field = FIELDS[found[1].lower()]
    return (text[: found.start()] + field + ":" + text[found.end() :],)


def expression(found: re.Match[str], text: str) -> tuple[str, ...]:
    """Miniflux's EntryTitle=(?i)word: a regular expression in a field."""
    field = FIELDS["entry" + found[1].lower()]
    pattern = text[found.end() :].strip()
    small = pattern.startswith("(?i)")
    pattern = pattern.removeprefix("(?i)")
    if field in ("title", "text"):
        return (f"{field}:/{pattern.replace('/', chr(92) + '/')}/{'i' if small else ''}",)
    return (f'{field}:"{pattern}"',)


def either(found: re.Match[str], text: str) -> tuple[str, ...]:
    """A slash between two words: either of them, or both in a row."""
    first, second = found[1], found[2]
    places = (f"({first}, {second})", f'"{first} {second}"')
    whole = found[0] == text.strip()
    return tuple(
        text[: found.start()] + (each.strip("()") if whole else each) + text[found.end() :]
        for each in places
    )


def lines(text: str) -> tuple[str, ...]:
    """Lines: any of them, or all."""
    lines = [re.sub(r"^\s*(?:[-–—•*]|\d+[.)])\s+", "", line).strip() for line in text.splitlines()]
    lines = [line for line in lines if line]
    return (
        ", ".join(f"({line})" if re.search(r"\s", line) else line for line in lines),
        " ".join(lines),
    )


def forms_of_unit(found: re.Match[str], text: str) -> tuple[str, ...]:
    """«155-я бригада», as the unit of that number."""
    for offer in offers(text):
        if offer.start <= found.start() < offer.end:
            named = text[: offer.start] + offer.pattern + text[offer.end :]
            number, place = found[1], text[found.end() : offer.end].strip()
            words = text[: offer.start] + f"{number} {place}" + text[offer.end :]
            return (named, words.strip())
    return ()


def id_of_law(found: re.Match[str], text: str) -> tuple[str, ...]:
    """«ст. 337 УК РФ», as the article's id or as these words in a row."""
    for offer in offers(text):
        if offer.start < found.end() and found.start() < offer.end:
            start, end = min(offer.start, found.start()), max(offer.end, found.end())
            if code := CODE.match(text, len(text) - len(text[end:].lstrip())):
                end = code.end()
            written = text[start:end].replace(".", "")
            meant = (offer.pattern, f'"{written}"')
            return tuple(text[:start] + each + text[end:] for each in meant)
    return ()


def dash(found: re.Match[str], text: str) -> tuple[str, ...]:
    """A dash with spaces around it: an exclusion, or a sign of the sentence."""
    before, after = text[: found.start()], text[found.end() :]
    return (f"{before}-{after}", f"{before}{after}")


def flags(found: re.Match[str], text: str) -> tuple[str, ...]:
    """Letters behind a regular expression: of them Vigil knows `i`, capitals or not."""
    kept = "i" if "i" in found[2] else ""
    return (text[: found.start(2)] + kept + text[found.end() :],)


def case(found: re.Match[str], text: str) -> tuple[str, ...]:
    """A word as it is written: capitals are an acronym here, else one form."""
    word = found[1]
    meant = word if word.isupper() and 1 < len(word) <= 5 else "=" + word
    return (text[: found.start()] + meant + text[found.end() :],)


def family(found: re.Match[str], text: str) -> tuple[str, ...]:
    """«самовольное оставление части»: also «самовольно оставил часть», or these words alone."""
    which, act, ending, rest = found[1], found[2], found[3], found[4]
    stem = re.sub(r"(?<=[бвпмф])л$", "", act.removesuffix(ending))
    cut = which[:-2] if which.endswith(("ое", "ее", "нє")) else which[:-1]
    if min(len(stem), len(cut)) < 4:
        return ()
    return (f"{cut}* {stem}*{rest}".strip(), " AND ".join(text.split()))


def small_not(found: re.Match[str], text: str) -> tuple[str, ...]:
    """A small «not» or «without»: an exclusion, or a word of the sentence."""
    before, after = text[: found.start()], text[found.end() :]
    word = found[0].split()[-1]
    return (f"{before}-{after}", f'{before}"{word}" {after}')


def small_without(found: re.Match[str], text: str) -> tuple[str, ...]:
    """«остался без ноги»: a word of the sentence sooner than an exclusion.

    Of a list behind it, «без еды, воды», all of it is meant sooner than its first word.
    """
    listed = _PLAIN_LIST.match(text, found.end())
    if listed is None:
        return small_not(found, text)[::-1]
    before, after = text[: found.start()], text[listed.end() :]
    word, all_, first, rest = found[0].split()[-1], *listed.group(0, 1, 2)
    return (
        f'{before}"{word}" ({all_}){after}',
        f"{before}-({all_}){after}",
        f"({before}-{first}){rest}{after}",
    )


def listed_not(found: re.Match[str], text: str) -> tuple[str, ...]:
    """«дезертир, не вернулся из отпуска»: one more alternative of words, or an exclusion.

    The words reach to the next comma, or to the end of what stands in parentheses around them.
    """
    before, after = text[: found.start()], text[found.end() :]
    rest = _ALTERNATIVE.match(found.string, found.end())
    end = rest.end() if rest else len(text)
    words = found[0].lstrip(" ,\n\t") + text[found.end() : end].rstrip()
    return (f"{before}, ({words}){text[end:]}", f"{before} -{after}")


def listed_in(found: re.Match[str], text: str) -> tuple[str, ...]:
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


def blanked(text: str) -> str:
    """The text with what is quoted, or a regular expression, blanked letter for letter."""
    return OPAQUE.sub(lambda found: "_" * len(found[0]), text)


TOLD: Final[Mapping[str, Callable[[str], Mend]]] = {"put": put, "rest_in": rest_in}
"""Mends that are told by what."""
MENDS: Final[Mapping[str, Mend]] = {
    "leave_out": leave_out,
    "bangs": bangs,
    "quorum": quorum,
    "named_field": named_field,
    "expression": expression,
    "either": either,
    "forms_of_unit": forms_of_unit,
    "id_of_law": id_of_law,
    "dash": dash,
    "flags": flags,
    "case": case,
    "family": family,
    "small_not": small_not,
    "small_without": small_without,
    "listed_not": listed_not,
    "listed_in": listed_in,
}
MAY_FIND_NOTHING: Final = frozenset((forms_of_unit, id_of_law, family))
"""Mends that say whether their sign means anything."""
