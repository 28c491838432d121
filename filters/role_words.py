"""The words by which `filters.roles` tells who does what to whom, in three languages.

Data: `packs/data/roles.toml`, which a researcher can read and mend; a start reads `roles.json`, the
same made short by `python -m filters.packs.build`. What the marks mean stands here.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any, Final

from filters.entities.windows import lazy

__all__ = [
    "ACTS",
    "AFTER",
    "ARMIES",
    "ASKED",
    "ASKS",
    "AWAY",
    "BE",
    "BEFORE_VERB",
    "BY_ORDER",
    "CIVIL",
    "CLEAR",
    "COARSE",
    "COMMENT",
    "CROWD",
    "CUSTOMER",
    "DEFIANT",
    "ENEMY",
    "ENLIST",
    "EVADED",
    "FICTION",
    "GIVE_UP",
    "IF",
    "INFINITIVE",
    "LAWFUL",
    "LEADS",
    "LEAVE_OF",
    "LEAVING",
    "LIGHT",
    "MILITARY",
    "MISSILE",
    "MODAL",
    "MOODS",
    "NEGATION",
    "NOBODY",
    "NONE_OF",
    "OBJECTS",
    "OFFICE",
    "OTHER",
    "OWN",
    "PARTAKE",
    "PARTICIPLES",
    "PERMISSION",
    "POSTS",
    "PREDICATES",
    "PREPOSITIONS",
    "PRONOUNS",
    "REFUSABLE",
    "REFUSALS",
    "REFUSER",
    "RELATIVE",
    "SERVE",
    "SERVICE",
    "SHELTER",
    "SOLDIERS",
    "STOP",
    "TELLING",
    "THEIR_OWN",
    "THEM",
    "THIRD",
    "THOSE",
    "THROWN",
    "UNIT",
    "UNITS",
    "UNLAWFUL",
    "UNREAL",
    "WE",
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
INFINITIVE: Final = _is(_DATA["infinitive"])
THROWN: Final = _is(_DATA["thrown"])
MISSILE: Final = _is(_DATA["missile"])
ENEMY: Final = _is(_DATA["enemy"])
LAWFUL: Final = _is(_DATA["lawful"])
SERVICE: Final = _is(_DATA["service"])
BY_ORDER: Final = _is(_DATA["by_order"])
UNLAWFUL: Final = _is(_DATA["unlawful"])
FICTION: Final = _is(_DATA["fiction"])
GIVE_UP: Final = _is(_DATA["give_up"])
SHELTER: Final = _is(_DATA["shelter"])
CUSTOMER: Final = _is(_DATA["customer"])
COMMENT: Final = _is(_DATA["comment"])
AFTER: Final = _words("after")
ASKS: Final = _words("asks")
AWAY: Final = _words("away")
BE: Final = _words("be")
BEFORE_VERB: Final = _words("before_verb")
ENLIST: Final = _words("enlist")
IF: Final = _words("if")
LEADS: Final = _words("leads")
LEAVE_OF: Final = _words("leave_of")
MODAL: Final = _words("modal")
NEGATION: Final = _words("negation")
NOBODY: Final = _words("nobody")
NONE_OF: Final = _words("none_of")
OWN: Final = _words("own")
PARTICIPLES: Final = _words("participles")
PREPOSITIONS: Final = _words("prepositions")
PRONOUNS: Final = _words("pronouns")
RELATIVE: Final = _words("relative")
SERVE: Final = _words("serve")
THEM: Final = _words("them")
THIRD: Final = _words("third")
THOSE: Final = _words("those")
WE: Final = _words("we")
WITHOUT: Final = _words("without")
WONT: Final = _words("wont")

ASKED: Final = frozenset(
    ("man_of_war", "perhaps_man_of_war", "war_duty", "private_matter", "place_of_duty")
)
"""Groups of the packs that roles ask for and no filter does."""
# Groups of those who serve.
SOLDIERS: Final = frozenset(("soldier", "serviceman", "in_the_ranks", "serving", "man_of_war"))
# Groups of places.
POSTS: Final = frozenset(("post", "post_strict", "leave_place", "place_of_duty"))
# Groups that say it is no soldier's refusal.
OTHER: Final = frozenset(
    ("refuse_else", "civil_refusal", "others_refuse", "states_refuse", "sport")
)
# Cases of an object.
OBJECTS: Final = frozenset(("accs", "datv", "gent"))
# Moods that make what is told unreal, the strongest first.
UNREAL: Final = ("fiction", "denied", "called", "if", "feared", "chance", "asked")
# Kinds whose object is a place first of all.
LEAVING: Final = frozenset(("leave", "return"))
# Kinds whose object is a deed.
REFUSALS: Final = frozenset(("refuse", "refusal", "wont", "deny", "disobey"))
# Kinds that may be what somebody refuses to do.
REFUSABLE: Final = frozenset(("leave", "quit", "return", "harm", "hurt", "hold", "feign"))
# Sides that may be somebody who serves.
THEIR_OWN: Final = frozenset(
    ("soldier", "refuser", "army", "pronoun", "man", "name", "nobody", "unit")
)
# Of whom a noun of refusing may tell as a verb would.
CLEAR: Final = frozenset(("soldier", "commander", "unit", "army", "refuser", "man"))
# Acts for which others are punished.
DEFIANT: Final = frozenset(("refuse", "disobey", "refusal", "leave", "quit"))
# Kinds and sides under fewer names, for marks that every language and verb share.
ACTS: Final = {
    "refuse": "no", "wont": "no", "disobey": "no", "refusal": "refusal", "return": "away",
    "leave": "away", "quit": "quit", "hold": "hurt",
}  # fmt: skip
COARSE: Final = {
    "bound": "soldier", "we": "soldier", "crowd": "soldier", "mission": "duty", "them": "soldier",
    "talk": "else", "unit": "soldier", "warlike": "duty",
}  # fmt: skip
# What these marks say is done by one who serves, and is what this topic is about.
TELLING: Final = {
    **{
        f"x:no:{side}>{to}:told": "refusal"
        for side in ("soldier", "refuser", "army")
        for to in ("duty", "task", "service")
    },
    "x:no:man>duty:told": "refusal",
    **{
        f"x:away:soldier>{to}:{how}": "desertion"
        for to in ("post", "duty")
        for how in ("told", "unlawful")
    },
    "x:away:soldier>nothing:unlawful": "desertion",
    "x:harm:soldier>self:told": "self-harm",
    "x:harm:man>self:told": "self-harm",
    **{f"x:hurt:{side}>refuser:told": "pressure" for side in ("soldier", "commander", "nobody")},
    **{f"x:hurt+:{side}>refuser:told": "pressure" for side in ("refuser", "soldier", "nobody")},
}
STOP: Final = lazy(r"[.!?;:…]|\s[—–-]\s|[«»\"“”]")
