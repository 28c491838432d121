"""What the marks of roles mean: sides, kinds and matters under names that all languages share,
and which marks by themselves tell of a topic.
"""

from __future__ import annotations

from typing import Final

from filters.entities.windows import lazy

__all__ = [
    "ACTS",
    "ASKED",
    "CLEAR",
    "CLEARLY",
    "CLEAR_SIDES",
    "CLEAR_TELLING",
    "COARSE",
    "DEFIANT",
    "DUTY",
    "FINDING",
    "LEAVING",
    "OBJECTS",
    "OTHER",
    "POSTS",
    "REFUSABLE",
    "REFUSALS",
    "SOLDIERS",
    "STOP",
    "TELLING",
    "TELLS",
    "THEIR_OWN",
    "UNDONE",
    "UNREAL",
]

ASKED: Final = frozenset(
    (
        "man_of_war",
        "perhaps_man_of_war",
        "war_duty",
        "private_matter",
        "place_of_duty",
        "defiance",
    )
)
"""Groups of the packs that roles ask for and no filter does."""
# Groups of those who serve.
SOLDIERS: Final = frozenset(("soldier", "serviceman", "in_the_ranks", "serving", "man_of_war"))
# Groups of places.
POSTS: Final = frozenset(("post", "post_strict", "leave_place", "place_of_duty"))
# Groups of what is a duty and nothing else.
DUTY: Final = frozenset(("fight", "fight_strict", "order"))
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
# Kinds that say something only where it was not done.
UNDONE: Final = frozenset(("wont", "return", "rise"))
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
    "refuse": "no", "wont": "no", "disobey": "no", "rise": "no", "reject": "no", "stay": "no",
    "refusal": "refusal", "return": "away",
    "leave": "away", "quit": "quit", "hold": "hurt",
}  # fmt: skip
COARSE: Final = {
    "bound": "soldier", "we": "soldier", "crowd": "soldier", "mission": "duty", "them": "soldier",
    "talk": "else", "unit": "soldier", "warlike": "duty",
}  # fmt: skip
_PUNISHING: Final = ("soldier", "commander", "nobody", "other")
_PUNISHED: Final = ("refuser", "soldier", "commander", "nobody")
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
    **{
        f"x:away:soldier>{to}:unlawful": "desertion"
        for to in ("nothing", "soldier", "task", "else")
    },
    **{f"x:away:man>{to}:unlawful": "desertion" for to in ("post", "duty")},
    "x:feign:soldier>self:told": "self-harm",
    "x:harm:soldier>self:told": "self-harm",
    "x:harm:man>self:told": "self-harm",
    **{f"x:hurt:{side}>refuser:told": "pressure" for side in _PUNISHING},
    **{f"x:hurt+:{side}>refuser:told": "pressure" for side in _PUNISHED},
}
FINDING: Final = (
    *(f"x:no:{who}>duty:told" for who in ("pronoun", "name")),
    *(f"x:away:{who}>post:{how}" for who in ("pronoun", "name") for how in ("told", "unlawful")),
)
"""Deeds of a topic by somebody of whom grammar does not know whether he serves."""
TELLS: Final = "x:tells"
"""The mark which says of the one before it that by itself it tells of a topic (`TELLING`)."""
CLEARLY: Final = "x:clear"
"""The mark which says of what is told that nobody else and nothing else may be meant."""
# Who, as he is named, may be nobody but one who serves.
CLEAR_SIDES: Final = frozenset(("soldier", "unit", "refuser", "commander", "bound"))
CLEAR_TELLING: Final = frozenset(
    (
        *(f"x:no:{side}>duty:told" for side in ("soldier", "refuser")),
        "x:away:soldier>post:told",
        *(f"x:away:soldier>{to}:unlawful" for to in ("post", "duty", "nothing", "task", "else")),
        "x:feign:soldier>self:told",
        "x:harm:soldier>self:told",
    )
)
STOP: Final = lazy(r"[.!?;:…]|\s[—–-]\s|[«»\"“”]")
