"""Whose army, which stage, now or long ago: each with the words that say so.

Worked out only for texts that matched. The language of a text never decides the
army: «СЗЧ» in a Russian post still means Ukraine's. Words that name an army
outright count most, and those in a sentence that matched before those elsewhere;
a place alone is a guess, taken only where nothing speaks against it. The words are data,
`packs/data/facets.toml`, with texts in which each list must and must not be found.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final, Literal, TypeAlias

from filters.analysis import Analysis
from filters.document import TEXT, TITLE, Document, Span
from filters.namesakes import Namesakes
from filters.rules import Rule, Rules, RuleText

__all__ = ["Army", "Era", "Facets", "Stage", "facets_at", "facets_of", "find_facets"]

Army: TypeAlias = Literal["ru", "ua", "other", "unknown"]
Stage: TypeAlias = Literal["report", "charge", "verdict", "appeal", "statistics", "commentary"]
Era: TypeAlias = Literal["now", "historical"]

_EVIDENCE: Final = 4
_PLAN_LETTERS: Final = 80  # before a word for an appeal, in which its plan may stand
_BETWEEN: Final = " \n"  # title and text


@dataclass(frozen=True, slots=True)
class Facets:
    """`evidence` gives, for "army", "stage" and "era", words as they stand in the text;
    a facet nothing in the text speaks for has none (army unknown, stage report, era now)."""

    army: Army = "unknown"
    stage: Stage = "report"
    era: Era = "now"
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_NOTHING: Final = Facets()


@dataclass(frozen=True, slots=True)
class _Lists:
    """What `data/facets.toml` says, as rules of one set: of each army what names it and where it
    is, of each stage its words in the order of asking, and what dates an event."""

    rules: Rules
    strong: Mapping[Army, Rule]
    weak: Mapping[Army, Rule]
    namesakes: Namesakes
    destination: Rule
    stages: tuple[tuple[Stage, Rule], ...]
    planned: re.Pattern[str]  # before a word for an appeal: it is only meant
    statistics: Rule
    many: re.Pattern[str]  # of statistics, what outweighs a charge or a verdict beside it
    commentary: Rule
    held: re.Pattern[str]  # of a charge, what only says that somebody is held
    held_by: re.Pattern[str]  # of whom that is no charge
    historical: Rule
    now: Rule
    maybe_year: Rule  # what may hold a year
    year_after: re.Pattern[str]  # four digits are one after a preposition or a month
    before_no_event: re.Pattern[str]
    cues_of_no_event: Sequence[str]  # one of them stands in whatever that finds
    behind_no_event: re.Pattern[str]
    # The numbers of the rules that name an army, that hint at one, that say a stage, a date.
    naming: frozenset[int]
    hinting: frozenset[int]
    staging: frozenset[int]
    dating: frozenset[int]


_ARMIES: Final[tuple[Army, ...]] = ("ru", "ua", "other")
_HELD: Final = ("pressure", "draft-evasion")  # of which being held is part, or no charge yet
_COURTS: Final[tuple[Stage, ...]] = ("appeal", "verdict", "charge")


@cache
def _lists() -> _Lists:
    """The lists of this release, read when the first text asks: a start needs them not."""
    text = resources.files("filters.packs").joinpath("data/facets.toml").read_text("utf-8")
    data = tomllib.loads(text)
    who: Mapping[str, str] = data["who"]
    rules = Rules()

    def rule(sources: Iterable[str]) -> Rule:
        return rules.add(*(_WHO.sub(lambda m: who[m[1]], source) for source in sources))

    army, stage, era, date = data["army"], data["stage"], data["era"], data["no_event"]
    strong: Mapping[Army, Rule] = {name: rule(army[name]["names"]) for name in _ARMIES}
    weak: Mapping[Army, Rule] = {name: rule(army[name]["places"]) for name in _ARMIES}
    courts = tuple((name, rule(stage[name]["words"])) for name in _COURTS)
    statistics, commentary = (rule(stage[name]["words"]) for name in ("statistics", "commentary"))
    historical = rule(era["historical"]["words"])
    maybe_year = rule([r"\w*?(?:1[0-9]{3}|20[0-3][0-9])\w*"])
    staging = (statistics, commentary, *(each for _, each in courts))
    return _Lists(
        rules=rules,
        strong=strong,
        weak=weak,
        namesakes=Namesakes(data["namesake"]),
        destination=rule(data["destination"]["words"]),
        stages=courts,
        planned=re.compile(stage["appeal"]["planned"], re.IGNORECASE),
        statistics=statistics,
        many=re.compile(stage["statistics"]["many"], re.IGNORECASE),
        commentary=commentary,
        held=re.compile(stage["charge"]["held"], re.IGNORECASE),
        held_by=re.compile(stage["charge"]["held_by"], re.IGNORECASE),
        historical=historical,
        now=rule(era["now"]["words"]),
        maybe_year=maybe_year,
        year_after=re.compile(rf"{_YEAR_AFTER}|{date['months']}", re.IGNORECASE),
        before_no_event=re.compile(date["before"], re.IGNORECASE),
        cues_of_no_event=tuple({*_CUE.findall(date["before"].lower())}),
        behind_no_event=re.compile(date["behind"], re.IGNORECASE),
        naming=frozenset(each.number for each in strong.values()),
        hinting=frozenset(each.number for each in weak.values()),
        staging=frozenset(each.number for each in staging),
        dating=frozenset((historical.number, maybe_year.number)),
    )


_WHO: Final = re.compile(r"\{(ru|uk|en)\}")
_YEAR_AFTER: Final = "в|у|с|з|до|по|к|in|of|since|by|from|until|till|after|around|between|and|to"
_YEAR: Final = re.compile(
    r"(1[0-9]{3}|20[0-3][0-9])(?![\d%]|[.,]\d)(?!\s?(?:руб|грн|долл|км|м\b|чел|soldier|men|солдат|воен))",
    re.IGNORECASE,
)
_YEAR_BEFORE: Final = re.compile(
    r"(?<![\d.,№])(1[0-9]{3}|20[0-3][0-9])(?=(?:-\w{1,2})?\s?(?:г\.|г\b|год|гг|р\.|рок|рік|році))",
    re.IGNORECASE,
)
_RUN: Final = re.compile(r"\w+")
_CUE: Final = re.compile(r"[^\W\d_]{3,}")
_FIRST_SENTENCE: Final = re.compile(r".+?[.!?:…](?=\s|\Z)", re.DOTALL)
_BEHIND_YEAR: Final = 8
_RECENT_YEAR: Final = 2014
_LONG_AGO: Final = 1950


def find_facets(document: Document, sentences: Iterable[Span] = ()) -> Facets:
    """The facets of a text that matched; `sentences` are those with matches, asked first."""
    return _facets(document, sentences, _lists().rules.of(_whole(document)))


def facets_of(analysis: Analysis, sentences: Iterable[Span] = ()) -> Facets:
    """The same of a text that is cut already: faster."""
    return _facets(analysis.document, sentences, _of_analysis(analysis))


def _of_analysis(analysis: Analysis) -> RuleText:
    document = analysis.document
    return _lists().rules.of_analysis(_whole(document), analysis, _shift(document))


def _facets(document: Document, sentences: Iterable[Span], whole: RuleText) -> Facets:
    if whole.is_empty:
        return _NOTHING
    near = _BETWEEN.join(_slice(document, span) for span in sentences)
    beside = _fold(f"{document.title}{_BETWEEN}{near}") if document.title or near else ""
    nearest = _lists().rules.of(beside)
    title = _lists().rules.of(_fold(document.title))
    evidence: dict[str, tuple[str, ...]] = {}
    army, why = _army(nearest, whole)
    if why:
        evidence["army"] = why
    stage, why = _stage(title, nearest, whole)
    if why:
        evidence["stage"] = why
    era, why = _era(whole)
    if why:
        evidence["era"] = why
    if army == "unknown" and any(year.isdigit() and int(year) < _LONG_AGO for year in why):
        army = "other"  # no army of today
        evidence["army"] = why
    return Facets(army, stage, era, evidence)


def facets_at(
    analysis: Analysis, passages: Sequence[Span], entry: Span, *, topic: str, shared: bool = False
) -> Facets:
    """The facets of one match: from its passages, then their entry, then the item.

    `passages` are the sentences that assert the topic, the clearest first. Where the entry
    holds matches of other topics too (`shared`) they are all that speaks of this one: the
    verdict or the date beside them is another's.
    """
    lists, document = _lists(), analysis.document
    whole = _of_analysis(analysis)
    around = _part(whole, document, entry)
    if len(passages) == 1:
        own = _part(whole, document, passages[0])
    else:
        own = lists.rules.of(_fold(_BETWEEN.join(_slice(document, span) for span in passages)))
    if own.is_empty and around.is_empty and whole.is_empty:
        return _NOTHING
    title = whole.part(0, len(document.title))
    evidence: dict[str, tuple[str, ...]] = {}
    roundup = entry.end - entry.start < len(document.text)
    army, why = _army_at((own, around), whole, roundup=roundup)
    if why:
        evidence["army"] = why
    stage, why = _stage_at(document, passages, own) if shared else _stage(title, own, around)
    if shared and not why:
        stage, why = _framed(around)
    if (
        stage == "charge"
        and all(map(lists.held.fullmatch, why))
        and (topic in _HELD or lists.held_by.search(own.text))
    ):
        stage, why = "report", ()
    if why:
        evidence["stage"] = why
    era, why = _era_at((own, around) if shared else (own, around, whole))
    if why:
        evidence["era"] = why
    if army == "unknown" and any(year.isdigit() and int(year) < _LONG_AGO for year in why):
        army = "other"  # no army of today
        evidence["army"] = why
    return Facets(army, stage, era, evidence)


def _stage_at(
    document: Document, passages: Sequence[Span], own: RuleText
) -> tuple[Stage, tuple[str, ...]]:
    """The stage of what speaks of one topic among others: the clearest part's, else that of all."""
    lists = _lists()
    title = next((span for span in passages if span.field == TITLE), None)
    above = lists.rules.of(_fold(_slice(document, title)) if title else "")
    if len(passages) > 1:
        clearest = lists.rules.of(_fold(_slice(document, passages[0])))
        stage, why = _stage(above, clearest, clearest)
        if why:
            return stage, why
    return _stage(above, own, own)


def _framed(entry: RuleText) -> tuple[Stage, tuple[str, ...]]:
    """What nothing else is said of is an opinion where the entry begins as one."""
    first = _FIRST_SENTENCE.match(entry.text)
    told = entry.part(0, first.end()).first(_lists().commentary, _EVIDENCE) if first else ()
    return ("commentary", told) if told else ("report", ())


def _army_at(
    near: Sequence[RuleText], whole: RuleText, *, roundup: bool
) -> tuple[Army, tuple[str, ...]]:
    """The nearest place that names an army outright, then the nearest whose towns hint at one.

    Of a roundup a town in the entry tells more than an army named in another.
    """
    lists = _lists()
    for places in (near, (whole,)) if roundup else ((*near, whole),):
        for place in places:
            if place.has_any(lists.naming):
                found = {army: place.first(rule, _EVIDENCE) for army, rule in lists.strong.items()}
                best = _winner(found)
                if best:
                    return best, found[best]
        for place in places:
            army, why = _hinted(place)
            if army != "unknown":
                return army, why
    return "unknown", ()


def _era_at(places: Sequence[RuleText]) -> tuple[Era, tuple[str, ...]]:
    """The nearest place that dates the event."""
    for place in places:
        era, why = _era(place)
        if era == "historical":
            return era, why
        if place.first(_lists().now, 1) or any(year >= _RECENT_YEAR for year in _years(place)):
            return "now", ()
    return "now", ()


def _shift(document: Document) -> int:
    """Where the text begins in `_whole`."""
    return len(document.title) + len(_BETWEEN)


def _part(whole: RuleText, document: Document, span: Span) -> RuleText:
    shift = 0 if span.field == TITLE else _shift(document)
    return whole.part(shift + span.start, shift + span.end)


def _whole(document: Document) -> str:
    return _fold(f"{document.title}{_BETWEEN}{document.text}")


def _fold(text: str) -> str:
    return text.replace("ё", "е").replace("Ё", "Е").replace("’", "'").replace("ʼ", "'")


def _slice(document: Document, span: Span) -> str:
    return document.field(span.field)[span.start : span.end] if span.field in (TITLE, TEXT) else ""


def _army(nearest: RuleText, whole: RuleText) -> tuple[Army, tuple[str, ...]]:
    """The nearest text that tells decides: the sentences that matched, then all of it."""
    for place in (nearest, whole):
        if not place.has_any(_lists().naming):
            continue
        found = {army: place.first(rule, _EVIDENCE) for army, rule in _lists().strong.items()}
        best = _winner(found)
        if best:
            return best, found[best]
    return _hinted(whole)


def _hinted(whole: RuleText) -> tuple[Army, tuple[str, ...]]:
    """The one army whose towns and courts a text names, those it is sent to aside."""
    if not whole.has_any(_lists().hinting):
        return "unknown", ()
    quiet = whole.without(_lists().destination)
    if quiet is not None:
        whole = _lists().rules.of(quiet)
    no_town = _lists().namesakes.has
    found = {army: whole.first(rule, _EVIDENCE, no_town) for army, rule in _lists().weak.items()}
    present = [army for army, words in found.items() if words]
    if len(present) == 1:
        return present[0], found[present[0]]
    return "unknown", ()


def _winner(found: Mapping[Army, Sequence[str]]) -> Army | None:
    """The army named more often; none where two are named alike."""
    if not any(found.values()):
        return None
    counts = sorted(
        ((len({w.casefold() for w in words}), army) for army, words in found.items()), reverse=True
    )
    if counts[0][0] == counts[1][0]:
        return None
    return counts[0][1]


def _stage(title: RuleText, nearest: RuleText, whole: RuleText) -> tuple[Stage, tuple[str, ...]]:
    if not whole.has_any(_lists().staging):
        return "report", ()
    counted = whole.first(_lists().statistics, _EVIDENCE)
    told = whole.first(_lists().commentary, _EVIDENCE)
    titled = title.first(_lists().commentary, _EVIDENCE)
    for stage, rule in _lists().stages:
        words = _said(stage, rule, nearest)
        if not words and stage != "charge":
            words = _said(stage, rule, whole)
        if not words:
            continue
        if len(counted) >= 2 or any(_lists().many.search(word) for word in counted):
            return "statistics", counted
        if len(told) >= 2 or titled:
            return "commentary", told
        return stage, words
    if counted:
        return "statistics", counted
    if told:
        return "commentary", told
    for stage, rule in _lists().stages:
        words = _said(stage, rule, whole)
        if words:
            return stage, words
    return "report", ()


def _said(stage: Stage, rule: Rule, text: RuleText) -> tuple[str, ...]:
    """The words that say the stage; an appeal that somebody only means to make is none."""
    if stage != "appeal":
        return text.first(rule, _EVIDENCE)
    planned = _lists().planned

    def is_planned(found: re.Match[str]) -> bool:
        begins = found.start()
        return bool(planned.search(text.text, max(0, begins - _PLAN_LETTERS), begins))

    return text.first(rule, _EVIDENCE, is_planned)


def _era(whole: RuleText) -> tuple[Era, tuple[str, ...]]:
    if not whole.has_any(_lists().dating):
        return "now", ()
    years = _years(whole)
    old = tuple(str(year) for year in years if year < _RECENT_YEAR)
    if any(year >= _RECENT_YEAR for year in years):
        return "now", ()
    words = whole.first(_lists().historical, _EVIDENCE)
    if (words or (old and len(old) == len(years))) and not whole.first(_lists().now, 1):
        return "historical", (*words, *dict.fromkeys(old))[:_EVIDENCE]
    return "now", ()


def _years(whole: RuleText) -> list[int]:
    """All that is written as a year: only looked for where a number may be one."""
    years: list[int] = []
    text = whole.text
    for begin in whole.starts(_lists().maybe_year):
        start = begin
        year = _YEAR.match(text, start)
        if _is_no_event(text, begin):
            continue
        if year and _leads_to_year(text, start):
            years.append(int(year[1]))
            start = year.end()
        end = _RUN.match(text, start)
        if end:
            behind = _YEAR_BEFORE.finditer(text, start, end.end() + _BEHIND_YEAR)
            years += [int(found[1]) for found in behind if found.end() <= end.end()]
    return years


_BEFORE_YEAR: Final = 60


def _is_no_event(text: str, start: int) -> bool:
    """Whether a year is a birth, the beginning of a service, a law's: no date of the event."""
    before = text[max(0, start - _BEFORE_YEAR) : start]
    lower = before.lower()
    if any(cue in lower for cue in _lists().cues_of_no_event) and (
        _lists().before_no_event.search(before)
    ):
        return True
    digits = start
    while digits < len(text) and not text[digits].isdigit():
        digits += 1
    behind = _lists().behind_no_event.match(text, digits + 4)
    return behind is not None


def _leads_to_year(text: str, start: int) -> bool:
    """Whether a dash or bracket that no word touches stands before, or a word of `_YEAR_AFTER`."""
    if start and text[start - 1] in "(–—-":
        return start < 2 or not _is_letter(text[start - 2])
    if not start or not text[start - 1].isspace():
        return False
    begin = start - 1
    while begin and _is_letter(text[begin - 1]):
        begin -= 1
    return _lists().year_after.fullmatch(text, begin, start - 1) is not None


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"
