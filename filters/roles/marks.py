"""The marks of a sentence: of each predicate its subject, object and mood, in its own words and
in those that all languages share; and what the sentence makes of what it tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from filters.grammar import Grammar
from filters.morphology import language_of
from filters.roles.english import agent_of, subject_in_english
from filters.roles.inferred import (
    does_not_as_told,
    gets_done,
    is_done_to_be_spared,
    is_feigned_to_be_spared,
    is_mutiny,
    is_said_of_oneself,
    of_rising,
    quits_a_post,
    serves_by_what_he_does,
    will_not_go,
)
from filters.roles.lists import (
    GONE_OUT,
    HIGH,
    STRIPPED,
    UNLAWFUL,
)
from filters.roles.meaning import (
    ACTS,
    CLEAR_SIDES,
    CLEAR_TELLING,
    CLEARLY,
    COARSE,
    REFUSABLE,
    REFUSALS,
    SOLDIERS,
    TELLING,
    TELLS,
    THEIR_OWN,
    UNDONE,
)
from filters.roles.moods import (
    cannot,
    is_bidden,
    is_cut_short,
    is_for_that,
    is_hindered,
    is_imagined,
    is_meant,
    is_reckoned,
    is_unreal,
    moods_of,
    outlook_of,
    right_to_leave,
)
from filters.roles.objects import (
    asks_out,
    commands_to_go,
    duty_before,
    is_army_near,
    is_commanded,
    is_fighting_near,
    is_gone_into_unit,
    is_gone_to,
    is_of_an_army,
    is_own_near,
    is_post_before,
    matter_before,
    matter_of,
    victim_of,
    what_is_evaded,
)
from filters.roles.predicates import (
    is_defied,
    is_foretold,
    is_negated,
    is_passive,
    is_refused,
    is_said_of_a_thing,
    is_swallowing,
    is_withheld,
    kind_at,
    kind_of,
)
from filters.roles.sides import side_of, side_of_owner
from filters.roles.subjects import (
    agent_by_case,
    speaker_of,
    subject_of,
    whom_a_participle_is_said_of,
)
from filters.roles.words import Word

__all__ = ["roles"]

_CARRIERS: Final = (
    "авиакомпани", "авіакомпані", "лайнер", "пассажирск", "пасажирськ", "airline", "liner",
)  # fmt: skip
_ARRESTED: Final = ("detain", "jail", "imprison", "arrest")
_ANYBODY: Final = frozenset(("pronoun", "name", "man", "crowd"))
_WANTS: Final = ("хот", "хоч", "жела", "бажа", "want")
_HURTING: Final = frozenset(("hold", "hurt"))
"""Kinds that are done to somebody."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, the groups of the one above it, how real what it tells is, and the kinds of its
    words."""

    words: Sequence[Word]
    grammar: Grammar
    above: frozenset[str]
    outlook: str
    kinds: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Deed:
    """A predicate: its kind, who does it and what it is about; whether it is negated or passive,
    whether a noun of refusing clearly says whose, and whether others say that it will not be."""

    kind: str
    who: str
    what: str
    is_denied: bool
    is_passive: bool
    is_clear: bool
    is_of_others: bool = False

    @property
    def verb(self) -> str:
        """The kind, with signs of what is made of it: “hold!+” is “were not held”."""
        negated = self.is_denied and self.kind not in UNDONE
        return self.kind + "!" * negated + "+" * self.is_passive


def roles(words: Sequence[Word], grammar: Grammar, above: frozenset[str]) -> Iterator[str]:
    """Marks of each predicate of a sentence: its kind with its subject, object and mood; and
    of the whole sentence, what it makes of what it tells (denied, called for, asked).

    `above` are the groups of the sentence before: a pronoun may stand for a soldier there. What
    only that makes of a predicate are marks of their own, "y:", beside the others.
    """
    moods = moods_of(words)
    for mood in moods:
        yield f"m:{mood}"
    kinds = [kind_at(at, words, grammar) for at in range(len(words))]
    for at in does_not_as_told(words, kinds):
        kinds[at] = "wont"
    sentence = _Sentence(words, grammar, above, outlook_of(words, moods), kinds)
    doers: dict[str, set[str]] = {}
    for at, kind in enumerate(kinds):
        if kind and not (kind in REFUSABLE and is_refused(at, kinds, words)):
            for mark in _of_predicate(at, sentence):
                if mark.startswith(("x:no:", "x:away:")) and ">" not in mark:
                    _, act, side, _ = mark.split(":")
                    doers.setdefault(act, set()).add(side)
                yield mark
    for act, sides in doers.items():
        if sides.isdisjoint(THEIR_OWN):
            yield f"x:{act}:others only"  # a bakery refuses, whatever filters its words touch


def _of_predicate(at: int, sentence: _Sentence) -> Iterator[str]:
    deed = _deed(at, sentence)
    if deed is None:
        return
    verb = deed.verb
    yield f"{verb}:{deed.who}"
    yield f"{verb}:>{deed.what}"
    yield f"{verb}:{deed.who}>{deed.what}"
    unreal = is_unreal(at, sentence.words)
    if unreal:
        yield f"{verb}:if"
        yield f"{verb}:if:{deed.who}"
    is_of_purpose = deed.kind in UNDONE and is_meant(at, sentence.words)
    is_threat = deed.kind == "hurt" and any(
        each.norm.startswith(("пригроз", "threat", "погрож"))
        for each in sentence.words[max(0, at - 3) : at]
    )
    unreal = unreal and deed.kind not in UNDONE and not is_threat
    is_if = deed.is_of_others or is_of_purpose or unreal
    is_if = is_if or is_imagined(at, deed.kind, sentence.words, sentence.grammar)
    mood = "if" if is_if else sentence.outlook
    if mood in ("called", "feared") and is_reckoned(at, sentence.words):
        mood = "told"
    mood = "called" if mood == "told" and is_bidden(at, sentence.words) else mood
    if mood == "told" and (deed.kind in UNDONE or deed.kind == "stay"):
        hindered = is_hindered(at, sentence.words) or cannot(at, sentence.words)
        mood = "chance" if hindered else mood
    if mood == "told" and is_cut_short(deed.kind, at, sentence.words):
        mood = "chance"
    yield from _shared(at, deed, mood, sentence)


def _deed(at: int, sentence: _Sentence) -> _Deed | None:
    """Who does what at a predicate; None where it says nothing."""
    words, grammar, kind = sentence.words, sentence.grammar, sentence.kinds[at]
    english = language_of(words[at].norm) == "en"
    denied = is_negated(at, words) and not (kind == "hurt" and is_withheld(at, words))
    if kind == "wont" and is_for_that(at, words):
        return None
    if kind in UNDONE and not denied:
        return None  # going and returning say something only where it was not done
    if kind == "stay" and (denied or not will_not_go(at, words, sentence.kinds)):
        return None  # so does staying, where one was to go
    if english and is_said_of_a_thing(at, words):
        return None
    if kind == "harm" and (place := gets_done(at, words, grammar)) is not None:
        form = grammar.of(words[place].norm)
        wisher = (
            subject_in_english(place, words) if english else subject_of(place, form, words, grammar)
        )
        return _Deed(kind, side_of(wisher, words, grammar), "self", denied, False, False)
    passive = is_clear = is_of_others = False
    told_from = at - (kind == "wont")  # the verb itself says what
    agent: int | None = None
    doer: int | None = None
    if kind in ("refusal", "evasion"):
        who, told_from, is_clear = side_of_owner(at, words, grammar, english=english)
    else:
        passive, agent, subject = _doer(at, sentence, english=english)
        doer = subject if agent is None else agent
        who = side_of(doer, words, grammar)
        if kind == "wont" and subject is not None and who in ("bound", "pronoun"):
            speaker, is_of_others = speaker_of(subject, words, grammar)
            who = _bound_to(speaker, who, words, grammar)
            is_of_others = is_of_others or "deny" in sentence.kinds[:at]
    if agent is not None:
        passive, what = False, duty_before(at, words)  # “the order was rejected by the platoon”
        what = "else" if what == "nothing" else what
    else:
        what = victim_of(at, words, grammar, english=english) if kind in _HURTING else ""
    if kind == "quit" and quits_a_post(at, words):
        kind = "leave"
    what = what or _matter(kind, at, told_from, sentence, english=english)
    what = "self" if is_swallowing(words[at].norm) else what
    if kind == "leave" and words[at].norm.endswith("ing") and what not in ("post", "duty"):
        return None  # “for fleeing the enemy”: a noun, which says too little
    is_blow = kind == "harm" and not words[at].norm.startswith(("burn", "обпал", "опал"))
    if is_blow and who == "commander" and not is_own_near(at, words):
        kind = "hurt"  # «командир сломал солдату рёбра»
        what = victim_of(at, words, grammar, english=english)
    if kind == "wont" and what == "post" and is_gone_into_unit(at, words):
        kind = "return"  # «в часть не поехал»
    if kind == "return" and who in ("we", "bound") and is_said_of_oneself(at, words, grammar):
        kind, what = "wont", "task" if what == "nothing" else what
    if kind == "return" and what in ("duty", "warlike") and GONE_OUT.match(words[at].norm):
        kind = "wont"  # «не вышли на задание»
    if kind in ("evasion", "evade"):
        what = what_is_evaded(at, words)
    if who in _ANYBODY and kind == "leave" and what == "post" and "flee" in words[at].groups:
        who = "bound" if is_of_an_army(at, words) else who  # “men who fled the regiment”
    if who == "person":
        who = _in_the_ranks(kind, what, at, words)
    elif who == "man" and doer is not None and serves_by_what_he_does(kind, what, at, doer, words):
        who = "soldier"
    elif who == "office" and kind in _HURTING and doer is not None and HIGH.match(words[doer].norm):
        who = "commander"  # “the navy stripped him of his rank”
    elif who == "kin" and kind == "hurt" and doer is not None:
        is_dative = "datv" in grammar.of(words[doer].norm).cases
        who = "nobody" if is_dative else who  # «матери дезертира угрожают»
    kind = "deny" if kind == "refuse" and passive else kind
    return _Deed(kind, who, what, denied, passive, is_clear, is_of_others)


def _is_punished(at: int, sentence: _Sentence) -> bool:
    return is_defied(at, sentence.kinds, sentence.words)


def _is_doubtful(at: int, deed: _Deed, sentence: _Sentence) -> bool:
    """Whether what a mark tells may be no deed of theirs: said by others of the future, an arrest,
    a crowd that leaves a country."""
    words, kind = sentence.words, deed.kind
    if kind in REFUSALS and deed.who in ("unit", "bound", "we") and _is_of_carrier(words):
        return True
    if kind == "wont":
        return is_foretold(at, deed.who, words, sentence.grammar)
    if kind == "hold":
        return words[at].norm.startswith(_ARRESTED)
    return kind == "leave" and deed.who == "crowd" and not _is_of_war(words)


def _is_of_carrier(words: Sequence[Word]) -> bool:
    """Whether a sentence tells of who carries passengers: a liner's crew refuses to fly too."""
    return any(each.norm.startswith(_CARRIERS) for each in words)


def _is_clear(at: int, deed: _Deed, whole: str, words: Sequence[Word]) -> bool:
    """Whether nobody else and nothing else may be meant: who only leaves a base may be let go."""
    if deed.who not in CLEAR_SIDES or whole not in CLEAR_TELLING:
        return False
    if deed.kind == "wont" and words[at].norm.startswith(_WANTS):
        return False
    if deed.who == "unit" and not _is_of_war(words):
        return False
    if any("sport" in each.groups for each in words):
        return False
    if deed.kind in ("harm", "feign"):
        return is_done_to_be_spared(at, words)
    if words[at].norm.startswith(("беж", "ran")) and not _is_from(at, words):
        return False  # «бежали марафон»
    is_open = deed.kind == "leave" and whole.endswith(":told")
    return not is_open or "flee" in words[at].groups


def _is_from(at: int, words: Sequence[Word]) -> bool:
    near = words[at + 1 : at + 3]
    return any(each.norm in ("из", "с", "со", "от", "from", "away", "off") for each in near)


def _bound_to(speaker: int | None, who: str, words: Sequence[Word], grammar: Grammar) -> str:
    """Whom a pronoun means, where it is said by whom: "bound" if he serves."""
    if speaker is None:
        return who
    side = side_of(speaker, words, grammar)
    return "bound" if side in ("soldier", "unit", "refuser") else side if side == "man" else who


def _doer(at: int, sentence: _Sentence, *, english: bool) -> tuple[bool, int | None, int | None]:
    """Whether a verb is passive, by whom that is done if it says so, and its subject."""
    words, grammar, kind = sentence.words, sentence.grammar, sentence.kinds[at]
    may_have_agent = kind in ("refuse", "disobey", "reject")
    if english:
        passive = is_passive(at - (words[at].norm == "down"), words)
        agent = agent_of(at, words) if passive and may_have_agent else None
        return passive, agent, None if agent is not None else subject_in_english(at, words)
    form = grammar.of(words[at].norm)
    if kind == "wont":
        return False, None, subject_of(at, form, words, grammar)  # «не намерены»
    agent = agent_by_case(at, words, grammar) if form.passive and may_have_agent else None
    if agent is not None:
        return True, agent, None
    place = whom_a_participle_is_said_of(at, form, words, grammar)
    subject = subject_of(at, form, words, grammar) if place is None else place
    return form.passive, None, subject


def _in_the_ranks(kind: str, what: str, at: int, words: Sequence[Word]) -> str:
    """What a person is by what he does: who deserts a post serves, who will not fight may."""
    if what == "post" and kind == "leave" and UNLAWFUL.match(words[at].norm):
        return "soldier"
    if what == "post" and kind == "leave" and "flee" in words[at].groups:
        return "man" if is_army_near(at, words) else "person"
    return "man" if kind in REFUSALS and is_fighting_near(at, words) else "person"


def _matter(kind: str, at: int, told_from: int, sentence: _Sentence, *, english: bool) -> str:
    """What a predicate is about, behind it or before it."""
    words, grammar = sentence.words, sentence.grammar
    if kind == "stay" or (kind == "wont" and english and kind_of(words[at].norm) == "leave"):
        return "duty"  # “would not leave the trench for an assault”
    what = matter_of(told_from, words, grammar, english=english, kind=kind)
    if kind == "rise":
        return of_rising(at, what, words)
    is_open = what in ("nothing", "post", "task", "soldier")
    if kind == "disobey" and is_open and is_mutiny(at, words):
        return "duty"
    if kind == "feign" and is_feigned_to_be_spared(at, words):
        return "self"
    if what == "task" and kind not in REFUSALS:
        what = "nothing"
    is_going = what in ("duty", "warlike") or (what == "post" and words[at + 1].norm == "for")
    if kind == "leave" and is_going and is_gone_to(at, words):
        return "nothing"
    if kind == "leave" and what in ("nothing", "soldier") and is_post_before(at, words):
        return "post"
    if kind == "reject":
        is_duty = what in ("duty", "warlike") or duty_before(at, words) == "duty"
        return "duty" if is_duty else "else"
    if kind_of(words[at].norm) == "send_off":
        return "duty" if is_commanded(words) or is_fighting_near(at, words, 10) else "nothing"
    if what != "nothing":
        return what
    if kind in ("wont", "refuse") and not english:
        return matter_before(at, words, grammar)
    if kind == "refuse" and any(place < at for place in commands_to_go(words)):
        return "duty"  # “told to clear the house, he answered no”
    return "task" if kind == "wont" else what


def _is_of_war(words: Sequence[Word]) -> bool:
    """Whether a sentence names who serves, an army or what is done in war only."""
    groups = (*SOLDIERS, "army", "fight_strict")
    return any(not word.groups.isdisjoint(groups) for word in words)


def _shared(at: int, deed: _Deed, mood: str, sentence: _Sentence) -> Iterator[str]:
    """The same in coarse words, which every language and every verb of a kind share."""
    words, kind, who, what = sentence.words, deed.kind, deed.who, deed.what
    act = "no" if deed.is_clear else ACTS.get(kind, kind) + deed.verb[len(kind) :]
    acts = kind in _HURTING
    side = "soldier" if who == "commander" and not acts else COARSE.get(who, who)
    if who == "unit" and what in ("mission", "task") and not _is_of_war(words):
        side = "unit"  # the crew of a liner refuses to fly too
    to = COARSE.get(what, what)
    deed_of_soldiers = "task" if act == "no" and to in ("soldier", "post") else to
    to = deed_of_soldiers if side == "soldier" else to  # to relieve others, to open a bunker
    if act.startswith("away") and mood == "told":
        mood = right_to_leave(at, words, sentence.grammar)
    is_open = to in ("soldier", "nothing") or STRIPPED.match(words[at].norm)
    if acts and is_open and (is_defied(at, sentence.kinds, words) or asks_out(words)):
        to = "refuser"
    if acts and to == "commander" and who not in (*THEIR_OWN, "kin") and _is_punished(at, sentence):
        to = "refuser"  # «майора, отказавшегося бомбить, разжаловали»
    is_own = is_own_near(at, words) or is_swallowing(words[at].norm)
    is_own = is_own or gets_done(at, words, sentence.grammar) is not None
    if kind == "harm" and to == "self" and not is_own:
        to = "self" if side == "soldier" and is_done_to_be_spared(at, words) else "limb"
    whole = f"x:{act}:{side}>{to}:{mood}"
    yield whole
    if whole in TELLING and not _is_doubtful(at, deed, sentence):
        yield TELLS
        if _is_clear(at, deed, whole, words):
            yield CLEARLY
    yield f"x:{act}:{side}:{mood}"
    if (
        who in ("pronoun", "nobody")
        and not deed.is_passive
        and not sentence.above.isdisjoint(SOLDIERS)
    ):
        yield f"y:{act}>{deed_of_soldiers}:{mood}"
        yield f"y:{act}:{mood}"
