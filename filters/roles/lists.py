"""The words by which `filters.roles` tells who does what to whom, in three languages.

Data: `packs/data/roles.toml`, which a researcher can read and mend; a start reads `roles.json`, the
same made short by `python -m filters.packs.build`. What the marks mean stands in
`filters.roles.meaning`.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any, Final

from filters.entities.windows import lazy

__all__ = [
    "AFTER",
    "ALTHOUGH",
    "ARMIES",
    "ASKS",
    "ASKS_FOR",
    "AWAITS",
    "AWAY",
    "BE",
    "BEAST",
    "BEFORE_VERB",
    "BY_ORDER",
    "CAPTIVE",
    "CIVIL",
    "CIVIL_DUTY",
    "CLAIMS",
    "CLIMBS",
    "COMMANDED",
    "COMMENT",
    "CREW",
    "CROWD",
    "CURSED",
    "CUSTOMER",
    "DAYS",
    "DEAD",
    "DECIDED",
    "DEMANDS",
    "DESTINED",
    "ENEMY",
    "ENLIST",
    "ENROLLED",
    "EVADED",
    "FED",
    "FICTION",
    "FICTION_ITSELF",
    "FICTION_MAKER",
    "FICTION_PART",
    "FICTION_PLAYED",
    "FICTION_TELLS",
    "FICTION_WITHIN",
    "FRONT_ITSELF",
    "GETS",
    "GIVEN",
    "GIVE_UP",
    "GONE_OUT",
    "HARDLY",
    "HEALING",
    "HIGH",
    "HINDERED",
    "IF",
    "ILL",
    "INEDIBLE",
    "INFINITIVE",
    "INSERTED",
    "INTENDS",
    "LAID",
    "LAWFUL",
    "LEADS",
    "LEAVE_OF",
    "LIGHT",
    "LOCATIVE",
    "MADE",
    "MANY",
    "MILITARY",
    "MISSILE",
    "MODAL",
    "MOODS",
    "MUTINY",
    "NEGATION",
    "NOBODY",
    "NONE_OF",
    "OBEYS",
    "OFFICE",
    "OUT",
    "OWN",
    "PAPERS",
    "PARTAKE",
    "PARTICIPLES",
    "PERMISSION",
    "PERSON",
    "POWER",
    "PREDICATES",
    "PREPOSITIONS",
    "PRESSED",
    "PRONOUNS",
    "RANKS",
    "REAR",
    "REFUSER",
    "RELATIVE",
    "REPORTED",
    "REST",
    "RETREATS",
    "SAYS",
    "SERVE",
    "SERVICE",
    "SHELTER",
    "SHORT_RANKS",
    "SPARED",
    "STAYS",
    "STOPPED",
    "STRIPPED",
    "SURRENDERS",
    "SWALLOWS",
    "THEM",
    "THEN",
    "THIRD",
    "THOSE",
    "THROWN",
    "TRADES",
    "UNIT",
    "UNITS",
    "UNLAWFUL",
    "UNREASONED",
    "WE",
    "WEAPON",
    "WEATHER",
    "WILLED",
    "WITHOUT",
    "WONT",
]


_DATA: Final[Any] = json.loads(
    resources.files("filters.packs").joinpath("data/roles.json").read_text("utf-8")
)


def _is(pattern: str) -> re.Pattern[str]:
    """A pattern of one whole word, compiled when first used."""
    return lazy(rf"(?:{pattern})$", re.IGNORECASE)


def _kinds(name: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, _is(pattern)) for kind, pattern in _DATA[name].items())


def _words(name: str) -> frozenset[str]:
    return frozenset(_DATA["words"][name])


PREDICATES: Final = _kinds("predicates")
EVADED: Final = _kinds("evaded")
MOODS: Final = _kinds("moods")
CROWD: Final = _is(_DATA["crowd"])
OFFICE: Final = _is(_DATA["office"])
UNIT: Final = _is(_DATA["unit"])
UNITS: Final = _is(_DATA["units"])
MILITARY: Final = _is(_DATA["military"])
CIVIL: Final = _is(_DATA["civil"])
ARMIES: Final = _is(_DATA["armies"])
PERMISSION: Final = _is(_DATA["permission"])
LIGHT: Final = _is(_DATA["light"])
PARTAKE: Final = _is(_DATA["partake"])
REFUSER: Final = _is(_DATA["refuser"])
INTENDS: Final = _is(_DATA["intends"])
UNREASONED: Final = _is(_DATA["unreasoned"])
RETREATS: Final = _is(_DATA["retreats"])
MADE: Final = _is(_DATA["made"])
ILL: Final = _is(_DATA["ill"])
SPARED: Final = _is(_DATA["spared"])
REAR: Final = _is(_DATA["rear"])
SWALLOWS: Final = _is(_DATA["swallows"])
INEDIBLE: Final = _is(_DATA["inedible"])
GETS: Final = _is(_DATA["gets"])
DEAD: Final = _is(_DATA["dead"])
INFINITIVE: Final = _is(_DATA["infinitive"])
THROWN: Final = _is(_DATA["thrown"])
MISSILE: Final = _is(_DATA["missile"])
ENROLLED: Final = _is(_DATA["enrolled"])
PERSON: Final = _is(_DATA["person"])
BEAST: Final = _is(_DATA["beast"])
CURSED: Final = _is(_DATA["cursed"])
COMMANDED: Final = _is(_DATA["commanded"])
DECIDED: Final = _is(_DATA["decided"])
WEAPON: Final = _is(_DATA["weapon"])
CAPTIVE: Final = _is(_DATA["captive"])
CLAIMS: Final = _is(_DATA["claims"])
DESTINED: Final = _is(_DATA["destined"])
HEALING: Final = _is(_DATA["healing"])
SAYS: Final = _is(_DATA["says"])
PRESSED: Final = _is(_DATA["pressed"])
ENEMY: Final = _is(_DATA["enemy"])
LAWFUL: Final = _is(_DATA["lawful"])
SERVICE: Final = _is(_DATA["service"])
BY_ORDER: Final = _is(_DATA["by_order"])
UNLAWFUL: Final = _is(_DATA["unlawful"])
FICTION: Final = _is(_DATA["fiction"])
FICTION_ITSELF: Final = _is(_DATA["fiction_itself"])
FICTION_MAKER: Final = _is(_DATA["fiction_maker"])
FICTION_PART: Final = _is(_DATA["fiction_part"])
FICTION_PLAYED: Final = _is(_DATA["fiction_played"])
FICTION_TELLS: Final = _is(_DATA["fiction_tells"])
FICTION_WITHIN: Final = _is(_DATA["fiction_within"])
GIVE_UP: Final = _is(_DATA["give_up"])
SHELTER: Final = _is(_DATA["shelter"])
CUSTOMER: Final = _is(_DATA["customer"])
COMMENT: Final = _is(_DATA["comment"])
ASKS_FOR: Final = _is(_DATA["asks_for"])
CREW: Final = _is(_DATA["crew"])
CLIMBS: Final = _is(_DATA["climbs"])
HIGH: Final = _is(_DATA["high"])
POWER: Final = _is(_DATA["power"])
GONE_OUT: Final = _is(_DATA["gone_out"])
LAID: Final = _is(_DATA["laid"])
WILLED: Final = _is(_DATA["willed"])
GIVEN: Final = _is(_DATA["given"])
MUTINY: Final = _is(_DATA["mutiny"])
HINDERED: Final = _is(_DATA["hindered"])
OBEYS: Final = _is(_DATA["obeys"])
OUT: Final = _is(_DATA["out"])
PAPERS: Final = _is(_DATA["papers"])
STAYS: Final = _is(_DATA["stays"])
STOPPED: Final = _is(_DATA["stopped"])
STRIPPED: Final = _is(_DATA["stripped"])
CIVIL_DUTY: Final = _is(_DATA["civil_duty"])
REPORTED: Final = _is(_DATA["reported"])
FED: Final = _is(_DATA["fed"])
WEATHER: Final = _is(_DATA["weather"])
AWAITS: Final = _is(_DATA["awaits"])
DEMANDS: Final = _is(_DATA["demands"])
SURRENDERS: Final = _is(_DATA["surrenders"])
TRADES: Final = _is(_DATA["trades"])
FRONT_ITSELF: Final = _is(_DATA["front_itself"])
AFTER: Final = _words("after")
ASKS: Final = _words("asks")
AWAY: Final = _words("away")
BE: Final = _words("be")
BEFORE_VERB: Final = _words("before_verb")
ENLIST: Final = _words("enlist")
IF: Final = _words("if")
LEADS: Final = _words("leads")
LEAVE_OF: Final = _words("leave_of")
LOCATIVE: Final = _words("locative")
MODAL: Final = _words("modal")
NEGATION: Final = _words("negation")
NOBODY: Final = _words("nobody")
NONE_OF: Final = _words("none_of")
OWN: Final = _words("own")
PARTICIPLES: Final = _words("participles")
PREPOSITIONS: Final = _words("prepositions")
PRONOUNS: Final = _words("pronouns")
RELATIVE: Final = _words("relative")
RANKS: Final = _words("ranks")
REST: Final = _words("rest")
SERVE: Final = _words("serve")
THEM: Final = _words("them")
THEN: Final = _words("then")
THIRD: Final = _words("third")
THOSE: Final = _words("those")
WE: Final = _words("we")
WITHOUT: Final = _words("without")
WONT: Final = _words("wont")
DAYS: Final = _words("days")
HARDLY: Final = _words("hardly")
INSERTED: Final = _words("inserted")
MANY: Final = _words("many")
SHORT_RANKS: Final = _words("short_ranks")
ALTHOUGH: Final = _words("although")
