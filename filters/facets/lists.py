"""The words of facets as rules: read once from packs/data/facets.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal, TypeAlias

from filters.namesakes import Namesakes
from filters.rules import Rule, Rules

__all__ = ["EVIDENCE", "Army", "Era", "Lists", "Stage", "fold", "lists"]

Army: TypeAlias = Literal["ru", "ua", "other", "unknown"]
Stage: TypeAlias = Literal["report", "charge", "verdict", "appeal", "statistics", "commentary"]
Era: TypeAlias = Literal["now", "historical"]

EVIDENCE: Final = 4  # words shown for a facet


@dataclass(frozen=True, slots=True)
class Lists:
    """What `data/facets.toml` says, as rules of one set: of each army what names it and where it
    is, of each stage its words in the order of asking, and what dates an event."""

    rules: Rules
    strong: Mapping[Army, Rule]
    weak: Mapping[Army, Rule]
    namesakes: Namesakes
    destination: Rule
    speaker: Rule  # who only tells of an army
    far: re.Pattern[str]  # how a sentence begins that is of a country far from this war
    aside: re.Pattern[str]  # what a sentence of something else has
    led: re.Pattern[str]  # what may stand between one who tells and the army told of
    of_town: re.Pattern[str]  # before a town: whose army is that country's
    across: re.Pattern[str]  # how a sentence begins that goes over to the other army
    stages: tuple[tuple[Stage, Rule], ...]
    planned: re.Pattern[str]  # before a word for an appeal: it is only meant
    statistics: Rule
    sums: Mapping[str, re.Pattern[str]]  # a long time, a short one, who counts, a number
    superior: re.Pattern[str]  # whom he may have beaten who is a deserter himself
    asked: re.Pattern[str]  # how an entry begins that asks why
    abuse: Sequence[str]  # one of these is in whatever that finds
    abuser: re.Pattern[str]  # who is tried for what he did to refusers and runaways
    many: re.Pattern[str]  # of statistics, what outweighs a charge or a verdict beside it
    commentary: Rule
    held: re.Pattern[str]  # of a charge, what only says that somebody is held
    caught: re.Pattern[str]  # what only says that somebody is caught
    held_by: re.Pattern[str]  # by whom or for what that is a charge all the same
    guards: re.Pattern[str]  # and by whom it never is
    kin: re.Pattern[str]  # a soldier's kin
    sought: re.Pattern[str]  # of a charge, what is no charge by itself
    bare: re.Pattern[str]  # of a verdict, what only names one
    opinion: Rule  # what says that all of an entry is its author's opinion
    dated: re.Pattern[str]  # what has a day of its own
    another: re.Pattern[str]  # how a sentence begins that tells another story
    taken_up: re.Pattern[str]  # what takes up those of the sentence before
    same_man: re.Pattern[str]  # what a court did to the man before
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
_COURTS: Final[tuple[Stage, ...]] = ("appeal", "verdict", "charge")
_WHO: Final = re.compile(r"\{(ru|uk|en)\}")
_OF_CHILDREN: Final = (
    r"(?!'| (?:\w+ ){0,2}(?:детей|дітей|of (?:two|three|four|five)))"  # a father himself
)
_CUE: Final = re.compile(r"[^\W\d_]{3,}")
_YEAR_AFTER: Final = "в|у|с|з|до|по|к|in|of|since|by|from|until|till|after|around|between|and|to"


@cache
def lists() -> Lists:
    """The lists of this release, read when the first text asks: a start needs them not."""
    text = resources.files("filters.packs").joinpath("data/facets.toml").read_text("utf-8")
    data = tomllib.loads(text)
    who: Mapping[str, str] = data["who"]
    rules = Rules()

    def rule(sources: Iterable[str]) -> Rule:
        return rules.add(*(_WHO.sub(lambda m: who[m[1]], source) for source in sources))

    army, stage, era, date = data["army"], data["stage"], data["era"], data["no_event"]
    story: Mapping[str, str] = data["story"]
    sums: Mapping[str, str] = stage["statistics"]["sums"]
    strong: Mapping[Army, Rule] = {name: rule(army[name]["names"]) for name in _ARMIES}
    weak: Mapping[Army, Rule] = {name: rule(army[name]["places"]) for name in _ARMIES}
    courts = tuple((name, rule(stage[name]["words"])) for name in _COURTS)
    statistics, commentary = (rule(stage[name]["words"]) for name in ("statistics", "commentary"))
    opinion = rule(stage["commentary"]["opinion"])
    historical = rule(era["historical"]["words"])
    maybe_year = rule([r"\w*?(?:1[0-9]{3}|20[0-3][0-9])\w*"])
    staging = (statistics, commentary, opinion, *(each for _, each in courts))
    return Lists(
        rules=rules,
        strong=strong,
        weak=weak,
        namesakes=Namesakes(data["namesake"]),
        destination=rule(data["destination"]["words"]),
        speaker=rule(data["speaker"]["words"]),
        far=re.compile(data["far"]["begins"], re.IGNORECASE),
        aside=re.compile(data["aside"]["words"], re.IGNORECASE),
        led=re.compile(data["led"]["words"], re.IGNORECASE),
        of_town=re.compile(_WHO.sub(lambda m: who[m[1]], data["of_town"]["before"]), re.IGNORECASE),
        across=re.compile(data["across"]["begins"], re.IGNORECASE | re.VERBOSE),
        stages=courts,
        planned=re.compile(stage["appeal"]["planned"], re.IGNORECASE),
        statistics=statistics,
        sums={name: re.compile(p, re.IGNORECASE) for name, p in sums.items()},
        superior=re.compile(story["superior"], re.IGNORECASE),
        asked=re.compile(stage["commentary"]["asked"], re.IGNORECASE),
        abuse=story["abuse"].split(),
        abuser=re.compile(story["abuser"], re.IGNORECASE),
        many=re.compile(stage["statistics"]["many"], re.IGNORECASE),
        commentary=commentary,
        held=re.compile(stage["charge"]["held"], re.IGNORECASE),
        caught=re.compile(stage["charge"]["caught"], re.IGNORECASE),
        guards=re.compile(stage["charge"]["guards"], re.IGNORECASE),
        held_by=re.compile(stage["charge"]["held_by"], re.IGNORECASE),
        kin=re.compile(rf"\s?\b(?:{stage['charge']['kin']})\b{_OF_CHILDREN}", re.IGNORECASE),
        sought=re.compile(stage["charge"]["sought"], re.IGNORECASE),
        bare=re.compile(stage["verdict"]["bare"], re.IGNORECASE),
        opinion=opinion,
        dated=re.compile(stage["commentary"]["dated"], re.IGNORECASE),
        another=re.compile(
            story["another"].replace("{others}", story["others"]), re.IGNORECASE | re.VERBOSE
        ),
        same_man=re.compile(story["same_man"].replace("{others}", story["others"]), re.IGNORECASE),
        taken_up=re.compile(story["taken_up"].replace("{others}", story["others"]), re.IGNORECASE),
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


def fold(text: str) -> str:
    """The text as the rules read it: one е, one apostrophe, and not a letter longer."""
    return text.replace("ё", "е").replace("Ё", "Е").replace("’", "'").replace("ʼ", "'")
