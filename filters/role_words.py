# ruff: noqa: E501 (tables of words read better unbroken)
"""The words by which `filters.roles` tells who does what to whom, in three languages. Data."""

from __future__ import annotations

import re
from typing import Final

from filters.entities.windows import lazy

__all__ = [
    "ACTS",
    "AFTER",
    "ARMIES",
    "ASKS",
    "BE",
    "BEFORE_VERB",
    "BY_ORDER",
    "COARSE",
    "COMMENT",
    "CROWD",
    "CUSTOMER",
    "DEFIANT",
    "ENLIST",
    "EVADED",
    "FICTION",
    "GIVE_UP",
    "IF",
    "INFINITIVE",
    "LAWFUL",
    "LEADS",
    "LEAVE_OF",
    "MOODS",
    "NEGATION",
    "NOBODY",
    "OBJECTS",
    "OFFICE",
    "OTHER",
    "OWN",
    "PARTICIPLES",
    "PERMISSION",
    "POSTS",
    "PREDICATES",
    "PREPOSITIONS",
    "PRONOUNS",
    "REFUSABLE",
    "REFUSER",
    "RELATIVE",
    "SERVE",
    "SERVICE",
    "SHELTER",
    "SOLDIERS",
    "STOP",
    "THEIR_OWN",
    "THEM",
    "THIRD",
    "THROWN",
    "UNIT",
    "UNLAWFUL",
    "UNREAL",
    "WE",
    "WITHOUT",
]

# Predicates by how they begin. Reflexive «отказаться» refuses, plain «отказать» denies.
PREDICATES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (kind, lazy(rf"(?:{pattern})", re.IGNORECASE))
    for kind, pattern in (
        (
            "refuse",
            r"отка(?:ж[иу]\w*(?:ся|сь)$|з(?:ался|алась|алось|ались|аться|ыва\w+ся|ыва\w+сь|авши\w+с[ья]|авшис\w*|ывавши\w+ся|ывающ\w+ся|ываясь|авшись)$)|відмов(?:и\w+(?:ся|сь)|ля\w+(?:ся|сь)|ля\w+ться|лят\w+ся)$|refus(?:e|es|ed|ing)$|declin(?:e|es|ed|ing)$|reject(?:s|ed|ing)?$|balk(?:s|ed|ing)?$|unwilling$",
        ),
        (
            "disobey",
            r"(?:ослуша\w+|взбунтова\w+|взбунтовал\w*|бунтуют|збунтува\w+|бунтують|игнориру\w+|проигнорир\w+|ігнору\w+|проігнор\w+|disobe(?:y|ys|yed|ying)|def(?:y|ies|ied|ying)|ignor(?:e|es|ed|ing)|mutin(?:y|ies|ied)|mutinying|rebel(?:s|led|ling)?|revolt(?:s|ed|ing)?)$",
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
            r"(?:уш(?:ел|ёл|ла|ли)|побросал\w*|разбе(?:жал|г)\w+|разбега\w+|розбі(?:г|жал|га)\w+|драпа\w+|кинув|кинул[аи]|покидали|полишил\w*|уход(?:ит|ят|ил\w*)|поки(?:нул\w*|дает|дают)|оставил\w*|бросил\w*|бежал\w*|сбежал\w*|бегут|убежал\w*|удрал\w*|дезертир(?:овал\w*|уют|ует|овать)|скры(?:лся|лась|лись|вается|ваются|вался|вались)|исчез\w*|пропал\w*|залишил\w*|залишив|залишають|покинул\w*|покинув|пішов|пішли|втік|втекл\w*|утік|утекл\w*|тікають|дезертирував|дезертирували|зник|зникли|left|leaves?|fled|flees?|deserts?|deserted|abandon(?:s|ed)?|escaped|walked|ran|vanished)$",
        ),
        (
            "return",
            r"(?:вернул(?:ся|ась|ись)|возвращ\w+(?:ся|сь)|вернут(?:ь)?ся|вернусь|вернется|вернемся|явил(?:ся|ись)|прибыл\w*|вышел|вышли|повернув(?:ся)?|повернул\w+ся|поверн(?:утися|уться|уся|усь|еться|емося|емось)|прибув|прибули|з'явив\w*|return(?:s|ed)?|report(?:s|ed)?)$",
        ),
        (
            "wont",
            r"(?:хот(?:ел\w*|ят|им|ит)|хочет|хочу|захотел\w*|хотевш\w+|пожелал\w*|желает|желают|желавш\w+|желающ\w+|бажа\w+|поехал\w*|поедут|поеду|поедем|пошл\w+|пошел|пойдут|пойду|пойдем|идут|буд(?:у|ем|ут)|намерен\w?|согласил\w+|выполнил\w*|выполняют|выполнять|підкор\w+|подчин\w+|исполн(?:ил\w*|яют|ять|ит|ят)|стал[аи]?|стану|станет|станем|станут|став|стала|стануть|станемо|(?:воюва|служи|штурмува|наступа|викону|підкоря|повертати|стріля|ходи|іти)тим\w+|хотів|хотіли|хочуть|хочу|захотів|захотіли|поїхали|поїхав|підуть|піду|підемо|будемо|будуть|збира\w+ся|погод\w+ся|сіли|сел|сели|пішли|виконали|виконав|виконувати|fight|obey|follow|carry|execute|go|going|deploy|serve|advance|comply|attack|storm|board|move|continue|cross|enter|participate|sign)$",
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
            r"(?:держ(?:ат|ит|ал\w*)|удержива\w+|запер\w*|заперт\w*|посадил\w*|бросили|тримають|тримав|тримали|утримують|утримували|замкнули|посадили|held|hold(?:s|ing)?|locked|detain(?:ed|s)|kept|jailed|imprisoned)$",
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


SOLDIERS: Final = frozenset(("soldier", "serviceman", "in_the_ranks", "serving"))
PRONOUNS: Final = _set(
    "он она они оно он кто те тот которые который я мы ты вы він вона вони хто ті той які який я ми ви he she they who we i you some many several none nobody никто ніхто двое трое двоє троє все всі each both one another others"
)
WE: Final = _set("я мы ми i we")
CROWD: Final = lazy(
    r"\d+$|(?:дв|тр|четыр|пят|шест|сем|восем|девят|десят|одиннадц|двенадц|сорок|сто|двест|полтор|чотир|п'ят|шіст|сім|вісім|дев'ят)\w*$|(?:десят|сот|тысяч|тисяч)\w*$|(?:групп|груп|част|большинств|більшіст|нескольк|декільк|кільк|мног|багат|рот|взвод|батальон|батальйон|полк|бригад|половин|отряд|загін|экипаж|екіпаж)\w*$",
    re.IGNORECASE,
)
OFFICE: Final = lazy(
    r"(?:суд|минобороны|мінобор\w+|министер\w+|міністер\w+|ведомств\w*|відомств\w*|власт\w+|влад\w+|правительств\w*|уряд\w*|президент\w*|кремл\w*|мид|мзс|сенат\w*|парламент\w*|госдум\w*|рада|партия|партія|компани\w+|компані\w+|банк\w*|клуб\w*|команд[аыиоу]\w?|сборн\w+|збірн\w+|кафе|ресторан\w*|магазин\w*|фирм\w*|фірм\w*|завод\w*|школ\w*|больниц\w*|лікарн\w+|врач\w*|лікар\w*|прокур\w+|полици\w+|поліці\w+|следств\w+|слідч\w+|военком\w*|военкомат\w*|тцк|страна|країна|сторона|москв\w+|киев\w*|київ|вашингтон\w*|росси\w+|росі\w+|украин\w+|україн\w+|польш\w+|германи\w+|словаки\w+|венгри\w+|израил\w+|сша|нато|ес|єс|оон|комисси\w+|комісі\w+|редакци\w+|издани\w+|фсб|сбу|мвд|мвс|штаб\w*|генштаб\w*|court|ministry|government|pentagon|kremlin|white|president|minister|senate|congress|parliament|company|firm|bank|club|team|cafe|bakery|restaurant|shop|store|hotel|hospital|doctors?|prosecutors?|police|judge|jury|union|party|country|nato|eu|un|russia|ukraine|moscow|kyiv|washington|israel|poland|germany|hungary|army|navy|military|officials?|authorities|commission|council|board|airline|insurer|embassy|airport)$",
    re.IGNORECASE,
)
# Small bodies of men, which elsewhere may be a flat, a department or a film's cast.
UNIT: Final = lazy(
    r"(?:подразделени(?:е|я)|підрозділ\w{0,2}|отделени[ея]|відділення|отряды?|загін|загони|экипаж\w?|екіпаж\w?|расч[её]т\w?|розрахун\w+|батаре[яи]|батаре[яї]|часть|части|частин[аи]|"
    r"units?|crews?|squads?|platoons?|company|companies|battery|batteries|detachments?|contingent|outfit)$",
    re.IGNORECASE,
)
# Armies by name, as those who do something: «отказ ВСУ выполнять приказ».
ARMIES: Final = re.compile(
    r"(?:всу|зсу|азов\w{0,3}|ахмат\w{0,3}|вагнер\w{0,3}|войск(?:а|ам|ами)?|військ(?:а|ам|ами)?|idf|цахал\w{0,2})$",
    re.IGNORECASE,
)
# What is evaded: the call-up, or the service of those who serve.
EVADED: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
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
PARTICIPLES: Final = _set("abandoned deserted escaped")
LEADS: Final = _set("a an the this that these those some many its their his her our")
BEFORE_VERB: Final = _set(
    "has have had having then also still simply flatly openly reportedly allegedly repeatedly not n't never would will could can may might did do does to be been being was were are is just even again now later both all who that have"
)
BE: Final = _set("was were been being be is are get got gets")
PREPOSITIONS: Final = _set(
    "in at on of from near for with by under over to into after before against about since during around through between among outside inside"
)
WITHOUT: Final = _set("без without")
PERMISSION: Final = lazy(
    r"(?:приказ\w*|наказ\w*|разрешени\w*|дозвол\w*|спрос\w?|ведома|відома|согласи\w|orders?|permission|leave|authori[sz]ation)$",
    re.IGNORECASE,
)
OWN: Final = _set("себе себя собі себе свою свой свои свій свої own himself themselves herself")
NEGATION: Final = _set("не ни ні never not without без cannot no никогда ніколи")
IF: Final = _set(
    "если бы если чтобы хотя якщо аби щоб коли if whether unless would could may might should можно нужно может могут мог могли могла планирует планируют намерен намерены собирается собираются готов готовы може можуть планують збирається готові ready plans plan intends vow vows threatens пригрозил пригрозили обещает"
)
THIRD: Final = _set("он она они вони він вона he she they")
RELATIVE: Final = _set("who whom which that")
NOBODY: Final = _set("никто ніхто nobody none нет немає")
ASKS: Final = _set("how why как почему як чому whether")
REFUSER: Final = lazy(
    r"(?:дезертир\w*|отказник\w*|відмовник\w*|пятисот\w+|п'ятисот\w+|самовольщик\w*|соч(?:инц|инец)\w*|"
    r"сзчшник\w*|беглец\w*|беглецов|утікач\w*|втікач\w*|deserters?|refuseniks?|refusers?|runaways?|absconders?|mutineers?)$",
    re.IGNORECASE,
)
# What a sentence makes of what it tells: denies it, calls for it, fears or expects it.
MOODS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
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
UNREAL: Final = ("fiction", "denied", "called", "if", "feared", "chance", "asked")
REFUSABLE: Final = frozenset(("leave", "quit", "return", "harm", "hurt", "hold", "feign"))
INFINITIVE: Final = lazy(r"(?:[тч]ь|ти)(?:ся|сь)?$", re.IGNORECASE)
THROWN: Final = lazy(r"(?:по)?(?:брос|кин)\w+$", re.IGNORECASE)
LEAVE_OF: Final = _set(
    "from on of the a sick home without denied for medical shore annual unpaid paternity compassionate refused after"
)
# Sides that may be somebody who serves.
THEIR_OWN: Final = frozenset(("soldier", "refuser", "army", "pronoun", "man", "name", "nobody"))
# Acts for which others are punished.
DEFIANT: Final = frozenset(("refuse", "disobey", "refusal", "leave", "quit"))
# Kinds and sides under fewer names, for marks that every language and verb share.
ACTS: Final = {
    "refuse": "no", "wont": "no", "disobey": "no", "refusal": "refusal", "return": "away",
    "leave": "away", "quit": "quit", "hold": "hurt",
}  # fmt: skip
COARSE: Final = {
    "bound": "soldier", "we": "soldier", "crowd": "soldier", "mission": "duty", "them": "soldier",
    "talk": "else", "unit": "soldier",
}  # fmt: skip
# Told of who leaves: that he may, or that he may not.
LAWFUL: Final = lazy(
    r"(?:отпуск\w?|відпустк[уи]|пенси\w+|пенсі\w+|выслуг\w+|вислуг\w+|ротаци\w+|ротаці\w+|смен[аеуы]|сменил\w*|зміни|"
    r"окончани\w+|завершени\w+|завершення|закінчення|повышени\w+|підвищення\w*|демобилиз\w+|демобіліз\w+|возраст\w+|віком|"
    r"orders|ordered|promot\w+|retire\w*|retir\w+|discharg\w+|rotat\w+|relieved|withdr\w+|retreat\w*|pension|furlough|expired?)$",
    re.IGNORECASE,
)
AFTER: Final = _set("после після after")
SERVICE: Final = lazy(r"(?:служб\w+|контракт\w*|service|contract|tour)$", re.IGNORECASE)
BY_ORDER: Final = lazy(r"(?:приказ\w{0,2}|наказ\w{0,2}|команд[еыі]|распоряжени\w)$", re.IGNORECASE)
UNLAWFUL: Final = lazy(
    r"(?:самовольн\w*|самовільн\w*|незаконно|дезертир\w*|awol|unlawful\w*|illegal\w*|unauthori[sz]ed|desert(?:ed|ion|er|ers|ing))$",
    re.IGNORECASE,
)
FICTION: Final = lazy(
    r"(?:роман(?:е|а|ом|у|і)?|фильм\w*|фільм\w*|кинокартин\w*|кінострічк\w*|сериал\w*|серіал\w*|спектакл\w*|вистав\w*|сюжет\w*|пьес\w+|п'єс\w+|персонаж\w*|рецензи\w+|рецензі\w+|"
    r"novels?|films?|movies?|drama|thriller|review|episode|protagonist|plot|starring|trailer|opera|sitcom|screenplay|musical)$",
    re.IGNORECASE,
)
# Giving up what is held: who refuses it fights on.
GIVE_UP: Final = lazy(
    r"(?:сда(?:ва)?ть(?:ся)?|сда[юл]\w*|отступ\w+|отход\w+|отойти|покида\w+|покинуть|уход\w+|уйти|оставля\w+|оставить|броса\w+|бросить|капитул\w+|эваку\w+|отда(?:ва)?ть|"
    r"здава\w+|здати\w*|відступ\w+|відход\w+|відійти|покин\w+|залиш\w+|кида\w+|кинути|капітул\w+|евак\w+|віддава\w+|віддати|"
    r"surrender\w*|retreat\w*|withdraw\w*|abandon\w*|leave|yield|cede|evacuat\w*|quit|desert|give)$",
    re.IGNORECASE,
)
# What a soldier is kept in, not what he holds: «отказались покидать лагерь».
SHELTER: Final = lazy(
    r"(?:лагер\w*|казарм\w*|баз\w{1,2}|полигон\w*|пункт\w*|вагон\w*|автобус\w*|поезд\w*|табір\w*|табор\w+|полігон\w*|потяг\w*|barracks|camp|base|bus|train|shelter|dugout|garrison)$",
    re.IGNORECASE,
)
STOP: Final = lazy(r"[.!?;:…]|\s[—–-]\s|[«»\"“”]")
SERVE: Final = _set("serve служить служити")
ENLIST: Final = _set(
    "enlist enlistment enrol enroll conscription draft induction call-up призыва призываться призову призиватися мобилизации мобілізації"
)
CUSTOMER: Final = lazy(r"(?:soldier|officer|policem|polic|customer|guest|veteran|cop)\w*$")
OTHER: Final = frozenset(
    ("refuse_else", "civil_refusal", "others_refuse", "states_refuse", "sport")
)
COMMENT: Final = lazy(
    r"(?:коммент\w+|комент\w+|говорить|отвечать|ответ\w*|признава\w+|признать|давать|дать|общаться|называть|раскры\w+|подтвержда\w+|предостав\w+|прода\w+|обслуж\w+|пустить|выда\w+|плат\w+|помо\w+|переговор\w*|сделк\w+|услуг\w+|вакцин\w*|привив\w+|показани\w*|вин\w+|comment\w*|answer\w*|speak|talk|say|discuss\w*|disclose|confirm|sell|serve|service|pay|help|negotiat\w*|vaccin\w*|deal|offer|plead|resign|apologi\w+|accept|give|provide|condemn|recogni[sz]e|release|відповід\w+|визнава\w+|надати|надавати|продавати|платити|свідч\w+|щеплен\w+|допомо\w+)$",
    re.IGNORECASE,
)
POSTS: Final = frozenset(("post", "post_strict", "leave_place"))
THEM: Final = _set("их его ему им ее їх його йому їм її them him us me нас меня нам мне мене мені")
OBJECTS: Final = frozenset(("accs", "datv", "gent"))
