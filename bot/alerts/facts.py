"""The facts line: what the passage says, in the reader's language. Pure.

`≈ 60 · Pskov · refused to deploy · threatened with charges`; `6 years · art. 337 · Chita
garrison court`. `filters.facts` finds them; a code nobody named here is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from babel.units import format_unit

from bot.alerts.body import clean
from bot.i18n import Translator, msg
from filters.facts import Fact

__all__ = ["facts_line"]

_SAID: Final[Mapping[str, str]] = {
    "deed:refused-deploy": msg("refused to deploy"),
    "deed:refused-fight": msg("refused to fight"),
    "deed:refused-order": msg("refused an order"),
    "deed:left-unit": msg("left the unit"),
    "deed:deserted": msg("desertion"),
    "deed:left-positions": msg("left positions"),
    "deed:not-returned": msg("did not return to the unit"),
    "deed:self-injury": msg("self-injury"),
    "deed:evaded-draft": msg("draft evasion"),
    "done:charges": msg("threatened with charges"),
    "done:beaten": msg("beaten"),
    "done:held": msg("held in a cellar or pit"),
    "done:dismissed": msg("dismissed"),
}
_COURTS: Final[Mapping[str, str]] = {
    "garrison": msg("garrison court"),
    "military-district": msg("district military court"),
    "fleet": msg("fleet military court"),
    "military-appeal": msg("military court of appeal"),
    "military-cassation": msg("military court of cassation"),
    "district": msg("district court"),
    "region": msg("regional court"),
    "appeal": msg("court of appeal"),
    "cassation": msg("court of cassation"),
    "supreme": msg("supreme court"),
}
_UNITS: Final[Mapping[str, str]] = {
    "brigade": msg("{nth} brigade"),
    "regiment": msg("{nth} regiment"),
    "division": msg("{nth} division"),
    "battalion": msg("{nth} battalion"),
    "army": msg("{nth} army"),
    "corps": msg("{nth} corps"),
    "company": msg("{nth} company"),
    "platoon": msg("{nth} platoon"),
}
_FEMININE: Final = frozenset(("brigade", "division", "army", "company"))
_COUNT: Final = re.compile(r"(?P<mark>>=|<=|~)?(?:(?P<low>\d+)\.\.)?(?P<number>\d+)")
_MARKS: Final = {">=": "≥ ", "<=": "≤ ", "~": "≈ "}


def facts_line(t: Translator, facts: Iterable[Fact]) -> str:
    """The facts with dots between, "" for none."""
    phrases = (_phrase(t, fact) for fact in facts)
    return " · ".join(dict.fromkeys(clean(each) for each in phrases if each))


def _phrase(t: Translator, fact: Fact) -> str:
    kind, _, rest = fact.code.partition(":")
    if kind in ("deed", "done"):
        return t(_SAID.get(fact.code, ""))
    if kind == "count":
        return _count(t, rest)
    if kind == "term":
        return _term(t, rest)
    if kind == "place":
        return fact.names.get(t.lang) or fact.names.get("en", "")
    if kind == "law":
        article, _, part = rest.rpartition(":")[2].partition("/")
        if part:
            return t("art. {article} pt. {part}", article=article, part=part)
        return t("art. {article}", article=article)
    if kind == "unit":
        return _unit(t, rest)
    return _court(t, rest, fact.names) if kind == "court" else ""


def _count(t: Translator, rest: str) -> str:
    """`≈ 60`, `20–30`."""
    found = _COUNT.fullmatch(rest)
    if found is None:
        return ""
    number = t.number(int(found["number"]))
    if found["low"]:
        return f"{t.number(int(found['low']))}–{number}"
    return _MARKS.get(found["mark"] or "", "") + number


def _term(t: Translator, rest: str) -> str:
    """`5 years 6 months`."""
    if rest == "life":
        return t("life in prison")
    try:
        months = round(float(rest) * 12)
    except ValueError:
        return ""
    parts = ((months // 12, "duration-year"), (months % 12, "duration-month"))
    return " ".join(format_unit(n, unit, locale=t.locale) for n, unit in parts if n)


def _unit(t: Translator, rest: str) -> str:
    """`155th brigade`, `unit 64044`."""
    _, _, named = rest.partition(":")
    kind, _, number = named.partition(":")
    if kind == "mu":
        return t("unit {number}", number=number.upper())
    if kind not in _UNITS or not number.isdecimal():
        return ""
    return t(_UNITS[kind], nth=_nth(t.lang, int(number), feminine=kind in _FEMININE))


def _nth(lang: str, n: int, *, feminine: bool) -> str:
    """`155th`, `155-я`, `155-та`: the endings each language writes behind digits."""
    if lang == "ru":
        return f"{n}-{'я' if feminine else 'й'}"
    teen = n % 100 in range(11, 20)
    if lang == "uk":
        ends = {1: "ша", 2: "га", 3: "тя", 7: "ма", 8: "ма"}
        last = n % 10
        ending = "та" if teen else "ва" if n % 100 == 40 else ends.get(last, "та")
        return f"{n}-{ending if feminine else 'й'}"
    return f"{n}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def _court(t: Translator, rest: str, names: Mapping[str, str]) -> str:
    """`Chita garrison court`; the kind alone where its town has no name in the language."""
    kind = t(_COURTS.get(rest.partition(":")[0], ""))
    town = names.get(t.lang)
    if not kind or not town:
        return kind
    return t("{town} {court}", town=town, court=kind)
