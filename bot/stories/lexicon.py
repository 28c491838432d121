"""What the reports of one event share across languages: stems of Russian, Ukrainian and English.

Data, in TOML a researcher can read: `data/lexicon.toml`, and beside it texts that must and must
not have each group (`data/examples/lexicon.toml`), which tests read and a running bot does not.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["Lexicon", "lexicon"]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lists. Stems end anywhere in a word; "=" before one asks for the whole word.

    `setting` occurs in every case (a court, a soldier), `detail` distinguishes cases: concepts by
    name. `stages` say how far a case has come, the last the furthest. `deeds` are the concepts
    that tell each deed. `offices` and `saying` are who speaks and how. `common` are capitalised
    words that are no names, `wide` names that fit many events. `numbers` and `tens` are numbers
    by stem.
    """

    setting: Mapping[str, str]
    detail: Mapping[str, str]
    stages: Mapping[str, str]
    deeds: Mapping[str, frozenset[str]]
    offices: str
    saying: str
    common: frozenset[str]
    wide: frozenset[str]
    numbers: Mapping[str, float]
    tens: Mapping[str, float]


@cache
def lexicon() -> Lexicon:
    """The lexicon of this release, read when first asked for: a start needs it not."""
    data = tomllib.loads(
        resources.files("bot.stories").joinpath("data/lexicon.toml").read_text("utf-8")
    )
    return Lexicon(
        setting=_stems(data["setting"]),
        detail=_stems(data["detail"]),
        stages=_stems(data["stages"]),
        deeds={deed: frozenset(told.split()) for deed, told in data["deeds"].items()},
        offices=data["offices"]["stems"],
        saying=data["saying"]["stems"],
        common=frozenset(data["common"]["words"].split()),
        wide=frozenset(data["wide"]["words"].split()),
        numbers=data["numbers"],
        tens=data["tens"],
    )


def _stems(table: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {name: str(group["stems"]) for name, group in table.items()}
