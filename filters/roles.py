# ruff: noqa: E501 (tables of words read better unbroken)
"""Who does what to whom in a sentence, as marks that a score can weigh.

Russian and Ukrainian tell it by endings: «солдаты отказались» and «солдатам отказали» share
every stem. So each predicate is asked for a subject that agrees with it and for what it
governs; English is asked by word order. No parser: a few rules about the nearest fitting
noun, each wrong now and then, which is why they end as weighed marks and not as verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from filters.entities.windows import lazy
from filters.grammar import Form, Grammar
from filters.morphology import language_of

__all__ = ["ARMIES", "Word", "is_predicate", "roles"]


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
    (kind, lazy(rf"(?:{pattern})", re.IGNORECASE))
    for kind, pattern in (
        (
            "refuse",
            r"отка(?:ж[иу]\w*(?:ся|сь)$|з(?:ался|алась|алось|ались|аться|ыва\w+ся|ыва\w+сь|авши\w+сь|авшис\w*|ывавши\w+ся|ывающ\w+ся|ываясь|авшись)$)|відмов(?:и\w+(?:ся|сь)|ля\w+(?:ся|сь)|ля\w+ться|лят\w+ся)$|refus(?:e|es|ed|ing)$|declin(?:e|es|ed|ing)$|reject(?:s|ed|ing)?$|balk(?:s|ed|ing)?$|unwilling$",
        ),
        (
            "disobey",
            r"(?:ослуша\w+|взбунтова\w+|бунтуют|збунтува\w+|бунтують|игнориру\w+|проигнорир\w+|ігнору\w+|проігнор\w+|disobe(?:y|ys|yed|ying)|def(?:y|ies|ied|ying)|ignor(?:e|es|ed|ing)|mutin(?:y|ies|ied)|mutinying)$",
        ),
        (
            "refusal",
            r"(?:отказ(?:а|у|ом|е|ы|ов|ам|ами)?|відмов(?:а|у|ою|і|ам|ами)?|refusals?|неисполнени\w|невыполнени\w|неподчинени\w|невиконанн\w|непокор\w|insubordination|disobedience)$",
        ),
        (
            "quit",
            r"(?:увольня\w+(?:ся|сь)|уволил(?:ся|ась|ись)|уволиться|разрыва\w+|разорва\w+|расторг\w+|звільня\w+(?:ся|сь)|звільнил(?:ася|ися|ись)|звільнився|розрива\w+|розірва\w+|quit|quits|quitting|terminat(?:e|ed|ing))$",
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
            r"(?:вернул(?:ся|ась|ись)|возвращ\w+(?:ся|сь)|вернут(?:ь)?ся|вернусь|вернется|вернемся|явил(?:ся|ись)|прибыл\w*|вышел|вышли|повернув(?:ся)?|повернул\w+ся|поверн(?:утися|уться|уся|усь|еться|емося|емось)|прибув|прибули|з'явив\w*|return(?:s|ed)?|report(?:s|ed)?)$",
        ),
        (
            "wont",
            r"(?:хот(?:ел\w*|ят|им|ит)|хочет|хочу|захотел\w*|пожелал\w*|желает|желают|поехал\w*|поедут|поеду|поедем|пошл\w+|пошел|пойдут|пойду|пойдем|идут|буд(?:у|ем|ут)|намерен\w?|согласил\w+|выполнил\w*|выполняют|выполнять|підкори\w+|подчин\w+|хотів|хотіли|хочуть|хочу|захотів|захотіли|поїхали|поїхав|підуть|піду|підемо|будемо|будуть|збира\w+ся|погод\w+ся|сіли|сел|сели|пішли|виконали|виконав|виконувати|fight|obey|follow|go|going|deploy|serve|advance|comply|attack|storm|board|move|continue|cross|enter|participate|sign)$",
        ),
        (
            "harm",
            r"(?:ранил\w*|прострели\w+|простріл\w+|подстрел\w+|підстрел\w+|калеч\w+|каліч\w+|травмир\w+|лома(?:л\w*|ют|ет)|лама(?:в|ли|ють|є)|отруб\w+|відруб\w+|подрыва\w+|підрив\w+|shooting|cut|cuts|cutting|break(?:s|ing)?|выстрелил\w*|сломал\w*|отрубил\w*|отрезал\w*|порезал\w*|поранил\w*|поранив|прострелив|прострілив|вистрелив|зламав|відрубав|shot|shoots?|injur(?:ed|es|ing)|wound(?:ed|s|ing)|broke|maim(?:ed|s)|harm(?:ed|s|ing))$",
        ),
        (
            "feign",
            r"(?:симулир\w+|притвор\w+|имитир\w+|инсцениров\w+|симулю\w+|вдава\w+|прикида\w+|імітув\w+|feign\w*|stag(?:e|ed|ing)|fak(?:e|ed|ing)|pretend\w*|malinger\w*|sham\w*)$",
        ),
        (
            "hold",
            r"(?:держ(?:ат|ит|ал\w*)|удержива\w+|запер\w*|заперт\w*|посадил\w*|бросили|тримають|тримав|тримали|утримують|утримували|замкнули|кинули|посадили|held|hold(?:s|ing)?|locked|detain(?:ed|s)|kept|jailed|imprisoned)$",
        ),
        (
            "hurt",
            r"(?:изби(?:л\w*|ва\w+|т|ты|вали)|приков\w+|привяз\w+|прив'яз\w+|прикув\w+|стратил\w+|chain(?:ed|s)?|tied|abus(?:ed|e|es)|бьют|бил\w*|пыта(?:л\w*|ют)|угрожа\w+|угрожал\w*|запугива\w+|грозят|грозит|грозил\w*|расстрел\w+|застрелил\w*|обнул\w+|казнил\w*|заставля\w+|вынужда\w+|принужда\w+|уволил\w*|уволен\w*|побили|б'ють|били|катува\w+|катують|погрожу\w+|погрожував|залякува\w+|розстріл\w+|змушу\w+|примушу\w+|звільнили|beat(?:en|s)?|tortur(?:ed|e|es)|threaten(?:ed|s|ing)?|executed?|shot|coerc\w+|forc(?:ed|es|ing)|intimidat\w+|punish\w*|fired|dismissed)$",
        ),
        (
            "evasion",
            r"(?:уклонени(?:е|я|ю|ем|и)|ухилення(?:м)?|evasion|неявк(?:а|и|у|ой|е)|нез'явлення)$",
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
_CROWD: Final = lazy(
    r"\d+$|(?:дв|тр|четыр|пят|шест|сем|восем|девят|десят|одиннадц|двенадц|сорок|сто|двест|полтор|чотир|п'ят|шіст|сім|вісім|дев'ят)\w*$|(?:десят|сот|тысяч|тисяч)\w*$|(?:групп|груп|част|большинств|більшіст|нескольк|декільк|кільк|мног|багат|рот|взвод|батальон|батальйон|полк|бригад|половин|отряд|загін|экипаж|екіпаж)\w*$",
    re.IGNORECASE,
)
_OFFICE: Final = lazy(
    r"(?:суд|минобороны|мінобор\w+|министер\w+|міністер\w+|ведомств\w*|відомств\w*|власт\w+|влад\w+|правительств\w*|уряд\w*|президент\w*|кремл\w*|мид|мзс|сенат\w*|парламент\w*|госдум\w*|рада|партия|партія|компани\w+|компані\w+|банк\w*|клуб\w*|команд[аыиоу]\w?|сборн\w+|збірн\w+|кафе|ресторан\w*|магазин\w*|фирм\w*|фірм\w*|завод\w*|школ\w*|больниц\w*|лікарн\w+|врач\w*|лікар\w*|прокур\w+|полици\w+|поліці\w+|следств\w+|слідч\w+|военком\w*|военкомат\w*|тцк|страна|країна|сторона|москв\w+|киев\w*|київ|вашингтон\w*|росси\w+|росі\w+|украин\w+|україн\w+|польш\w+|германи\w+|словаки\w+|венгри\w+|израил\w+|сша|нато|ес|єс|оон|комисси\w+|комісі\w+|редакци\w+|издани\w+|фсб|сбу|мвд|мвс|штаб\w*|генштаб\w*|court|ministry|government|pentagon|kremlin|white|president|minister|senate|congress|parliament|company|firm|bank|club|team|cafe|bakery|restaurant|shop|store|hotel|hospital|doctors?|prosecutors?|police|judge|jury|union|party|country|nato|eu|un|russia|ukraine|moscow|kyiv|washington|israel|poland|germany|hungary|army|navy|military|officials?|authorities|commission|council|board|airline|insurer|embassy|airport)$",
    re.IGNORECASE,
)
# Armies by name, as those who do something: «отказ ВСУ выполнять приказ».
ARMIES: Final = re.compile(
    r"(?:всу|зсу|азов\w{0,3}|ахмат\w{0,3}|вагнер\w{0,3}|войск(?:а|ам|ами)?|військ(?:а|ам|ами)?|idf|цахал\w{0,2})$",
    re.IGNORECASE,
)
# What is evaded: the call-up, or the service of those who serve.
_EVADED: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (what, re.compile(rf"(?:{pattern})$", re.IGNORECASE))
    for what, pattern in (
        (
            "draft",
            r"призы\w+|призов\w*|мобили[зс]\w+|мобіліз\w+|повестк\w+|повістк\w+|drafts?|conscription|mobili[sz]ation|военкомат\w*|тцк",
        ),
        ("duty", r"служб\w*|обязанност\w*|обов'язк\w*|службов\w+|duty|service|часть|части|частини"),
        (
            "else",
            r"налог\w*|податк\w*|алимент\w*|аліментів|ответ\w*|відповід\w*|санкци\w*|санкці\w*|tax(?:es)?|sanctions|fare|alimony|questions?",
        ),
    )
)
# «abandoned flats», «deserted streets»: said of a thing, nobody left it.
_PARTICIPLES: Final = _set("abandoned deserted escaped")
_LEADS: Final = _set("a an the this that these those some many its their his her our")
_BEFORE_VERB: Final = _set(
    "has have had having then also still simply flatly openly reportedly allegedly repeatedly not n't never would will could can may might did do does to be been being was were are is just even again now later both all who that have"
)
_BE: Final = _set("was were been being be is are get got gets")
_PREPOSITIONS: Final = _set(
    "in at on of from near for with by under over to into after before against about since during around through between among outside inside"
)
_NEGATION: Final = _set("не ни ні never not without без cannot no никогда ніколи")
_IF: Final = _set(
    "если бы если чтобы хотя якщо аби щоб коли if whether unless would could may might should можно нужно может могут мог могли могла планирует планируют намерен намерены собирается собираются готов готовы може можуть планують збирається готові ready plans plan intends vow vows threatens пригрозил пригрозили обещает"
)
_THIRD: Final = _set("он она они вони він вона he she they")
_RELATIVE: Final = _set("who whom which that")
_NOBODY: Final = _set("никто ніхто nobody none нет немає")
_ASKS: Final = _set("how why как почему як чому whether")
_REFUSER: Final = lazy(
    r"(?:дезертир\w*|отказник\w*|відмовник\w*|пятисот\w+|п'ятисот\w+|самовольщик\w*|соч(?:инц|инец)\w*|"
    r"сзчшник\w*|беглец\w*|беглецов|утікач\w*|втікач\w*|deserters?|refuseniks?|refusers?|runaways?|absconders?|mutineers?)$",
    re.IGNORECASE,
)
# What a sentence makes of what it tells: denies it, calls for it, fears or expects it.
_MOODS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (mood, lazy(rf"(?:{pattern})$", re.IGNORECASE))
    for mood, pattern in (
        (
            "denied",
            r"опроверг\w*|опровер\w+|спросту\w+|отрица\w+|запереч\w+|фейк\w*|вымыс\w+|вигадк\w+|выдумк\w+|слух\w*|чутк\w*|ложь|ложн\w+|неправд\w*|denied|denies|deny|denying|fake|rumou?rs?|false|untrue|hoax|debunk\w*",
        ),
        (
            "chance",
            r"случайн\w*|випадков\w*|неосторожн\w*|необережн\w*|чист(?:ил\w*|ке)|чищення|нечаянно|accident\w*|unintentional\w*|cleaning|mishandl\w*",
        ),
        (
            "called",
            r"призва(?:л|ла|ли|в)|призыва(?:ет|ют|л|ла|ли|я)|закли(?:ка\w+|кав)|агитир\w+|агіту\w+|зов(?:ет|ут)|клич(?:е|уть)|советы?|поради?|urg(?:e|es|ed|ing)|encourag\w+|advice|advis\w+",
        ),
        (
            "feared",
            r"опаса\w+|боится|боятся|боїться|бояться|побою\w+|риск\w*|ризик\w*|предупре\w+|попере(?:див|джа|дила)\w*|ожида\w+|очіку\w+|начнут\w*|почнут\w*|почнеться|fears?|feared|risk\w*|warn(?:s|ed|ing)?|expect\w*|predict\w*",
        ),
    )
)
# Kinds and sides under fewer names, for marks that every language and verb share.
_ACTS: Final = {
    "refuse": "no", "wont": "no", "disobey": "no", "refusal": "refusal", "return": "away",
    "leave": "away", "quit": "quit", "hold": "hurt",
}  # fmt: skip
_COARSE: Final = {
    "bound": "soldier", "we": "soldier", "crowd": "soldier", "mission": "duty", "them": "soldier",
    "talk": "else",
}  # fmt: skip
_STOP: Final = lazy(r"[.!?;:…]|\s[—–-]\s|[«»\"“”]")
_KEPT: Final = 20_000
_REACH: Final = 10
_OBJECT_REACH: Final = 7
_SERVE: Final = _set(
    "serve enlist enlistment enrol enroll conscription draft induction служить призыва призываться служити призову призиватися"
)
_CUSTOMER: Final = lazy(r"(?:soldier|officer|policem|polic|customer|guest|veteran|cop)\w*$")
_OTHER: Final = frozenset(
    ("refuse_else", "civil_refusal", "others_refuse", "states_refuse", "sport")
)
_COMMENT: Final = lazy(
    r"(?:коммент\w+|комент\w+|говорить|отвечать|ответ\w*|признава\w+|признать|давать|дать|общаться|называть|раскры\w+|подтвержда\w+|предостав\w+|прода\w+|обслуж\w+|пустить|выда\w+|плат\w+|помо\w+|переговор\w*|сделк\w+|услуг\w+|вакцин\w*|привив\w+|показани\w*|вин\w+|comment\w*|answer\w*|speak|talk|say|discuss\w*|disclose|confirm|sell|serve|service|pay|help|negotiat\w*|vaccin\w*|deal|offer|plead|resign|apologi\w+|accept|give|provide|condemn|recogni[sz]e|release|відповід\w+|визнава\w+|надати|надавати|продавати|платити|свідч\w+|щеплен\w+|допомо\w+)$",
    re.IGNORECASE,
)


def roles(words: Sequence[Word], grammar: Grammar, above: frozenset[str]) -> Iterator[str]:
    """Marks of each predicate of a sentence: its kind with its subject, object and mood; and
    of the whole sentence, what it makes of what it tells (denied, called for, asked).

    `above` are the groups of the sentence before: a pronoun may stand for a soldier there.
    """
    moods = dict.fromkeys(filter(None, (_mood_of(word.norm) for word in words)))
    if any(
        left.norm in ("call", "calls", "called") and right.norm == "on"
        for left, right in pairwise(words)
    ):
        moods["called"] = None
    if words and words[0].norm in ("если", "якщо", "if"):
        moods["if"] = None
    if any(word.norm in _NOBODY for word in words):
        moods["nobody"] = None
    if any("?" in word.before for word in words):
        moods["asked"] = None
    for mood in moods:
        yield f"m:{mood}"
    outside = _outlook(words, moods)
    for at, word in enumerate(words):
        kind = _kind_of(word.norm)
        if kind:
            yield from _of_predicate(kind, at, words, grammar, above, outside)


def is_predicate(norm: str) -> bool:
    """Whether a word is one whose subject and object roles are asked for."""
    return bool(_kind_of(norm))


@lru_cache(maxsize=_KEPT)
def _kind_of(norm: str) -> str:
    return next((kind for kind, pattern in _PREDICATES if pattern.match(norm)), "")


@lru_cache(maxsize=_KEPT)
def _mood_of(norm: str) -> str:
    return next((mood for mood, pattern in _MOODS if pattern.match(norm)), "")


def _outlook(words: Sequence[Word], moods: Collection[str]) -> str:
    """How real what the sentence tells is: "told", or the first mark that says otherwise."""
    if words and words[0].norm in _ASKS:
        return "asked"
    return next(
        (mood for mood in ("denied", "called", "if", "feared", "chance", "asked") if mood in moods),
        "told",
    )


def _of_predicate(  # noqa: PLR0917
    kind: str,
    at: int,
    words: Sequence[Word],
    grammar: Grammar,
    above: frozenset[str],
    outlook: str,
) -> Iterator[str]:
    english = language_of(words[at].norm) == "en"
    form = grammar.of(words[at].norm)
    denied = _is_negated(at, words)
    if kind in ("wont", "return") and not denied:
        return  # going and returning say something only where it was not done
    if english and _is_said_of_a_thing(at, words):
        return
    passive = False
    if kind in ("refusal", "evasion"):
        who = _whose(at, words)
    elif english:
        passive = _is_passive(at, words)
        who = _who(_subject_en(at, words), words, above)
    else:
        passive = form.passive
        who = _who(_subject(at, form, words, grammar), words, above)
    acts = kind in ("hold", "hurt")
    what = _victim(at, words, grammar, english=english) if acts else ""
    what = what or _what(at, words, grammar, english=english)
    if kind == "wont" and what == "nothing":
        what = _behind(at, words)
    if kind in ("evasion", "evade"):
        what = _evaded(at, words)
    if kind == "refuse" and passive:
        kind = "deny"
    verb = f"{kind}!" if denied and kind not in ("wont", "return") else kind
    if passive:
        verb += "+"
    yield f"{verb}:{who}"
    yield f"{verb}:>{what}"
    yield f"{verb}:{who}>{what}"
    unreal = _is_unreal(at, words)
    if unreal:
        yield f"{verb}:if"
        yield f"{verb}:if:{who}"
    # The same in coarse words, which every language and every verb of a kind share.
    mood = "if" if unreal and kind not in ("wont", "return") else outlook
    act = _ACTS.get(kind, kind) + verb[len(kind) :]
    side = "soldier" if who == "commander" and not acts else _COARSE.get(who, who)
    yield f"x:{act}:{side}>{_COARSE.get(what, what)}:{mood}"
    yield f"x:{act}:{side}:{mood}"


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


def _is_said_of_a_thing(at: int, words: Sequence[Word]) -> bool:
    """Whether a participle is only what a noun behind it is like: “inspected abandoned flats”."""
    if words[at].norm not in _PARTICIPLES or at + 1 >= len(words):
        return False
    behind = words[at + 1]
    if behind.norm in _PREPOSITIONS or behind.norm in _LEADS or _STOP.search(behind.before):
        return False
    if at == 0:
        return True
    before = words[at - 1].norm
    return (
        before in _PREPOSITIONS or before in _LEADS or (before.endswith("ed") and before != "armed")
    )


def _evaded(at: int, words: Sequence[Word]) -> str:
    """What is evaded: the first telling word behind it, or the one right before it."""
    near = (*words[at + 1 : at + 1 + _OBJECT_REACH], *words[max(0, at - 1) : at])
    for word in near:
        for what, pattern in _EVADED:
            if pattern.match(word.norm):
                return what
    return "nothing"


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
            return _antecedent(place, words) if word.norm in _RELATIVE else place
        best = place if best is None else best
        place -= 1
    return best


def _antecedent(place: int, words: Sequence[Word]) -> int:
    """The soldier before a relative pronoun, or the pronoun itself."""
    for back in range(place - 1, max(-1, place - 5), -1):
        if not words[back].groups.isdisjoint(_SOLDIERS) or _REFUSER.match(words[back].norm):
            return back
    return place


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
    if _REFUSER.match(word.norm):
        return "refuser"
    if "commander" in word.groups and "serviceman" not in word.groups:
        return "commander"
    if not word.groups.isdisjoint(_SOLDIERS):
        return "soldier"
    if ARMIES.match(word.norm):
        return "army"
    if word.norm in _WE:
        return "we"
    if word.norm in _PRONOUNS:
        if word.norm in _THIRD and any(
            not before.groups.isdisjoint(_SOLDIERS) for before in words[:place]
        ):
            return "bound"
        return "bound" if not above.isdisjoint(_SOLDIERS) else "pronoun"
    if "kin" in word.groups:
        return "kin"
    if _OFFICE.match(word.norm):
        return "office"
    if _CROWD.match(word.norm):
        near = words[place + 1 : place + 5]
        return "soldier" if any(not w.groups.isdisjoint(_SOLDIERS) for w in near) else "crowd"
    return "name" if word.is_capital else "other"


def _whose(at: int, words: Sequence[Word]) -> str:
    """Whose refusal a noun tells of: a soldier within a few words, or it is not said."""
    near = words[max(0, at - 5) : at + 6]
    if any(not word.groups.isdisjoint(_SOLDIERS) for word in near):
        return "soldier"
    if any(ARMIES.match(word.norm) for word in near):
        return "army"
    return "refuser" if any(_REFUSER.match(word.norm) for word in near) else "nobody"


def _behind(at: int, words: Sequence[Word]) -> str:
    """What is not wanted, where it stands before the verb: «на штурм не пойдём»."""
    for place in range(at - 1, max(-1, at - 1 - _OBJECT_REACH), -1):
        if not words[place].groups.isdisjoint(("fight", "fight_strict", "order")):
            return "duty"
        if _STOP.search(words[place].before):
            break
    return "nothing"


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
        if word.norm in _SERVE:
            served = words[place + 1 : place + 4]
            is_customer = any(_CUSTOMER.match(each.norm) for each in served)
            if not is_customer or any(each.norm == "as" for each in served):
                return "service"
        if word.norm == "service" and "to" not in {
            each.norm for each in words[place + 1 : place + 3]
        }:
            return "duty"  # «refuse service in Gaza», not to customers
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
