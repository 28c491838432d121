# ruff: noqa: E501 (tables of words read better unbroken)
"""Who does what to whom in a sentence, as marks that a score can weigh.

Russian and Ukrainian tell it by endings: «солдаты отказались» and «солдатам отказали» share
every stem. So each predicate is asked for a subject that agrees with it and for what it
governs; English is asked by word order. No parser: a few rules about the nearest fitting
noun, each wrong now and then, which is why they end as weighed marks and not as verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from filters.grammar import Form, Grammar
from filters.morphology import language_of

__all__ = ["Word", "roles"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence: normalised, its groups by name, and what stands before it that
    is no word (spaces, commas, dashes)."""

    norm: str
    groups: frozenset[str]
    before: str
    is_capital: bool


# Predicates by how they begin. Reflexive «отказаться» refuses, plain «отказать» denies.
_PREDICATES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(rf"(?:{pattern})", re.IGNORECASE))
    for kind, pattern in (
        (
            "refuse",
            r"отка(?:ж[иу]\w*(?:ся|сь)$|з(?:ался|алась|алось|ались|аться|ыва\w+ся|ыва\w+сь|авши\w+сь|авшис\w*|ывавши\w+ся|ывающ\w+ся|ываясь|авшись)$)|відмов(?:и\w+(?:ся|сь)|ля\w+(?:ся|сь)|ля\w+ться|лят\w+ся)$|refus(?:e|es|ed|ing)$|declin(?:e|es|ed|ing)$|балк\w+$|balk(?:s|ed|ing)?$",
        ),
        (
            "deny",
            r"отказ(?:ал|ала|али|ать|ывает|ывают|ывал\w*|ано|ан|аны|ана)$|відмов(?:ив|ила|или|ити|ляє|ляють|лено)$|den(?:y|ies|ied)$",
        ),
        (
            "leave",
            r"(?:уш(?:ел|ёл|ла|ли)|уход(?:ит|ят|ил\w*)|поки(?:нул\w*|дает|дают)|оставил\w*|бросил\w*|бежал\w*|сбежал\w*|бегут|убежал\w*|удрал\w*|дезертир(?:овал\w*|уют|ует|овать)|скры(?:лся|лась|лись|вается|ваются|вался|вались)|исчез\w*|пропал\w*|залишил\w*|залишив|залишають|покинул\w*|покинув|пішов|пішли|втік|втекл\w*|утік|утекл\w*|тікають|дезертирував|дезертирували|зник|зникли|left|leaves?|fled|flees?|deserts?|deserted|abandon(?:s|ed)?|escaped|walked|ran|vanished)$",
        ),
        (
            "return",
            r"(?:вернул(?:ся|ась|ись)|возвращ\w+(?:ся|сь)|вернуться|явил(?:ся|ись)|прибыл\w*|вышел|вышли|повернув(?:ся)?|повернул\w+ся|повернутися|прибув|прибули|з'явив\w*|return(?:s|ed)?|report(?:s|ed)?)$",
        ),
        (
            "wont",
            r"(?:хот(?:ел\w*|ят|им|ит)|хочет|хочу|захотел\w*|пожелал\w*|желает|желают|поехал\w*|поедут|поеду|поедем|пошл\w+|пошел|пойдут|пойду|пойдем|идут|согласил\w+|выполнил\w*|выполняют|выполнять|підкори\w+|подчин\w+|хотів|хотіли|хочуть|хочу|захотів|захотіли|поїхали|поїхав|підуть|піду|підемо|пішли|виконали|виконав|виконувати|fight|obey|follow|go|deploy|serve|advance|comply)$",
        ),
        (
            "harm",
            r"(?:ранил\w*|прострелил\w*|выстрелил\w*|сломал\w*|отрубил\w*|отрезал\w*|порезал\w*|поранил\w*|поранив|прострелив|прострілив|вистрелив|зламав|відрубав|shot|shoots?|injur(?:ed|es|ing)|wound(?:ed|s|ing)|broke|maim(?:ed|s)|harm(?:ed|s|ing))$",
        ),
        (
            "feign",
            r"(?:симулир\w+|притвор\w+|имитир\w+|инсцениров\w+|симулю\w+|вдава\w+|прикида\w+|імітув\w+|feign\w*|fak(?:e|ed|ing)|pretend\w*|malinger\w*|sham\w*)$",
        ),
        (
            "hold",
            r"(?:держ(?:ат|ит|ал\w*)|удержива\w+|запер\w*|заперт\w*|посадил\w*|бросили|тримають|тримав|тримали|утримують|утримували|замкнули|кинули|посадили|held|hold(?:s|ing)?|locked|detain(?:ed|s)|kept|jailed|imprisoned)$",
        ),
        (
            "hurt",
            r"(?:изби(?:л\w*|ва\w+|т|ты|вали)|бьют|бил\w*|пыта(?:л\w*|ют)|угрожа\w+|угрожал\w*|запугива\w+|грозят|грозит|грозил\w*|расстрел\w+|застрелил\w*|обнул\w+|казнил\w*|заставля\w+|вынужда\w+|принужда\w+|уволил\w*|уволен\w*|побили|б'ють|били|катува\w+|катують|погрожу\w+|погрожував|залякува\w+|розстріл\w+|змушу\w+|примушу\w+|звільнили|beat(?:en|s)?|tortur(?:ed|e|es)|threaten(?:ed|s|ing)?|executed?|shot|coerc\w+|forc(?:ed|es|ing)|intimidat\w+|punish\w*|fired|dismissed)$",
        ),
        (
            "evade",
            r"(?:уклон(?:ялся|ялись|яется|яются|ился|ились|яющ\w+)|откосил\w*|косит|ухилявся|ухилявся|ухиля(?:вся|лися|ється|ються)|ухилився|ухилились|dodg(?:ed|ing|es?)|evad(?:ed|ing|es?))$",
        ),
    )
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SOLDIERS: Final = frozenset(("soldier", "serviceman", "fighters", "in_the_ranks", "serving"))
_PRONOUNS: Final = _set(
    "он она они оно он кто те тот которые который я мы ты вы він вона вони хто ті той які який я ми ви he she they who we i you some many several none nobody никто ніхто двое трое двоє троє все всі each both one another others"
)
_WE: Final = _set("я мы ми i we")
_CROWD: Final = re.compile(
    r"\d+$|(?:дв|тр|четыр|пят|шест|сем|восем|девят|десят|одиннадц|двенадц|сорок|сто|двест|полтор|чотир|п'ят|шіст|сім|вісім|дев'ят)\w*$|(?:десят|сот|тысяч|тисяч)\w*$|(?:групп|груп|част|большинств|більшіст|нескольк|декільк|кільк|мног|багат|рот|взвод|батальон|батальйон|полк|бригад|половин|отряд|загін|экипаж|екіпаж)\w*$",
    re.IGNORECASE,
)
_OFFICE: Final = re.compile(
    r"(?:суд|минобороны|мінобор\w+|министер\w+|міністер\w+|ведомств\w*|відомств\w*|власт\w+|влад\w+|правительств\w*|уряд\w*|президент\w*|кремл\w*|мид|мзс|сенат\w*|парламент\w*|госдум\w*|рада|партия|партія|компани\w+|компані\w+|банк\w*|клуб\w*|команд[аыиоу]\w?|сборн\w+|збірн\w+|кафе|ресторан\w*|магазин\w*|фирм\w*|фірм\w*|завод\w*|школ\w*|больниц\w*|лікарн\w+|врач\w*|лікар\w*|прокур\w+|полици\w+|поліці\w+|следств\w+|слідч\w+|военком\w*|военкомат\w*|тцк|страна|країна|сторона|москв\w+|киев\w*|київ|вашингтон\w*|росси\w+|росі\w+|украин\w+|україн\w+|польш\w+|германи\w+|словаки\w+|венгри\w+|израил\w+|сша|нато|ес|єс|оон|комисси\w+|комісі\w+|редакци\w+|издани\w+|фсб|сбу|мвд|мвс|штаб\w*|генштаб\w*|court|ministry|government|pentagon|kremlin|white|president|minister|senate|congress|parliament|company|firm|bank|club|team|cafe|bakery|restaurant|shop|store|hotel|hospital|doctors?|prosecutors?|police|judge|jury|union|party|country|nato|eu|un|russia|ukraine|moscow|kyiv|washington|israel|poland|germany|hungary|army|navy|military|officials?|authorities|commission|council|board|airline|insurer|embassy|airport)$",
    re.IGNORECASE,
)
_BEFORE_VERB: Final = _set(
    "has have had having then also still simply flatly openly reportedly allegedly repeatedly not n't never would will could can may might did do does to be been being was were are is just even again now later both all who that have"
)
_BE: Final = _set("was were been being be is are get got gets")
_PREPOSITIONS: Final = _set(
    "in at on of from near for with by under over to into after before against about since during around through between among outside inside"
)
_NEGATION: Final = _set("не ни ні never not without без cannot no никогда ніколи")
_IF: Final = _set(
    "если бы если чтобы хотя якщо аби щоб коли if whether unless would could may might should можно нужно может могут мог могли планирует планируют намерен намерены собирается собираются готов готовы може можуть планують збирається готові ready plans plan intends vow vows threatens пригрозил пригрозили обещает"
)
_STOP: Final = re.compile(r"[.!?;:…]|\s[—–-]\s|[«»\"“”]")
_REACH: Final = 10
_OBJECT_REACH: Final = 7
_DUTY: Final = frozenset(("fight", "fight_strict", "order", "mission"))
_OTHER: Final = frozenset(
    ("refuse_else", "civil_refusal", "others_refuse", "states_refuse", "sport")
)
_COMMENT: Final = re.compile(
    r"(?:коммент\w+|комент\w+|говорить|отвечать|ответ\w*|признава\w+|признать|давать|дать|общаться|называть|раскры\w+|подтвержда\w+|предостав\w+|прода\w+|обслуж\w+|пустить|выда\w+|плат\w+|помо\w+|переговор\w*|сделк\w+|услуг\w+|вакцин\w*|привив\w+|показани\w*|вин\w+|comment\w*|answer\w*|speak|talk|say|discuss\w*|disclose|confirm|sell|serve|service|pay|help|negotiat\w*|vaccin\w*|deal|offer|plead|resign|apologi\w+|accept|give|provide|condemn|recogni[sz]e|release|відповід\w+|визнава\w+|надати|надавати|продавати|платити|свідч\w+|щеплен\w+|допомо\w+)$",
    re.IGNORECASE,
)


def roles(words: Sequence[Word], grammar: Grammar, above: frozenset[str]) -> Iterator[str]:
    """Marks of each predicate of a sentence: its kind with its subject, object and mood.

    `above` are the groups of the sentence before: a pronoun may stand for a soldier there.
    """
    for at, word in enumerate(words):
        for kind, pattern in _PREDICATES:
            if pattern.match(word.norm):
                yield from _of_predicate(kind, at, words, grammar, above)
                break


def _of_predicate(
    kind: str, at: int, words: Sequence[Word], grammar: Grammar, above: frozenset[str]
) -> Iterator[str]:
    english = language_of(words[at].norm) == "en"
    form = grammar.of(words[at].norm)
    denied = _is_negated(at, words)
    if kind in ("wont", "return") and not denied:
        return  # going and returning say something only where it was not done
    if english:
        passive = _is_passive(at, words)
        subject = _subject_en(at, words)
    else:
        passive = form.passive
        subject = _subject(at, form, words, grammar)
    who = _who(subject, words, above)
    acts = kind in ("hold", "hurt")
    what = _victim(at, words, grammar, english=english) if acts else ""
    what = what or _what(at, words, grammar, english=english)
    if kind == "refuse" and passive:
        kind = "deny"
    verb = f"{kind}!" if denied and kind not in ("wont", "return") else kind
    if passive:
        verb += "+"
    yield f"{verb}:{who}"
    yield f"{verb}:>{what}"
    yield f"{verb}:{who}>{what}"
    if _is_unreal(at, words):
        yield f"{verb}:if"
        yield f"{verb}:if:{who}"


def _is_negated(at: int, words: Sequence[Word]) -> bool:
    for place in range(at - 1, max(-1, at - 4), -1):
        if words[place].norm in _NEGATION or words[place].norm.endswith("n't"):
            return True
        if _STOP.search(words[place + 1].before):
            return False
    return False


def _is_unreal(at: int, words: Sequence[Word]) -> bool:
    for place in range(at - 1, max(-1, at - 6), -1):
        if words[place].norm in _IF:
            return True
        if _STOP.search(words[place + 1].before):
            return False
    return False


def _is_passive(at: int, words: Sequence[Word]) -> bool:
    if not words[at].norm.endswith(("ed", "en", "d", "t")):
        return False
    for place in range(at - 1, max(-1, at - 4), -1):
        if words[place].norm in _BE:
            return True
        if words[place].norm not in _BEFORE_VERB and not words[place].norm.endswith("ly"):
            return False
    return False


def _subject_en(at: int, words: Sequence[Word]) -> int | None:
    """The nearest noun to the left that no preposition governs."""
    place = at - 1
    while place >= 0 and (words[place].norm in _BEFORE_VERB or words[place].norm.endswith("ly")):
        place -= 1
    best: int | None = None
    reach = max(-1, at - 1 - _REACH)
    while place > reach:
        if _STOP.search(words[place + 1].before) and best is None and place < at - 1:
            return None
        word = words[place]
        governed = any(
            words[back].norm in _PREPOSITIONS for back in range(place - 1, max(-1, place - 4), -1)
        )
        telling = (
            word.norm in _PRONOUNS
            or not word.groups.isdisjoint(_SOLDIERS)
            or bool(_OFFICE.match(word.norm))
            or word.is_capital
        )
        if telling and not (governed and place > 3 and word.norm not in _PRONOUNS):
            return place
        best = place if best is None else best
        place -= 1
    return best


def _subject(at: int, verb: Form, words: Sequence[Word], grammar: Grammar) -> int | None:
    """The nearest noun that agrees with the verb, first before it, then behind it."""
    wanted = verb.finite or frozenset(("sing", "plur"))
    for place in range(at - 1, max(-1, at - 1 - _REACH), -1):
        if _STOP.search(words[place + 1].before) and place < at - 1:
            break
        if _may_be_subject(place, words, grammar, wanted, verb):
            if words[place].norm.startswith(("котор", "як", "що", "кто", "хто")):
                for back in range(place - 1, max(-1, place - 5), -1):
                    if grammar.of(words[back].norm).is_noun:
                        return back
            return place
    for place in range(at + 1, min(len(words), at + 1 + _OBJECT_REACH)):
        if _STOP.search(words[place].before):
            break
        if _may_be_subject(place, words, grammar, wanted, verb):
            return place
    return None


def _may_be_subject(
    place: int, words: Sequence[Word], grammar: Grammar, wanted: frozenset[str], verb: Form
) -> bool:
    word = words[place]
    form = grammar.of(word.norm)
    if word.norm in _PRONOUNS:
        return bool(form.subject & wanted) or not form.subject
    if len(word.norm) < 2:
        return False
    if not (form.is_noun or (form.subject and not word.groups.isdisjoint(_SOLDIERS))):
        # An unknown word of the soldiers' lists may be one; a number stands for its noun.
        return not form.parts and not word.groups.isdisjoint(_SOLDIERS)
    if _is_governed(place, words, grammar):
        return False
    if form.subject & wanted:
        return (
            not verb.past
            or "sing" not in wanted
            or not form.genders
            or bool(form.genders & verb.past)
        )
    # «Десять солдат отказались», «группа бойцов отказалась»: a genitive behind its number.
    return "gent" in form.cases and any(
        _CROWD.match(words[back].norm) for back in range(place - 1, max(-1, place - 4), -1)
    )


def _is_governed(place: int, words: Sequence[Word], grammar: Grammar) -> bool:
    """Whether a preposition stands before the noun, adjectives between them passed over."""
    for back in range(place - 1, max(-1, place - 4), -1):
        form = grammar.of(words[back].norm)
        if form.is_preposition:
            return True
        if not form.is_attribute:
            return False
    return False


def _who(place: int | None, words: Sequence[Word], above: frozenset[str]) -> str:
    if place is None:
        return "nobody"
    word = words[place]
    if "commander" in word.groups and "serviceman" not in word.groups:
        return "commander"
    if not word.groups.isdisjoint(_SOLDIERS):
        return "soldier"
    if word.norm in _WE:
        return "we"
    if word.norm in _PRONOUNS:
        return "bound" if not above.isdisjoint(_SOLDIERS) else "pronoun"
    if "kin" in word.groups:
        return "kin"
    if _OFFICE.match(word.norm):
        return "office"
    if _CROWD.match(word.norm):
        near = words[place + 1 : place + 5]
        return "soldier" if any(not w.groups.isdisjoint(_SOLDIERS) for w in near) else "crowd"
    return "name" if word.is_capital else "other"


_THEM: Final = _set("их его ему им ее їх його йому їм її them him us me нас меня нам мне мене мені")
_OBJECTS: Final = frozenset(("accs", "datv", "gent"))


def _victim(at: int, words: Sequence[Word], grammar: Grammar, *, english: bool) -> str:
    """Whom holding or hurting is done to: on either side of it, nearest first."""
    for distance in range(1, _OBJECT_REACH):
        for place in (at + distance, at - distance):
            if not 0 <= place < len(words) or (english and place < at):
                continue
            word = words[place]
            if word.norm in _THEM:
                return "them"
            form = grammar.of(word.norm)
            if not (english or form.cases & _OBJECTS) or (not english and form.subject):
                continue
            if "commander" in word.groups and "serviceman" not in word.groups:
                return "commander"
            if not word.groups.isdisjoint(_SOLDIERS):
                return "soldier"
            if "refuser" in word.groups and (english or form.is_noun):
                return "refuser"
            if "kin" in word.groups:
                return "kin"
    return ""


def _what(at: int, words: Sequence[Word], grammar: Grammar, *, english: bool) -> str:
    """What the predicate is about: the first telling word behind it."""
    for place in range(at + 1, min(len(words), at + 1 + _OBJECT_REACH)):
        if _STOP.search(words[place].before):
            break
        word = words[place]
        if _COMMENT.match(word.norm):
            return "talk"
        if not word.groups.isdisjoint(_OTHER):
            return "else"
        if not word.groups.isdisjoint(("fight", "fight_strict", "order")):
            return "duty"
        if not word.groups.isdisjoint(_SOLDIERS):
            if english:
                return "soldier"
            cases = grammar.of(word.norm).cases
            return "soldier" if not cases or cases & {"accs", "datv", "gent"} else "other"
        if not word.groups.isdisjoint(("post", "post_strict", "leave_place")):
            return "post"
        if not word.groups.isdisjoint(("limb", "self")):
            return "self"
        if "mission" in word.groups:
            return "mission"
    return "nothing"
