# ruff: noqa: E501 (tables of words read better unbroken)
"""Whose army, which stage, now or long ago: each with the words that say so.

Worked out only for texts that matched. The language of a text never decides the
army: «СЗЧ» in a Russian post still means Ukraine's. Words that name an army
outright count most, and those in a sentence that matched before those elsewhere;
a place alone is a guess, taken only where nothing speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from filters.analysis import Analysis
from filters.document import TEXT, TITLE, Document, Span
from filters.rules import Rule, Rules, RuleText

__all__ = ["Army", "Era", "Facets", "Stage", "facets_at", "facets_of", "find_facets"]

Army: TypeAlias = Literal["ru", "ua", "other", "unknown"]
Stage: TypeAlias = Literal["report", "charge", "verdict", "appeal", "statistics", "commentary"]
Era: TypeAlias = Literal["now", "historical"]

_EVIDENCE: Final = 4
_BETWEEN: Final = " \n"  # title and text


@dataclass(frozen=True, slots=True)
class Facets:
    """`evidence` gives, for "army", "stage" and "era", words as they stand in the text;
    a facet nothing in the text speaks for has none (army unknown, stage report, era now)."""

    army: Army = "unknown"
    stage: Stage = "report"
    era: Era = "now"
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_NOTHING: Final = Facets()


_RULES: Final = Rules()
_rule: Final = _RULES.add


_WHO_RU: Final = (
    r"(?:солдат|военн|военнослуж|сержант|лейтенант|капитан|майор|мичман|ефрейтор|прапорщик|пехотин|резервист|новобран|контрактник|контракт|арми|армейск|боец|бойц|мобилизован|офицер|войск|десантник|"
    r"морпех|срочник|призывник|рядов|спецназ|командир|командован|штурмовик|дезертир|отказник|бригад|подразделен|силов|комбат|генерал|матрос|летчик|лётчик)\w*"
)
_WHO_UK: Final = (
    r"(?:солдат|військов|військовослуж|сержант|лейтенант|капітан|майор|піхотин|резервіст|новобран|контрактник|арм|боєц|боєць|бійц|мобілізован|офіцер|військ|десантник|"
    r"морпіх|строковик|рядов|спецназ|командир|командуван|штурмовик|дезертир|окупант|бригад|підрозділ|захисник|воїн|воїн|загарбник|комбат|генерал)\w*"
)
_WHO_EN: Final = (
    r"(?:soldiers?|troops?|servicem[ae]n|service ?members?|conscripts?|army|paratroopers?|marines?|contract soldiers|officers?|military|"
    r"armed forces|fighters|recruits?|guardsm[ae]n|reservists?|draftees|forces|units?|brigades?|regiments?|commanders?|deserters?|infantry\w*|navy|sailors?|"
    r"defen[cs]e ministry|mercenar\w+|men|special forces|generals?|infantrym[ae]n|soldier's)"
)

# Words that name the army outright.
_STRONG: Final[Mapping[Army, Rule]] = {
    "ru": _rule(
        rf"(?:росси|рф)\w*[\s-]+(?:\w+\s+)?{_WHO_RU}",
        rf"{_WHO_RU}\s+(?:росси[ия]|рф|из росси\w+)",
        rf"{_WHO_RU}[\s-]+росси(?:ян\w*|йц\w*)",
        r"вс рф|зс рф|минобороны (?:рф|росси\w+)|российск\w+ минобороны",
        r"росгвард\w+|омон\w*|вагнер\w*|чвк|кадыров\w+|ахмат\w*",
        r"сво|спецопераци\w*|специальн\w+ военн\w+ операци\w*",
        r"оккупант\w*|окупант\w*|рашист\w*|орк(?:и|ів|ов)|мобик\w*|чмобик\w*|зет-?\w* военкор\w*|загарбник\w*",
        r"гарнизонн\w+ (?:военн\w+ )?суд\w*|гарнізонн\w+ (?:військов\w+ )?суд\w*|окружн\w+ военн\w+ суд\w*|garrison (?:military )?court\w*",
        r"ук рф|уголовн\w+ кодекс\w* (?:рф|росси\w+)|кк рф|следственн\w+ комитет\w*|скр|военн\w+ следственн\w+",
        r"(?:ст\.?|стать\w+|ч\.\s?[\d.]+ ст\.?)\s?(?:332|337|338|339)(?=[^\d]{0,40}(?:ук|уголов|дезерт|самовол|неисполн))",
        r"(?:северн|тихоокеанск|черноморск|балтийск)\w+ флот\w*|(?:північн|тихоокеанськ|чорноморськ|балтійськ)\w+ флот\w*|(?:black sea|pacific|northern|baltic) fleet|тихоокеан(?:ец|ца|цу|цы|цев)|(?:southern|western|eastern|central) (?:district military court|military district)|district military court",
        r"(?:флотск|окружн|апелляционн|кассационн)\w+ военн\w+ суд\w*|госдум\w+|центр\w* (?:для отказник\w+|содержани\w+ отказник\w+)|обнулил\w*|обнулен\w*|1[0-4]\d\d-?\w{0,3} (?:\w+ )?полк\w*|mobili[sz]ed (?:men|soldiers?) from (?:tuva|buryatia|bashkortostan|tatarstan|yakutia|moscow)|russian courts?|garrison court",
        r"дисбат\w*|мобилизованн\w+ (?:из|с) (?:бурят|башкир|татар|якут|чуваш|перм|челяб|свердл|новосиб|волго|туль|красно|ирк|кемер|хакас|тув)\w*",
        rf"(?:російськ|рос)\w*\s+(?:\w+\s+)?{_WHO_UK}",
        rf"{_WHO_UK}\s+(?:росії|рф|з росії)|росармі\w+|військ\w* путіна",
        rf"(?:russian|russia's|russia’s|putin's|putin’s|kremlin's)\s+(?:\w+\s+){{0,2}}{_WHO_EN}",
        r"russia(?:'s|’s|n)? criminal code|rosgvardia|russian guard|wagner|special military operation|russian invaders|occupiers",
        r"russian federation|армия путина",
    ),
    "ua": _rule(
        rf"украинск\w*\s+(?:\w+\s+)?{_WHO_RU}",
        rf"{_WHO_RU}\s+украины",
        r"всу|зсу|afu|zsu|вооруженн\w+ сил\w* украины|збройн\w+ сил\w* україни",
        r"сзч|сзчшник\w*|есзечешник\w*",
        r"тцк(?: та сп| и сп)?|дбр|держбюро розслідувань|державн\w+ бюро розслідувань|госбюро расследований|state bureau of investigations?",
        r"(?:ст\.?|статт\w+)\s?(?:336|402|403|405|407|408|409) (?:кк|кримінальн\w+)|верховн\w+ рад[аиіуою]+|рада ухвалила|нардеп\w*|ukraine has (?:opened|charged|convicted)|(?:cases|desertions?|deserters|awol\w*) (?:\w+ )?in ukraine|ukraine(?:'s|’s) (?:parliament|prosecutors?|courts?|code)|військков\w+ полі\w+",
        r"ук украины|кк україни|кку|кримінальн\w+ кодекс\w* україни|уголовн\w+ кодекс\w* украины|ukraine(?:'s|’s|ian) criminal code|criminal code of ukraine",
        r"(?:ст\.?|статт\w+|стать\w+|articles?)\s?(?:—\s?)?(?:402|403|407|408|409)(?:\s(?:та|і|и|and)\s\d{3})?",
        r"терр?обор\w+|сил\w* оборони|нацгварді\w+|національн\w+ гварді\w+|нгу|військов\w+ служб\w+ правопорядку|всп|воєнн\w+ стан\w*",
        rf"українськ\w*\s+(?:\w+\s+)?{_WHO_UK}",
        rf"{_WHO_UK}\s+україни",
        rf"(?:ukrainian|ukraine's|ukraine’s|kyiv's|kyiv’s)\s+(?:\w+\s+){{0,2}}{_WHO_EN}",
        r"омбр|одшбр|оаембр|азов\w*|anne? of kyiv|french-trained brigade|armed forces of ukraine|law of ukraine",
        r"єрдр|єдрср|територіальн\w+ центр\w* комплектування|територіальн\w+ оборон\w+",
    ),
    "other": _rule(
        rf"(?:u\.?\s?s\.?|us|american|british|israeli|french|canadian|german|australian|belarusian|turkish|syrian|iranian|armenian|georgian|polish|italian|"
        rf"dutch|indian|pakistani|nigerian|eritrean|ethiopian|sudanese|south korean|north korean|afghan|iraqi|saudi|burmese|myanmar|colombian|mexican|soviet|"
        rf"confederate|union|roman|prussian|finnish|austrian|japanese|chinese|azerbaijani|taiwanese)\s+(?:\w+\s+){{0,2}}{_WHO_EN}",
        r"red army|wehrmacht|idf|israel defen[cs]e forces?|ucmj|uniform code|us army|u\.s\. army|marine corps|united states v\.?|west point|pentagon|fort \w+|royal navy|army of the potomac",
        rf"(?:белорус|армянск|азербайджанск|грузинск|израильск|американск|британск|французск|немецк|советск|казахстанск|казахск|турецк|сирийск|польск|"
        rf"узбекск|киргизск|таджикск|молдавск|корейск|японск|финск|эритрейск|мьянм)\w*\s+(?:\w+\s+)?{_WHO_RU}",
        rf"{_WHO_RU}\s+(?:сша|израиля|беларуси|белоруссии|казахстана|армении|азербайджана|грузии|турции|ссср|германии|франции|молдовы|молдавии)",
        r"цахал\w*|красн\w+ арми\w+|красноарме\w+|вермахт\w*|армии оборони\w* израил\w*|червон\w+ армі\w+|радянськ\w+ армі\w+|нквд|ссср|срср|гомельчан\w*",
        rf"(?:білорус|північнокорейськ|ізраїльськ|американськ|британськ|французьк|німецьк|радянськ|польськ|грузинськ|вірменськ)\w*\s+(?:\w+\s+)?{_WHO_UK}",
        r"российск\w+ импери\w+|чехословацк\w+|израил\w+ резервист\w*|мьянм\w+|бундесвер\w*|bundeswehr|(?:(?:северо|південно|північно)-?)?коре(?:йск|йськ)\w+ (?:солдат|военн|військ)\w*|кндр|potemkin|пот[её]мкин\w*|потьомкін\w*|центральн\w+ рад[аиіу]|петроградск\w+|друг\w+ світов\w+|втор\w+ миров\w+|перш\w+ світов\w+|перв\w+ миров\w+|финск\w+ войн\w+|вьетнам\w*|eddie slovik|conscientious objector applications in germany|vietnam|great war|first world war|world war (?:i|ii|one|two)|civil war|south vietnamese|gaza|lebanon|царск\w+ арми\w+|british army",
    ),
}
# Places and courts: a guess, taken where nothing names an army outright.
_WEAK: Final[Mapping[Army, Rule]] = {
    "ru": _rule(
        r"псков\w*|военн\w+ (?:полици|прокуратур|комендатур|следовател)\w*|улан-удэ|екатеринбург\w*|vladivostok|chita|rostov-on-don|khabarovsk|kaliningrad|samara|novosibirsk|tuva|белгород\w*|краснодар\w*|чит[аеуы]|читинск\w*|ростов\w*|новосибирск\w*|хабаровск\w*|владивосток\w*|бурят\w+|башкир\w+|якут\w+|тыв[аеуы]|тувинск\w*|"
        r"дагестан\w*|чечн\w+|москв\w+|петербург\w*|волгоград\w*|челябинск\w*|свердловск\w*|сахалин\w*|камчатк\w+|подмосков\w+|калининград\w*|самар\w+|саратов\w*|омск\w*|"
        r"воронеж\w*|мурманск\w*|иркутск\w*|кемеров\w*|красноярск\w*|приморь\w+|тульск\w*|рязан\w+|твер\w+|ульяновск\w*|забайкаль\w*|росси\w+|рф|путин\w*|росіян\w*|росі\w+|российск\w+|російськ\w+|"
        r"russian?s?|russia's|moscow|kremlin|putin|pskov|yekaterinburg|buryat\w*|chechen\w*|dagestan\w*|казан\w+|перм\w+|барнаул\w*|туле|тулы|татарстан\w*|tatarstan|buryatia|чиков\w*|chikov|кадыровц\w*|кадирівц\w*"
    ),
    "ua": _rule(
        r"(?:львів|київ|вінни|полтав|житомир|рівнен|рівн|волин|тернопіл|хмельни|чернівец|закарпат|черкас|чернігів|сумськ|сумщ|одес|миколаїв|кропивни|кіровоград|дніпр|запор|харків|прикарпат|івано-франків|буковин|чернівц|ужгород|печерськ)\w*",
        r"(?:львов|киев|винни|полтав|житомир|ровен|ровно|волын|терноп|хмельниц|черновиц|закарпат|черкас|черниг|сумск|одес|николаев|кропивниц|днепр|харьков|коломы|криворож)\w*",
        r"криво\w+ ро\w+|кривий ріг|kyiv|kiev|lviv|odesa|odessa|kharkiv|dnipro|vinnytsia|poltava|зеленск\w*|зеленськ\w*|zelensky\w*|украин\w+|україн\w+|ukrainian?s?|ukraine(?:'s|’s)|ppo|сырск\w*|сирськ\w*",
    ),
    "other": _rule(
        r"беларус\w*|білорус\w*|belarus\w*|минск\w*|israel\w*|израил\w*|america\w*|сша|britain|british|france|french|canad\w+|german\w*|армени\w*|eritrea|myanmar|syria\w*|"
        r"durham|south korea|turkey|britons?|australia\w*|ireland|irish|washington|texas|казахск\w+|ссср"
    ),
}

# Where soldiers are sent says nothing of whose they are.
_DESTINATION: Final = _rule(
    r"(?:в|на|против|из|з|до|в|проти|under|to|in|into|inside|against|from|over|for|entered|invad\w+) (?:территори\w+ |территорію |території |eastern |southern |occupied )?(?:украин\w+|україн\w+|ukraine|донбасс?\w*|россию|росію|kyiv|киев\w*|київ\w*|харьков\w*|харків\w*|одес\w*)",
    # Where those who flee go.
    r"(?:в|во|у|до|через|на границе с|с территории|to|into|via|through) (?:казахстан\w*|армени\w+|грузи\w+|монголи\w+|финлянди\w+|киргизи\w+|кыргызстан\w*|узбекистан\w*|турци\w+|серби\w+|германи\w+|франци\w+|беларус\w+|белорусси\w+|білорус\w+|казахстан\w*|грузі\w+|вірмені\w+|румуні\w+|молдов\w+|польщ\w+|kazakhstan|armenia|georgia|mongolia|finland|turkey|serbia|germany|france|belarus|poland|romania|moldova|the us|the united states|canada|israel)",
    r"(?:украинск\w+|українськ\w+|ukrainian) (?:границ\w*|кордон\w*|территори\w*|border|territory|positions?|rounds?|village|towns?)",
    r"(?:fight|fighting|war|invasion|сражать\w+) (?:in|of|with) (?:ukraine|russia)|(?:війн\w+|войн\w+|вторжени\w+|вторгнення) (?:з|с|с|в|проти|против|до|на) (?:росі\w+|росси\w+|украин\w+|україн\w+)|full-scale (?:russian )?invasion",
)

_STAGES: Final[tuple[tuple[Stage, Rule], ...]] = (
    (
        "appeal",
        _rule(
            r"апелляци\w*|апелляционн\w+|кассаци\w*|кассационн\w+|обжалов\w*|подал\w* (?:апелляц\w+|жалоб\w+ на приговор)|(?:оставил|остав)\w* (?:приговор )?(?:без изменени\w+|в силе)|смягчил\w* приговор\w*|отменил\w* приговор\w*",
            r"апеляц\w+|касац\w+|оскарж\w+|залишив\w* (?:вирок )?без змін|скасува\w+ вирок\w*|верховн\w+ суд\w*|верховный суд\w*",
            r"appealed (?:the|his|her|their) (?:verdict|sentence|conviction)s?|appeals? court|court of (?:\w+ )?appeals|appealed against|lost (?:his|her|their|that) (?:first )?appeal|on appeal|supreme court|upheld|overturned|appellate",
        ),
    ),
    (
        "verdict",
        _rule(
            r"приговор\w*|осужден\w*|осудил\w*|признал\w* (?:\S+ ){0,3}винов\w+|(?:дали|дал|отправил\w*) (?:\S+ ){0,2}(?:лет|года?|в колонию)|(?:дали|получил\w*) \S+ (?:лет|года)|выиграл\w* дело|оправда\w+|признан\w* винов\w+|получил\w* (?:\w+ ){0,3}(?:лет|года?|срок\w*)|суд назначил\w*|назначил\w* (?:ему|наказание)|(?:лет|года?|месяц\w+) (?:колонии|лишения свободы|тюрьмы|строгого режима)",
            r"вирок\w*|засуд\w+|визна\w+ (?:\S+ ){0,2}винн\w+|(?:дав|дали|отримав) (?:\S+ ){0,3}(?:років|роки)|звільни\w+ (?:\w+ )?від (?:кримінальної )?(?:відповідальності|покарання)|судили|виправда\w+|(?:років|роки|рік) (?:ув'язнення|ув’язнення|позбавлення волі|тюрми|в'язниці)|призначив\w* покарання",
            r"sentenced|convicted|found guilty|verdict|pleaded guilty|conviction|jailed|jails|got (?:\w+ )?(?:and a half )?(?:days|months|years)|years? in prison|prison term|condemned|acquitted",
        ),
    ),
    (
        "charge",
        _rule(
            r"возбу\w+ (?:\w+ ){0,3}дел\w*|заве\w+ (?:\w+ ){0,3}дел\w*|уголовн\w+ дел\w*|обвин\w+|подозрени\w+|запросил\w* \w+ (?:лет|год)|материалы (?:\w+ )?переданы|подозрева(?:емы\w+|ется|ются|ют в)|заподозр\w+ в|задержа\w+|арестова\w+|под страж\w+|установило следствие|по версии следствия|следователями|следователи|передан\w* в суд|в розыск\w*|судят|грозит до|под суд|предстан\w+ перед судом|подсудим\w+",
            r"кримінальн\w+ (?:провадж|справ)\w*|лав\w+ підсудних|підсудн\w+|(?:суд|суддя) арештува\w+|підозр\w+|затрима\w+|під варт\w+|судять|справу передали|загрожує до|обвинува\w+|слідч\w+|слідств\w+|розшук\w*|запобіжн\w+ захід\w*|оголо\w+ підозр\w*",
            r"charged|charges|(?:stands?|goes|on|faces?) trial|sought (?:\w+ )?(?:years|months)|opened a case|indict\w+|arrested|in custody|suspected of|prosecutors|opened a case|opened an investigation|court[- ]martial\w*|court heard|pre-trial",
        ),
    ),
)
_STATISTICS: Final = _rule(
    r"статистик\w*|(?:в|у) (?:\w+ )?раз\w* больше|в полтора раза|с начала (?:года|войны|вторжения|мобилизации|полномасштабн\w+)|за (?:\w+ ){0,2}(?:год|полугодие|квартал|месяц\w*|лет)(?= \w+ (?:дел|приговор|случа|суд))",
    r"\d(?:[\d\s.,]*\d)?\s?(?:тыс\w*\.?|тысяч\w*)?\s?(?:уголовн\w+ )?(?:дел|приговор\w*|случа\w+|дезертир\w*)",
    r"\d+[\d\s.,]* ?(?:тис\w*\.?|тисяч\w*)?\s?(?:кримінальн\w+ )?(?:проваджен\w*|справ|вирок\w*|випадк\w+)|утричі|удвічі|втричі|вдвічі|зросл\w+|за даними офісу генпрокурора",
    r"\d[\d,.]*\s?(?:thousand )?(?:criminal )?(?:cases|desertions|deserters|proceedings|prosecutions|verdicts|convictions|executions)|statistics|figures|tens of thousands|hundreds of thousands|doubled|have doubled|tripled|(?:over|more than|some|nearly|about) [\d,. ]+ (?:\w+ ){0,2}(?:soldiers|servicemen|men|troops|people) (?:have been charged|have been convicted|deserted|have deserted|were executed)|number of (?:cases|desertions|deserters)|counted|стали чаще|сотни тысяч|сотні тисяч|десятки тысяч|десятки тисяч",
    r"(?:сто|две|три|четыре|пять|десять|\d+) тысяч\w* дел|понад (?:\S+ )?тисяч\w* (?:бійців|військов\w+|солдатів)|(?:количество|число|кількість) (?:дел|дезертир\w*|приговор\w*|справ|проваджень|випадків|случаев|самовол\w*)|насчитал\w*|подсчита\w*|порахува\w+|(?:дел|приговор\w*|случа\w+) \w* ?в день|(?:выросл|вырос|зросл|зріс)\w* (?:в|у)?\s?(?:\w+ раз\w*|вдвое|втрое|вчетверо|впятеро|вдвічі|втричі|вчетверо|вп'ятеро)|щомісяця|ежемесячно|(?:rose|grew|increased|jumped) (?:\w+fold|by \d+)|(?:leaked|official|prosecutors'?) data|тисяч\w* (?:\w+ )?(?:дезертир\w*|військов\w*|бійців|солдатів)|\d[\d,]* (?:\w+ )?(?:verdicts|convictions|soldiers have deserted|desertion cases)|\d[\d,]* \w+ soldiers have deserted|(?:convicted|sentenced|charged) (?:more than |over |some |about |at least )?[\d,]{4,} \w+|осуди\w+ (?:\w+ )?[\d,]+ тысяч\w* \w+|число заявлений|кількість заяв",
)
# Of the above, what outweighs a charge or a verdict named beside it.
_MANY: Final = re.compile(
    r"\d{3}|тысяч|тисяч|thousand|doubled|tripled|раза? больше|fold|вчетверо|впятеро|в день|вдвічі|удвічі|втричі|кількість|количество|число|number of",
    re.IGNORECASE,
)
_COMMENTARY: Final = _rule(
    r"инструкци\w+|объясня\w+|законопроект\w*|психолог\w*|историк\w*|исследовани\w+|воспоминани\w+|нужно продлить|разъясн\w+|коммента\w+ к|что грозит|чем грозит|памятк\w+|курсов\w+|научн\w+ стать\w+|диссертац\w+|состав\w* преступлени\w+|юрист\w* (?:объясн|рассказ|разъясн|советует)\w*|правов\w+ коллизи\w+|мнени\w+|колонк\w+|автор\w*|доцент\w*|профессор\w*|справка о|наказывается|караются|предусматрива\w+|как (?:уволиться|отказаться|расторгнуть)|эксперт\w*",
    r"інструкці\w+|поясню\w+|пояснил\w*|законопро[єе]кт\w*|психолог\w*|історик\w*|дослідженн\w+|спогад\w+|роз'ясн\w+|роз’ясн\w+|коментар\w* до|що (?:загрожує|буде)|пам'ятк\w+|пам’ятк\w+|карається|караються|текст статті|адвокат\w* (?:поясн|розпові)\w*|юрист\w* (?:поясн|розпові)\w*|думк\w+|експерт\w*|науков\w+",
    r"explain\w*|historian\w*|psychologist\w*|a guide|parliament (?:has )?(?:voted|passed|approved)|a bill|rebuilt their lives|memoir\w*|analysis|opinion|is a (?:crime|charge|offen[cs]e)|is military shorthand|commentary|op-ed|blogger|novel|essay|scholars?|under (?:the )?law|shall be punished|defined as|guide to|lawyers? advises?|experts? explain",
)
_HISTORICAL: Final = _rule(
    r"велик\w+ отечественн\w+|втор\w+ миров\w+|перв\w+ миров\w+|гражданск\w+ войн\w+|афганск\w+ войн\w+|вьетнам\w*|финск\w+ войн\w+|афганистан\w*|чеченск\w+ (?:войн|кампани)\w+|красноарме\w+|красн\w+ арми\w+|нквд|ссср|советск\w+ (?:арми|солдат|воен)\w+|вермахт\w*|царск\w+ арми\w+|(?:в )?российской империи|крестьян\w*|римск\w+|наполеон\w*|декабрист\w*|штрафн\w+ рот\w*|приказ\w* (?:№ ?|номер )?227|смерш",
    r"друг\w+ світов\w+|перш\w+ світов\w+|радянськ\w+|упа|червон\w+ армі\w+|німецько-радянськ\w+|срср",
    r"world war|great war|ww(?:i|ii|1|2)|civil war|vietnam(?: war)?|soviet deserters|afghan war|korean war|gulf war|napoleon\w*|confedera\w+|union army|roman (?:army|soldiers|legion\w*)|red army|wehrmacht|eastern front|western front|in antiquity|medieval|revolutionary war|war of independence|crimean war|boer war|war of 1812|shot at dawn|nazi\w*|soviet (?:army|soldiers|union)|(?:1[5-9]th|nineteenth|eighteenth)[- ]century|regency|tommies|kaiser",
)
_MONTH: Final = (
    r"январ\w+|феврал\w+|март\w*|апрел\w+|ма[яей]|июн\w+|июл\w+|август\w*|сентябр\w+|октябр\w+|ноябр\w+|декабр\w+|"
    r"січн\w+|лют\w+|берез\w+|квіт\w+|травн\w+|черв\w+|липн\w+|серпн\w+|верес\w+|жовт\w+|листопад\w*|груд\w+|"
    r"january|february|march|april|may|june|july|august|september|october|november|december"
)
# Four digits are a year after a preposition or a month, or before the word.
_YEAR_AFTER: Final = re.compile(
    rf"в|у|с|з|до|по|к|in|of|since|by|from|until|till|after|around|between|and|to|{_MONTH}",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(
    r"(1[0-9]{3}|20[0-3][0-9])(?![\d%]|[.,]\d)(?!\s?(?:руб|грн|долл|км|м\b|чел|soldier|men|солдат|воен))",
    re.IGNORECASE,
)
_YEAR_BEFORE: Final = re.compile(
    r"(?<![\d.,№])(1[0-9]{3}|20[0-3][0-9])(?=(?:-\w{1,2})?\s?(?:г\.|г\b|год|гг|р\.|рок|році))",
    re.IGNORECASE,
)
# What may hold one, and how much behind it tells.
_MAYBE_YEAR: Final = _rule(r"\w*?(?:1[0-9]{3}|20[0-3][0-9])\w*")
_RUN: Final = re.compile(r"\w+")
_BEHIND_YEAR: Final = 8
_RECENT_YEAR: Final = 2014
_NOW: Final = _rule(
    r"сво|спецопераци\w*|вторжени\w+|полномасштабн\w+|мобилизаци\w+|тцк|зсу|всу|сзч|дбр|вторгнення|повномасштабн\w+|росгвард\w+|чвк|вагнер\w*|telegram|телеграм\w*|зеленск\w+|зеленськ\w+|путин\w*|путін\w*|putin|zelensky\w*|дрон\w*|drones?|full-scale|today|yesterday|this (?:week|year|month)|сегодня|вчера|сьогодні|вчора"
)


_STRONG_NUMBERS: Final = frozenset(rule.number for rule in _STRONG.values())
_WEAK_NUMBERS: Final = frozenset(rule.number for rule in _WEAK.values())
_STAGE_NUMBERS: Final = frozenset(
    rule.number for rule in (_STATISTICS, _COMMENTARY, *(rule for _, rule in _STAGES))
)
_OLD_NUMBERS: Final = frozenset((_HISTORICAL.number, _MAYBE_YEAR.number))


def find_facets(document: Document, sentences: Iterable[Span] = ()) -> Facets:
    """The facets of a text that matched; `sentences` are those with matches, asked first."""
    return _facets(document, sentences, _RULES.of(_whole(document)))


def facets_of(analysis: Analysis, sentences: Iterable[Span] = ()) -> Facets:
    """The same of a text that is cut already: faster."""
    document = analysis.document
    shift = len(document.title) + len(_BETWEEN)
    return _facets(document, sentences, _RULES.of_analysis(_whole(document), analysis, shift))


def _facets(document: Document, sentences: Iterable[Span], whole: RuleText) -> Facets:
    if whole.is_empty:
        return _NOTHING
    near = _BETWEEN.join(_slice(document, span) for span in sentences)
    beside = _fold(f"{document.title}{_BETWEEN}{near}") if document.title or near else ""
    nearest = _RULES.of(beside)
    title = _RULES.of(_fold(document.title))
    evidence: dict[str, tuple[str, ...]] = {}
    army, why = _army(nearest, whole)
    if why:
        evidence["army"] = why
    stage, why = _stage(title, nearest, whole)
    if why:
        evidence["stage"] = why
    era, why = _era(whole)
    if why:
        evidence["era"] = why
    return Facets(army, stage, era, evidence)


def facets_at(document: Document, passages: Sequence[Span], entry: Span, *, shared: bool) -> Facets:
    """The facets of one match: from its passages, then their entry, then the item.

    `passages` are the sentences that assert the topic. Where the entry holds matches of other
    topics too (`shared`), its verdict or date may be theirs: stage is then asked of these
    passages alone.
    """
    own = _RULES.of(_fold(_BETWEEN.join(_slice(document, span) for span in passages)))
    around = _RULES.of(_fold(_slice(document, entry)))
    whole = _RULES.of(_whole(document))
    if own.is_empty and around.is_empty and whole.is_empty:
        return _NOTHING
    title = _RULES.of(_fold(document.title))
    evidence: dict[str, tuple[str, ...]] = {}
    roundup = entry.end - entry.start < len(document.text)
    army, why = _army_at((own, around), whole, roundup=roundup)
    if why:
        evidence["army"] = why
    stage, why = _stage(_RULES.of(""), own, own) if shared else _stage(title, own, around)
    if why:
        evidence["stage"] = why
    era, why = _era_at((own, around) if shared else (own, around, whole))
    if why:
        evidence["era"] = why
    return Facets(army, stage, era, evidence)


def _army_at(
    near: Sequence[RuleText], whole: RuleText, *, roundup: bool
) -> tuple[Army, tuple[str, ...]]:
    """The nearest place that names an army outright, then the nearest whose towns hint at one.

    Of a roundup a town in the entry tells more than an army named in another.
    """
    for places in (near, (whole,)) if roundup else ((*near, whole),):
        for place in places:
            if place.has_any(_STRONG_NUMBERS):
                found = {army: place.first(rule, _EVIDENCE) for army, rule in _STRONG.items()}
                best = _winner(found)
                if best:
                    return best, found[best]
        for place in places:
            army, why = _hinted(place)
            if army != "unknown":
                return army, why
    return "unknown", ()


def _era_at(places: Sequence[RuleText]) -> tuple[Era, tuple[str, ...]]:
    """The nearest place that dates the event."""
    for place in places:
        era, why = _era(place)
        if era == "historical":
            return era, why
        if place.first(_NOW, 1) or any(year >= _RECENT_YEAR for year in _years(place)):
            return "now", ()
    return "now", ()


def _whole(document: Document) -> str:
    return _fold(f"{document.title}{_BETWEEN}{document.text}")


def _fold(text: str) -> str:
    return text.replace("ё", "е").replace("Ё", "Е").replace("’", "'").replace("ʼ", "'")


def _slice(document: Document, span: Span) -> str:
    return document.field(span.field)[span.start : span.end] if span.field in (TITLE, TEXT) else ""


def _army(nearest: RuleText, whole: RuleText) -> tuple[Army, tuple[str, ...]]:
    """The nearest text that tells decides: the sentences that matched, then all of it."""
    for place in (nearest, whole):
        if not place.has_any(_STRONG_NUMBERS):
            continue
        found = {army: place.first(rule, _EVIDENCE) for army, rule in _STRONG.items()}
        best = _winner(found)
        if best:
            return best, found[best]
    return _hinted(whole)


def _hinted(whole: RuleText) -> tuple[Army, tuple[str, ...]]:
    """The one army whose towns and courts a text names, those it is sent to aside."""
    if not whole.has_any(_WEAK_NUMBERS):
        return "unknown", ()
    quiet = whole.without(_DESTINATION)
    if quiet is not None:
        whole = _RULES.of(quiet)
    found = {army: whole.first(rule, _EVIDENCE) for army, rule in _WEAK.items()}
    present = [army for army, words in found.items() if words]
    if len(present) == 1:
        return present[0], found[present[0]]
    return "unknown", ()


def _winner(found: Mapping[Army, Sequence[str]]) -> Army | None:
    """The army named more often; none where two are named alike."""
    if not any(found.values()):
        return None
    counts = sorted(
        ((len({w.casefold() for w in words}), army) for army, words in found.items()), reverse=True
    )
    if counts[0][0] == counts[1][0]:
        return None
    return counts[0][1]


def _stage(title: RuleText, nearest: RuleText, whole: RuleText) -> tuple[Stage, tuple[str, ...]]:
    if not whole.has_any(_STAGE_NUMBERS):
        return "report", ()
    counted = whole.first(_STATISTICS, _EVIDENCE)
    told = whole.first(_COMMENTARY, _EVIDENCE)
    titled = title.first(_COMMENTARY, _EVIDENCE)
    for stage, rule in _STAGES:
        words = nearest.first(rule, _EVIDENCE)
        if not words and stage != "charge":
            words = whole.first(rule, _EVIDENCE)
        if not words:
            continue
        if len(counted) >= 2 or any(_MANY.search(word) for word in counted):
            return "statistics", counted
        if len(told) >= 2 or titled:
            return "commentary", told
        return stage, words
    if counted:
        return "statistics", counted
    if told:
        return "commentary", told
    for stage, rule in _STAGES:
        words = whole.first(rule, _EVIDENCE)
        if words:
            return stage, words
    return "report", ()


def _era(whole: RuleText) -> tuple[Era, tuple[str, ...]]:
    if not whole.has_any(_OLD_NUMBERS):
        return "now", ()
    years = _years(whole)
    old = tuple(str(year) for year in years if year < _RECENT_YEAR)
    if any(year >= _RECENT_YEAR for year in years):
        return "now", ()
    words = whole.first(_HISTORICAL, _EVIDENCE)
    if (words or (old and len(old) == len(years))) and not whole.first(_NOW, 1):
        return "historical", (*words, *dict.fromkeys(old))[:_EVIDENCE]
    return "now", ()


def _years(whole: RuleText) -> list[int]:
    """All that is written as a year: only looked for where a number may be one."""
    years: list[int] = []
    text = whole.text
    for begin in whole.starts(_MAYBE_YEAR):
        start = begin
        year = _YEAR.match(text, start)
        if _is_no_event(text, begin):
            continue
        if year and _leads_to_year(text, start):
            years.append(int(year[1]))
            start = year.end()
        end = _RUN.match(text, start)
        if end:
            behind = _YEAR_BEFORE.finditer(text, start, end.end() + _BEHIND_YEAR)
            years += [int(found[1]) for found in behind if found.end() <= end.end()]
    return years


# A year that dates a person, a career, a law or a house, and no event of the report.
_NO_EVENT_BEFORE: Final = re.compile(
    r"(?:родил\w*|рожд\w+|народи\w+|born|birth|(?:служ\w+|служб\w+|в армии|в армію|контракт\w*|в рядах|на военной|serv\w+|enlisted|in the army|joined\w*|женат\w*|в браке|воюет|воює|работа\w+|працю\w+|живет|живе|lived|основан\w*|заснован\w*|создан\w*|построен\w*|founded|built|закон\w*|указ\w*|кодекс\w*|конвенци\w+|конвенці\w+|редакции|редакції|law|act|convention|выпускник\w*|окончил\w*|закінчи\w+|graduat\w+)\b[^.!?;]{0,24})\W+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_NO_EVENT_BEHIND: Final = re.compile(
    r"\w*[ )]*(?:-?го|-?х)?\s*(?:(?:г\.?|год\w*|рік|року|р\.)\s*)?(?:рожд\w+|народж\w+|г\.\s?р|р\.\s?н|н\.\s?р|постройки|выпуска|призыва)",
    re.IGNORECASE,
)
_BEFORE_YEAR: Final = 60


def _is_no_event(text: str, start: int) -> bool:
    """Whether a year is a birth, the beginning of a service, a law's: no date of the event."""
    if _NO_EVENT_BEFORE.search(text[max(0, start - _BEFORE_YEAR) : start]):
        return True
    digits = start
    while digits < len(text) and not text[digits].isdigit():
        digits += 1
    behind = _NO_EVENT_BEHIND.match(text, digits + 4)
    return behind is not None


def _leads_to_year(text: str, start: int) -> bool:
    """Whether a dash or bracket that no word touches stands before, or a word of `_YEAR_AFTER`."""
    if start and text[start - 1] in "(–—-":
        return start < 2 or not _is_letter(text[start - 2])
    if not start or not text[start - 1].isspace():
        return False
    begin = start - 1
    while begin and _is_letter(text[begin - 1]):
        begin -= 1
    return _YEAR_AFTER.fullmatch(text, begin, start - 1) is not None


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"
