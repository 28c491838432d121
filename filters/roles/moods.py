"""How real what a sentence tells is, and whether who leaves may."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from filters.grammar import Grammar
from filters.roles.fiction import is_made_up
from filters.roles.lists import (
    AFTER,
    ASKS,
    BY_ORDER,
    CLAIMS,
    DEAD,
    DESTINED,
    HARDLY,
    HINDERED,
    IF,
    INTENDS,
    LAWFUL,
    MADE,
    MOODS,
    NEGATION,
    NOBODY,
    PAPERS,
    PERMISSION,
    PRESSED,
    REPORTED,
    SERVICE,
    THROWN,
    UNLAWFUL,
    UNREASONED,
    WEATHER,
    WITHOUT,
)
from filters.roles.meaning import STOP, UNREAL
from filters.roles.predicates import is_infinitive, is_passive, kind_of
from filters.roles.words import Word

__all__ = [
    "cannot",
    "is_bidden",
    "is_cut_short",
    "is_for_that",
    "is_hindered",
    "is_imagined",
    "is_meant",
    "is_reckoned",
    "is_unreal",
    "moods_of",
    "outlook_of",
    "right_to_leave",
]

_KEPT: Final = 4_000  # forms; of those not met for so long few come again
_OF_ONE_CLAUSE: Final = frozenset(
    ("would", "could", "may", "might", "чтобы", "чтоб", "дабы", "щоб", "аби")
)
_BECAUSE: Final = frozenset(("из", "за", "через", "of", "due", "by", "в", "у", "in", "из-за"))
_IF_AT_ALL: Final = frozenset(("если", "якщо", "якби", "if"))
"""Words that, first of a sentence, make of all of it what might be."""
_CAN: Final = frozenset(("could", "couldn't", "unable"))
_PASSED_OVER: Final = frozenset(("не", "not", "to", "of", "about", "было", "було", "even", "all"))
_SO: Final = frozenset(
    ("и", "і", "й", "та", "and", "so", "поэтому", "потому", "тому", "therefore", "который", "який")
)
_GONE: Final = ("исчез", "пропал", "зник", "vanish", "missing")
_HANDED: Final = ("сдал", "сдач", "сдав", "здал", "здав", "здач", "передал", "передав", "hand")
_CHARGE: Final = (
    "пост", "смен", "змін", "дежурств", "вахт", "чергуван", "варт", "позиц",
    "post", "watch", "shift", "position",
)  # fmt: skip
_LEAVES: Final = ("отпуск", "увольн", "відпуст", "звільн", "leave", "furlough", "pass")
_OF_UNITS: Final = ("расформ", "розформ", "disband", "организованно", "організован")
_ORDERED: Final = frozenset(("order", "fight", "war_duty", "mission"))


def moods_of(words: Sequence[Word]) -> Collection[str]:
    """What a sentence makes of what it tells, in the order of its words."""
    norms = [word.norm for word in words]
    moods = dict.fromkeys(filter(None, map(_mood_of, norms)))
    if "on" in norms and any(
        left in ("call", "calls", "called") and right == "on" for left, right in pairwise(norms)
    ):
        moods["called"] = None
    if any(
        kind_of(left) in ("reject", "refuse") and CLAIMS.match(right)
        for left, right in pairwise(norms)
    ):
        moods["denied"] = None  # “rejects claims that …”
    if words and words[0].norm in _IF_AT_ALL:
        moods["if"] = None
    if not NOBODY.isdisjoint(norms):
        moods["nobody"] = None
    if is_made_up(words):
        moods["fiction"] = None
    if any("?" in word.before for word in words):
        moods["asked"] = None
    return moods


@lru_cache(maxsize=_KEPT)
def _mood_of(norm: str) -> str:
    return next((mood for mood, pattern in MOODS if pattern.match(norm)), "")


def outlook_of(words: Sequence[Word], moods: Collection[str]) -> str:
    """How real what the sentence tells is: "told", or the first mark that says otherwise."""
    if words and words[0].norm in ASKS:
        is_report = len(words) > 1 and REPORTED.match(words[1].norm)
        if not is_report or "asked" in moods:
            return "asked"  # not «как стало известно, …»
    return next((mood for mood in UNREAL if mood in moods), "told")


def is_unreal(at: int, words: Sequence[Word]) -> bool:
    """Whether a condition or an intention stands close before a predicate."""
    if at > 1 and words[at - 1].norm == "не" and words[at - 2].norm in HARDLY:
        return True  # «чуть не ушёл»
    if at and words[at - 1].norm in ("almost", "nearly"):
        return True
    if at + 1 < len(words) and words[at + 1].norm in ("бы", "би"):
        return True  # «сломал бы палец»
    is_before = False
    for place in range(at - 1, max(-1, at - 6), -1):
        is_before = is_before or "," in words[place + 1].before
        if is_before and words[place].norm in _OF_ONE_CLAUSE:
            continue
        if words[place].norm in IF and not (words[place].norm == "may" and words[place].is_capital):
            return True
        if STOP.search(words[place + 1].before):
            return False
    return False


def is_imagined(at: int, kind: str, words: Sequence[Word], grammar: Grammar) -> bool:
    """Whether a deed is only thought of: «отказались бы», «откажутся», «думали сбежать»,
    “discussed rejecting”, “will refuse”."""
    behind = words[at + 1].norm if at + 1 < len(words) else ""
    if behind in ("бы", "б", "би"):
        return True
    if kind in ("refuse", "disobey") and (
        grammar.of(words[at].norm).is_future
        or any(each.norm == "will" for each in words[max(0, at - 2) : at])
    ):
        return True
    return kind not in ("wont", "rise", "stay") and _is_intended(at, words, grammar)


def _is_intended(at: int, words: Sequence[Word], grammar: Grammar) -> bool:
    """Whether a wish or a plan stands right before an infinitive, a gerund, a noun of refusing."""
    norm = words[at].norm
    place = at - 1
    if norm.endswith("ing"):
        place -= place > 0 and words[place].norm in ("of", "about")
    elif place >= 0 and words[place].norm == "to":
        place -= 1
    elif not (is_infinitive(norm, grammar) or kind_of(norm) == "refusal"):
        return False
    while place > 0 and words[place].norm in _PASSED_OVER:
        place -= 1
    return place >= 0 and bool(INTENDS.match(words[place].norm))


def is_for_that(at: int, words: Sequence[Word]) -> bool:
    """“Broke his finger so he would not have to go”: what is feared or wanted, and no refusal."""
    near = [each.norm for each in words[max(0, at - 7) : at]]
    for place, norm in enumerate(near):
        behind = near[place + 1 + (near[place + 1 : place + 2] == ["that"]) :]
        if norm == "so" and behind[:1] and behind[0] in ("he", "she", "they"):
            return True
    return False


def is_reckoned(at: int, words: Sequence[Word]) -> bool:
    """“Jailed after deserting his unit”: that is done, whatever the sentence calls for."""
    return at > 0 and words[at].norm.endswith("ing") and words[at - 1].norm in ("after", "for")


def cannot(at: int, words: Sequence[Word]) -> bool:
    """“Could not board the trucks”: who cannot does not refuse."""
    return any(each.norm in _CAN for each in words[max(0, at - 3) : at])


def is_meant(at: int, words: Sequence[Word]) -> bool:
    """«…, чтобы не возвращаться»: what somebody does another thing for has not been done yet."""
    first = max(0, at - 4)
    for place in range(at, first, -1):
        if "," in words[place].before:
            first = place  # a purpose ends with its clause
            break
    near = [word.norm for word in words[first:at]]
    return any(norm in ("чтобы", "чтоб", "дабы", "щоб", "аби") for norm in near) or (
        near[-4:-1] == ["so", "as", "not"] or near[-3:-1] == ["as", "not"]
    )


def is_bidden(at: int, words: Sequence[Word]) -> bool:
    """“Soldiers, refuse this war”, «Отказывайтесь идти»: who is told to has not done so."""
    norm = words[at].norm
    if at > 1 and words[at - 1].norm == "to" and MADE.match(words[at - 2].norm):
        return kind_of(norm) in ("refuse", "disobey", "reject")  # “told to ignore the order”
    if norm.endswith(("йтесь", "йтеся", "йся", "ьтесь", "ьтеся", "йте", "итесь")):
        return True
    is_base = norm in ("refuse", "disobey", "desert", "reject", "defy", "leave", "abandon", "quit")
    commas = sum("," in word.before for word in words[1 : at + 1])
    return is_base and at < 5 and (at == 0 or (commas == 1 and "," in words[at].before))


def is_hindered(at: int, words: Sequence[Word]) -> bool:
    """Whether something other than men's will kept a thing from being done: fog, a breakdown, an
    order or a flight that was taken back, and not their pay."""
    for place, word in enumerate(words):
        near = words[max(0, place - 3) : place]
        if WEATHER.match(word.norm) and any(each.norm in _BECAUSE for each in near):
            return True
        behind = words[place + 1].norm if place + 1 < len(words) else ""
        if place > at and _is_what_came_of_it(at, place, words):
            continue  # «не пошли, и штурм отменили»
        is_off = behind == "off" and word.norm in ("called", "put")
        if (is_off or HINDERED.match(word.norm)) and place != at:
            around = (*near, *words[place + 1 : place + 3])
            is_negated = any(each.norm in NEGATION or each.norm in NOBODY for each in near)
            is_theirs = any(not each.groups.isdisjoint(_ORDERED) for each in around)
            if is_theirs and not is_negated and not _is_of_pay(around):
                return True
    return False


def _is_what_came_of_it(at: int, place: int, words: Sequence[Word]) -> bool:
    """«…, поэтому штурм отменили», “and so the attack was called off”."""
    for near in range(at + 1, place):
        if words[near].norm in _SO and "," in words[near].before:
            return True
        if words[near].norm == "so" and (
            words[near - 1].norm == "and" or words[near + 1].norm in ("the", "their", "its")
        ):
            return True
    return False


def is_cut_short(kind: str, at: int, words: Sequence[Word]) -> bool:
    """Whether who does not come back, or is gone, died: «пропал, тело нашли под завалами»."""
    if kind != "return" and not words[at].norm.startswith(_GONE):
        return False
    return any(
        DEAD.match(word.norm) and (word.norm != "killed" or is_passive(place, words))
        for place, word in enumerate(words)
    )


def _is_of_pay(words: Sequence[Word]) -> bool:
    return any(PAPERS.match(word.norm) or LAWFUL.match(word.norm) for word in words)


def right_to_leave(at: int, words: Sequence[Word], grammar: Grammar) -> str:
    """Whether who leaves may ("lawful"), may not ("unlawful"), or it is not said ("told")."""
    if _is_back_to_his_own(at, words):
        return "lawful"
    if words[at].norm.startswith(("overst", "просроч", "простроч")):
        is_leave = any(each.norm.startswith(_LEAVES) for each in words[at + 1 : at + 6])
        return "unlawful" if is_leave else "lawful"  # not “overstayed her welcome”
    first, last = max(0, at - 5), min(len(words), at + 10)
    is_made = any(MADE.match(each.norm) for each in words[max(0, at - 3) : at])
    is_made = is_made and (words[at - 1].norm == "to" or is_infinitive(words[at].norm, grammar))
    found = "lawful" if is_made or _leaves_the_army(at, words) else "told"
    for place in range(first, last):
        norm = words[place].norm
        without = place and (
            words[place - 1].norm in WITHOUT or words[max(0, place - 2)].norm in WITHOUT
        )
        if UNLAWFUL.match(norm) and any("sport" in each.groups for each in words):
            continue  # the defence of a team “deserted” too
        is_let = PERMISSION.match(norm) or UNREASONED.match(norm)
        if UNLAWFUL.match(norm) or (without and is_let):
            return "unlawful"
        is_over = norm.startswith(_HANDED) and _is_handed_over(place, words)
        if (is_over or LAWFUL.match(norm)) and _is_not_awaited(place, words):
            continue
        if norm.startswith(_OF_UNITS) and "flee" in words[at].groups:
            continue  # «роту расформировали после того, как солдаты сбежали»
        if is_over:
            found = "lawful"
        if LAWFUL.match(norm) and not without and not _from_leave(place, words):
            found = "lawful"
        if BY_ORDER.match(norm) and words[place - 1].norm in ("по", "за", "на"):
            found = "lawful"
        if DESTINED.match(norm) and place and words[place - 1].norm in ("на", "for", "to"):
            denied = any(each.norm in NEGATION for each in words[max(at, place - 7) : place])
            found = found if denied else "lawful"  # not “did not return to training”
        if _is_pressure(place, words) and _may_be_driven_out(at, words):
            found = "lawful"
        if SERVICE.match(norm) and _is_served_out(at, place, words):
            found = "lawful"
    return found


def _is_back_to_his_own(at: int, words: Sequence[Word]) -> bool:
    """«Сбежал из госпиталя обратно на передовую», “escaped back to his unit”."""
    for place in range(at + 1, min(len(words), at + 8)):
        if words[place].norm in NEGATION or "," in words[place].before:
            return False  # “… and never went back to the regiment”
        if words[place].norm in ("обратно", "назад", "back") and place + 2 < len(words):
            near = words[place + 1 : place + 5]
            return near[0].norm in ("на", "в", "у", "к", "до", "to", "into") and any(
                "fight_strict" in each.groups
                or each.norm.startswith(("побратим", "товари", "своим", "своїх"))
                or each.norm in ("regiment", "unit", "lines")
                for each in near
            )
    return False


def _is_handed_over(place: int, words: Sequence[Word]) -> bool:
    """«Сдав пост», “after handing over the watch”: whoever does may go."""
    return any(each.norm.startswith(_CHARGE) for each in words[place + 1 : place + 4])


def _is_served_out(at: int, place: int, words: Sequence[Word]) -> bool:
    """«После службы», «после двадцати лет службы»; who runs after two months has not served."""
    if words[place - 1].norm in AFTER:
        return True
    near = words[max(0, place - 4) : place]
    is_of_years = any(each.norm in ("лет", "годов", "років", "years") for each in near)
    return (
        is_of_years and "flee" not in words[at].groups and any(each.norm in AFTER for each in near)
    )


def _leaves_the_army(at: int, words: Sequence[Word]) -> bool:
    """«Ушёл из армии», “left the army”: that is done by the rules unless it is said otherwise."""
    if THROWN.match(words[at].norm) or words[at].norm.startswith(("abandon", "desert")):
        return False
    is_hidden = any(
        not each.groups.isdisjoint(("hide", "flee", "wanted")) or each.norm.startswith("розыск")
        for each in words
    )
    return not is_hidden and any(
        each.norm.startswith(("арми", "армі", "army")) for each in words[at + 1 : at + 4]
    )


def _is_not_awaited(place: int, words: Sequence[Word]) -> bool:
    """«Не дождавшись смены», «не отримавши відпустки»: who has not got it may not leave."""
    near = words[max(0, place - 3) : place]
    if any(each.norm in ("не", "not") for each in near) and not any(
        each.norm in ("из", "из-за", "з", "із", "from", "с") for each in near
    ):
        return True
    return any(
        each.norm.startswith(("дожда", "дочека", "ждать", "чекати", "wait"))
        for each in words[max(0, place - 3) : place]
    )


def _is_pressure(place: int, words: Sequence[Word]) -> bool:
    return bool(
        place
        and PRESSED.match(words[place].norm)
        and words[place - 1].norm in ("під", "под", "under")
    )


def _may_be_driven_out(at: int, words: Sequence[Word]) -> bool:
    """Whether who leaves may give ground: whoever flees, throws down or hides deserts."""
    groups = words[at].groups
    return (
        "flee" not in groups
        and not THROWN.match(words[at].norm)
        and all(each.groups.isdisjoint(("hide", "flee", "wanted", "kin")) for each in words)
    )


def _from_leave(place: int, words: Sequence[Word]) -> bool:
    """«Не вернулся из отпуска», "from furlough": a place, no right."""
    before = words[place - 1].norm if place else ""
    if before in ("с", "з", "із"):
        return words[place].norm.startswith(("отпуск", "відпустк"))  # not «с повышением»
    return before in ("из", "from", "after", "после")
