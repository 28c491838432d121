"""How topics, armies, stages and kinds are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.alerts import topics
from bot.i18n import Translator, msg
from bot.model import SourceKind, is_private

__all__ = [
    "LANDS",
    "army",
    "army_alone",
    "country",
    "kind",
    "stage",
    "stages",
    "topic",
    "topic_rank",
]

_ARMIES: Final[Mapping[str, str]] = {
    "ru": msg("Russian army"),
    "ua": msg("Ukrainian army"),
    "other": msg("another army"),
}
_ARMIES_ALONE: Final[Mapping[str, str]] = {
    "ru": msg("Russian"),
    "ua": msg("Ukrainian"),
    "other": msg("another"),
}
LANDS: Final[Mapping[str, str]] = {"ru": msg("Russia"), "ua": msg("Ukraine")}
"""The army's country. Vigil tells nobody of other armies unless they choose them."""

_STAGES_ALONE: Final[Mapping[str, str]] = {
    "report": msg("reports"),
    "charge": msg("charges"),
    "verdict": msg("verdicts"),
    "appeal": msg("appeals"),
    "statistics": msg("statistics"),
    "commentary": msg("commentary"),
}
_STAGES: Final[Mapping[str, str]] = {
    "charge": msg("charge"),
    "verdict": msg("verdict"),
    "appeal": msg("appeal"),
    "statistics": msg("statistics"),
    "commentary": msg("commentary"),
}
_KINDS: Final[Mapping[SourceKind, str]] = {
    SourceKind.COURT: msg("court"),
    SourceKind.OFFICIAL: msg("official source"),
    SourceKind.MEDIA: msg("media"),
    SourceKind.RIGHTS: msg("rights group"),
    SourceKind.ANONYMOUS: msg("anonymous channel"),
}


def topic(t: Translator, topic_id: str) -> str:
    """The topic's title; of one nobody knows, its id. What own words are is not said."""
    if is_private(topic_id):
        return t("Your words")
    return topics.title(topic_id, t.lang) or topic_id


def topic_rank(topic_id: str) -> tuple[int, str]:
    """To sort topics: what says most first."""
    return topics.rank(topic_id)


def army(t: Translator, name: str) -> str:
    """ "" for an unknown army."""
    return t(_ARMIES.get(name, ""))


def army_alone(t: Translator, name: str) -> str:
    """As after "Army:"; "" for an unknown army."""
    return t(_ARMIES_ALONE.get(name, ""))


def stage(t: Translator, name: str) -> str:
    """ "" for a plain report."""
    return t(_STAGES.get(name, ""))


def stages(t: Translator, name: str) -> str:
    """Many of that stage: `verdicts`."""
    return t(_STAGES_ALONE[name])


def country(t: Translator, army_name: str) -> str:
    """`Russia`; "" for an unknown army."""
    return t(LANDS.get(army_name, ""))


def kind(t: Translator, name: SourceKind) -> str:
    return t(_KINDS[name])
