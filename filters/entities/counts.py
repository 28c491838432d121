# ruff: noqa: E501 (tables of words read better unbroken)
"""How many: «около 60 контрактников», «двое военнослужащих», "at least 234 servicemen".

`count:60`; `count:~60` about, `count:>=60` at least or more, `count:<=60` at most,
`count:20..30` between. Only people in uniform or refusers are counted; the dead, wounded
and captured are not, nor what people have (hours, kilometres).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from filters.entities.numbers import NUMBER, at_least, value
from filters.entities.windows import Ranges, lazy, search

__all__ = ["ARMY_CUES", "CUES", "LONG_CUES", "find_counts"]

_STEMS: Final = (
    "солд воен конт моби боец бойц сроч дезе отка чело мужч росг морп матр деса офиц приз рядо резе пяти пехо штур нацг воин погр курс добр "
    "війс бійц моб мобі стро відм осіб люде особ чоло морп офіц ухил піхо окуп приз полі втік рядо вояк боєц люди захи уход укло укли бегл "
    "sold serv troo cons recr dese men peop refu cont rese mari guar pers offi draf sail figh para infa muti obje inva evad memb enli ново опол найм наем esca сбеж беж втек утек fled walk прик парн ребя хлоп леги legi чел серж лейт мичм ефре разв танк арти связ мино сапе снай спец розв зв'я утік airm crew gunn snip priv corp pilo avia sapp rifl stok прап лётч летч пило льот піло"
)
LONG_CUES: Final = (
    "самовол",
    "самовіл",
    "оставивш",
    "покинувш",
    "ушедш",
    "вдво",
    "втро",
    "вчетв",
    "впятер",
    "удвох",
    "утрьох",
    "втрьох",
)  # «само» would be every aeroplane
CUES: Final = frozenset(_STEMS.split()) | {"нас", "их", "us", "них"}

# People are counted only in a text with words of the army or of leaving it.
ARMY_CUES: Final = (
    CUES
    - frozenset(
        [
            "чело",
            "муж",
            "мужч",
            "люде",
            "люди",
            "осіб",
            "особ",
            "чоло",
            "peop",
            "men",
            "pers",
            "нас",
            "их",
            "us",
            "них",
            "нови",
            "нова",
            "пара",
        ]
    )
) | frozenset(
    [
        "отка",
        "отпр",
        "відп",
        "деза",
        "дезе",
        "само",
        "сбеж",
        "поки",
        "оста",
        "подв",
        "удер",
        "служ",
        "воев",
        "моби",
        "фрон",
        "част",
        "соч",
        "сзч",
        "конт",
        "рот",
        "рота",
        "роты",
        "роту",
        "взво",
        "відм",
        "втек",
        "утек",
        "зали",
        "підв",
        "утри",
        "пози",
        "бриг",
        "диви",
        "диві",
        "полк",
        "шток",
        "штор",
        "refu",
        "dese",
        "fled",
        "awol",
        "unit",
        "serv",
        "held",
        "batt",
        "briga",
        "гарн",
        "ротн",
        "garr",
        "brig",
        "regi",
        "fron",
        "mobi",
        "army",
        "walk",
        "draf",
        "enli",
        "comm",
        "laid",
        "arms",
        "кома",
        "оруж",
        "збро",
    ]
)

_WHO: Final = (
    r"(?:солдат\w*|военнослужащ\w*|военн(?:ых|ым|ыми|ые)|контрактник\w*|мобилизованн\w*|мобик\w*|бойц\w*|срочник\w*|дезертир\w*|отказник\w*|отказавш\w*|росгвардейц\w*|десантник\w*|матрос\w*|морпех\w*|офицер\w*|призывник\w*|резервист\w*|"
    r"штурмовик\w*|пехотинц\w*|нацгвардейц\w*|пограничник\w*|добровольц\w*|рядов(?:ых|ым|ыми)|«?пятисот(?:ых|ым|ыми|ые)»?|новобран\w*|ополченц\w*|разведчик\w*|танкист\w*|артиллерист\w*|связист\w*|минометчик\w*|сапер\w*|снайпер\w*|спецназовц\w*|доброволец|наемник\w*|легионер\w*|легіонер\w*|сержантов|лейтенантов|прапорщиков|ефрейторов|л[её]тчик(?:ов|ам|ами)|пилотов|беглец\w*|беглых|(?:ушедш|сбежавш|бежавш|покинувш|оставивш)(?:их|им|ими)|уклонист\w*|самовольщик\w*|человек(?:а|ам|ами)?|чел\.(?!\w)|мужчин\w*|воин\w*|курсант\w*|парней|ребят|хлопців|"
    r"військовослужбов(?:ц|ец)\w*|військов(?:их|им|ими|і)|бійц\w*|боєць|мобілізован\w*|строковик\w*|відмовник\w*|осіб|особ[аи]|людей|чоловік\w*|офіцер\w*|морпіх\w*|піхотинц\w*|окупант\w*|ухилянт\w*|прикордонник\w*|добровольц\w*|[ву]тікач\w*|самовільник\w*|нацгвардійц\w*|п'ятисот(?:их|і)|резервіст\w*|вояк\w*|новобран\w*|найманц\w*|захисник\w*|розвідник\w*|танкіст\w*|артилерист\w*|зв'язківц\w*|доброволець|спецназівц\w*|сержантів|льотчик(?:ів|ам|ами)|пілотів|"
    r"soldiers?|servicem[ae]n|service ?members?|servicewom[ae]n|troops|conscripts?|recruits?|deserters?|refuseniks?|refusers?|contract soldiers?|contractors|reservists?|marines?|(?:national )?guardsm[ae]n|military personnel|officers?|people|men|personnel|draftees|sailors?|fighters?|paratroopers?|infantrym[ae]n|airm[ae]n|tank crews?|tank crew members?|crewm[ae]n|tankers|gunners|snipers|draft dodgers?|draft evaders?|mutineers?|legionnaires?|invaders|enlisted men|new recruits|privates|corporals|sergeants|pilots|aviators|sappers|riflemen|stokers|members? of (?:the )?(?:[A-Z]\w+ ){0,2}(?:Rosgvardi\w+|[Ll]egion|[Mm]ilitia|[Gg]uard|[Ff]orces|[Aa]rmy|unit|battalion|brigade|regiment)|conscientious objectors?)"
)
_PEOPLE: Final = lazy(
    r"(?<!military )(?<!\w)(?:человек\w*|чел\.|мужчин\w*|парней|ребят|хлопців|осіб|особ[аи]|людей|чоловік\w*|people|men|personnel)$",
    re.IGNORECASE,
)
_LEAST: Final = r"(?:как )?минимум|не менее(?: чем)?|не меньше(?: чем)?|больше(?: чем)?|более(?: чем)?|свыше|по меньшей мере|по крайней мере|щонайменше|мінімум|не менше(?: ніж| як)?|понад|більше(?: ніж| як)?|більш (?:ніж|як)|принаймні|від|more than|at least|over|no fewer than|no less than|upwards of|a minimum of|in excess of"
_MOST: Final = r"до|максимум|не более(?: чем)?|не больше(?: чем)?|не більше(?: ніж| як)?|щонайбільше|up to|at most|no more than|as many as|fewer than|less than|менее|меньше|менше(?: ніж| як)?"
_FEW: Final = lazy(
    r"(?<!\w)(?:several|a few|few|many|some|несколько|нескольких|несколькими|нескольким|кілька|декілька|кількох|кількома"
    r"|(?P<couple>пару|пара|пары|a couple(?: of)?)|(?P<half>half a))\s$",
    re.IGNORECASE,
)
_SOME: Final = lazy(r"(?<!\w)[сз]\s$", re.IGNORECASE)
_ABOUT: Final = r"около|порядка|примерно|приблизительно|почти|без малого|близко к|близько|приблизно|орієнтовно|майже|десь|где-то|about|around|some|roughly|nearly|almost|approximately|an estimated|circa"
_ADJECTIVE: Final = (
    r"(?:(?:(?:хорошо|добре|недавно|свеже|щойно|тяжело|well|newly|badly)[\s-])?(?:[«\"]?(?:российск|украинск|росс|псковск|молод|мобилизованн|контрактн|російськ|українськ|воен|бывш|свои|таки|наши|друг|инши|інши|рядов|колишн|озброєн|вооруженн|пьян|п'ян|такі|їхні|наші|строков|добровольц|насильно|силоміць|солдат-|бурятск|тувинск|чеченск|белорусск|ізраїльськ|израильск)\w*|[а-яіїєґ]{3,}(?:ых|их|ыми|ими)|"
    r"(?:(?-i:[A-Z][\w.-]+(?:\sand\s[A-Z][\w.-]+)?)|contract|(?!hundred)[a-z]{3,}(?:ed|ish)|military|mobili[sz]ed|young|drafted|his|its|our|other|enlisted|fellow|newly|conscripted|armed|active-duty|army|of|its|their|such|former|more)|(?:whole |entire )?)\s+){0,3}?"
)
_NUM: Final = NUMBER
_COUNT: Final = lazy(
    rf"(?<![\w.,№$€/:-])(?:(?P<from>от|від|з|с|between|from)\s+(?P<low>{_NUM})\s+(?:до|and|to|по)\s+|(?:(?P<least>{_LEAST})|(?P<most>{_MOST})|(?P<about>{_ABOUT}))\s+(?:(?:as many as|a|an|the|ніж)\s+)?)?"
    rf"(?:(?P<first>\d+|(?!(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-)\w[\w']*)(?:-|\s(?:to|or|или|чи|або)\s)(?=\d|fif|twen|thir|for|six|sev|eig|nin|ten|elev|дв|тр|чет|чот|п'?я|ш|с|в|д))?(?P<number>{_NUM})(?P<of>\sof\s(?:hundreds|thousands|millions)(?!\w))?(?P<odd>\s(?:с\sлишним|с\sнебольшим|с\sгаком|[зі]+\sлишком|з\sгаком|odd)(?:\s(?P<times>тысяч\w*|тисяч\w*|сотн\w*|сот[еі]нь?|сотням|десятк\w+|thousand|hundred))?(?!\w))?(?:-?(?:ти|х|ми|м|ро|еро|мя|тьох)(?!\w))?\s+(?:из\s|з\s|of\s)?(?:the\s|these\s|those\s|our\s|his\s|наших\s|этих\s)?{_ADJECTIVE}(?P<who>{_WHO})(?!\w)",
    re.IGNORECASE,
)
# «нас 47 человек», "14 of them", «оба солдата», «27 из них», «пара солдат»
_BOTH: Final = lazy(
    r"(?<!\w)(?P<both>пар[ау]|оба|обоих|обидва|обох|both)\s+(?:the\s)?(?P<who>солдат\w*|военнослужащ\w*|военных|бойц\w*|контрактник\w*|дезертир\w*|сержант\w*|матрос\w*|офицер\w*|офіцер\w*|десантник\w*|срочник\w*|військов\w+|бійц\w*|строковик\w*|soldiers|servicemen|men|deserters|conscripts|marines|sergeants|sailors|officers)(?!\w)",
    re.IGNORECASE,
)
# Those who do it are people: "more than twenty refused", «отказались трое».
_DID: Final = lazy(
    rf"(?<![\w.,№$€/:-])(?:(?P<least>{_LEAST})\s|(?P<most>{_MOST})\s|(?P<about>{_ABOUT})\s)?(?P<number>{_NUM})\s(?:more\s)?(?:(?:have|had)\s(?:already\s)?)?(?:отказал(?:ись|ся)|сбежал[аи]?|дезертировал[аи]?|самовольно|самовільно|покинул[аи]\sчаст|не\sвернул(?:ись|ся)\sв\sчаст|refused(?:\sto|(?=\s?[.,;\"”]))|deserted|went\sAWOL|fled|escaped|walked\sout|відмовил(?:ись|ися)|втекл[аи]|дезертирувал[аи]?)(?!\w)",
    re.IGNORECASE,
)
_NUMBERED: Final = lazy(r"(?:units?|част\w*|в/ч|вч|№|N|No\.?)\s?$", re.IGNORECASE)
_TOGETHER: Final = r"(?:двое|трое|четверо|пятеро|шестеро|семеро|восьмеро|девятеро|десятеро|двоих|троих|четверых|пятерых|шестерых|двоим|троим|двоє|троє|п'ятеро|двох|трьох|чотирьох|двом|трьом)"
_DONE_BY: Final = lazy(
    rf"(?<!\w)(?:(?:отказались|сбежали|дезертировали|відмовил(?:ись|ися)|втекли|дезертирували)\s|(?P<more>ещ[её]|ще)\s)(?P<number>{_TOGETHER})(?=\s?[.,;:!)]|$|\s[а-яіїє]+)",
    re.IGNORECASE,
)
# What a text must hold for these to be worth a search.
_US: Final = (" us", " нас", " them", " них")
_THEM: Final = ("их ", "нас ", "Нас ", "Их ", "їх ", "Їх ")
_DEEDS: Final = (
    *(
        "отказал",
        "тказались",
        "сбежал",
        "амовольн",
        "амовільн",
        "окинул",
        "вернул",
        "езертир",
        "refused",
        "desert",
        "AWOL",
        "fled",
        "escaped",
    ),
    *("walked out", "ідмовил", "втекл", "ещё ", "еще ", "ще "),
)
# «контрактников шестьдесят»: about so many
_TURNED: Final = lazy(
    rf"(?<!\w)(?:солдат|человек|военных|контрактников|мобилизованных|бойцов|военнослужащих|дезертиров|отказников|осіб|бійців|військових|мобілізованих)\s(?P<number>{_NUM})(?=\s?[.,;)](?!\d)|\s(?:из|не|было|уже|отказ|сбеж|ушл|собра|сид|держ|з|вже|було|відмов|пішл|втек))",
    re.IGNORECASE,
)
_OF_US: Final = lazy(
    rf"(?<![\w.,№$€/-])(?P<number>{_NUM})\s(?:of (?:us|(?P<them>them))|(?:из|із|з) (?:нас|(?P<there>них)))(?!\w)",
    re.IGNORECASE,
)
# «Их там десятки», «нас уже сорок»
_THEY_ARE: Final = lazy(
    rf"(?<!\w)(?:их|нас|їх)\s(?:(?:там|здесь|тут|уже|вже|было|було|набралось|набралося)\s){{1,2}}(?P<number>{_NUM})(?=\s?[.,;:!—]|$)",
    re.IGNORECASE,
)
# «солдаты втроём ушли»
_IN_COMPANY: Final = lazy(
    rf"(?<!\w)(?P<who>{_WHO})\s(?P<number>вдво[её]м|втро[её]м|вчетвером|впятером|удвох|вдвох|утрьох|втрьох)(?!\w)",
    re.IGNORECASE,
)
_COMPANY: Final = (
    ("двоем", 2),
    ("двоём", 2),
    ("трое", 3),
    ("троё", 3),
    ("чет", 4),
    ("пят", 5),
    ("двох", 2),
    ("трьох", 3),
)
_COUNTED_BEFORE: Final = 240  # letters
_ONE_MORE: Final = lazy(
    rf"\s+(?:и|та|і|й|and)\s+(?P<number>{_NUM})\s+(?P<who>{_WHO}|офицер\w*|офіцер\w*|сержант\w*|лейтенант\w*|sergeants?|corporals?|lieutenants?|captains?|privates?)(?!\w)",
    re.IGNORECASE,
)
# "1,700 of the 2,300 soldiers"
_OF: Final = lazy(
    rf"(?<![\w.,№$€/-])(?P<number>{NUMBER})\s(?:of(?:\s(?:the|these|those|its|some|about))?|из|з|із)\s$",
    re.IGNORECASE,
)
_LOSS: Final = lazy(
    r"(?<!\w)(?:погиб\w*|убит\w*|убил\w*|ранен\w*|ранил[оиа]?|поранил[оиа]?|injur\w*|потерял\w*|потер[ьия]\w*|пленн\w*|плен(?:у|а|ом)?(?!\w)|взорвал\w*|подорвал\w*|загин\w*|вбит\w*|поранен\w*|втрат\w*|полон[іу]?(?!\w)|полонен\w*|killed|dead(?!ly)|died|wounded|(?<!get )lost|losing|casualt\w*|captured|(?<!to )(?<!the )deaths?(?! sentence| penalt)|ликвидир\w*|уничтож\w*|знищ\w*|ліквід\w*|пострада\w*|похорон\w*|захоронен\w*|buried|[23]00-?(?:х|е|ых)|(?:трех|двух|трьох|двох)сот(?:ых|ые|ый|ого|их|і|ий))",
    re.IGNORECASE,
)
# «потери за сутки составили более 250 военнослужащих», «имена 80 тысяч военных, погибших»
_LOSSES: Final = lazy(
    r"(?<!\w)(?:потер(?:и|ь|ях|ями)|потеря(?:л|ла|ли|в|ло)|втрат(?:и|ив|ила|или|ах)|losses|останки|тела|тіла|гибел\w+|загибел\w+|обмен\w*|обмін\w*|военнопленн\w+|полонен\w+)(?!\w)",
    re.IGNORECASE,
)
_WHO_DIED: Final = lazy(
    r",\s(?:погибш|убит|загибл|ранен|поранен|попавш|who (?:died|were killed))", re.IGNORECASE
)
# «17 военных объектов»: no people
_ADJECTIVAL: Final = lazy(
    r"(?:военн(?:ых|ые|ым|ыми)|військов(?:их|і|им|ими))\s(?:[\w-]+(?:ых|их)\s)?(?:объект|самол[её]т|в[еі]ртол[её]?т|гел[иі]копт|кораб|баз|источник|джерел|част|аэродром|аеродром|машин|автомоб|грузов|вант|конфликт|конфл[іи]кт|суд|преступлен|злочин|лагер|таб[оі]р|город|м[іи]ст|училищ|округ|операц|завод|склад|полигон|пол[іи]гон|учени|навчан|действ|д[іи]й|сбор|кладбищ|кладовищ|парад|поезд|поїзд|адм[иі]н[иі]страц|л[іи]так|спутник|супутник|об'єкт|госпитал|шпитал|хроник|блог|прокур|след|слідч|корр?еспонд)",
    re.IGNORECASE,
)
_ACCIDENT: Final = lazy(
    r"пострада|постражда|скончал|помер|травм|на борту|борт[уа]? судн|самол[её]т|авари|авар[іи]|\bДТП|пожар|пожеж|обстрел|обстр[іи]л|заблокирован|завал|общежит|турист|кредит|пользовател|користувач|аудитори|посетител|зарази|забол[ео]|больниц|лікарн|преступник|заключ[её]нн|хостел|стадион|выставк|провалил|взрыв|вибух|injured|passengers|crash|on board|tourists|audience|(?<!\w)users",
    re.IGNORECASE,
)
_SENTENCE_STOP: Final = lazy(r"[.!?]\s+(?=[A-ZА-ЯЁІЇЄҐ«\"—])|\n")
# Words of soldiers and refusers that are nothing else.
_ARMED: Final = lazy(
    r"отказ(?!ал[оаи]? (?:генератор|двигател|тормоз|мотор))|дезерт|самовол|самов[іо]л|воен|воева|солдат|моб[иі]л[иі]з|фронт|(?<!\w)(?:СОЧ|СЗЧ|ВСУ|ЗСУ|AWOL|ТЦК)(?!\w)|контрактник|(?<!\w)рот[ауые](?!\w)|(?<!\w)ротн(?:ый|ий|ого|ому|ым|им)(?!\w)|гарнизон|гарнізон|(?:стать\w+|статт\w+|ст\.)\s(?:33[2789]|40[2789])|взвод|батал|(?<!\w)полк[аоу]?м?(?!\w)|бригад|див[иі]з|штурм|боец|бойц|боєц|бійц|(?<!\w)арм[иі]|войск|військ|военком|призыв|призов|уклон|ухил|пятисот|п'ятисот|пятьсот|личн\w+ состав|особов\w+ склад|командир|(?<=на )позици|(?<=с )позици|(?<=свои )позици|боев\w+ позици|позиці[йїя](?=[ .,;)])|подвал|підвал|на передов|\w[бп]р(?!\w)|оруж|збро|матрос|морпех|морпіх|відмов|втекл|покин\w+ част|залишил\w* част|сбеж|утек|шторм|окоп|десант|служит|служат|окупант|оккупант|підрозділ|подразделен|(?:в|из|свою) част[иь](?!\w)|отправк\w+ (?:в Украин|на (?:войн|фронт|Украин))|(?:в|зі|з) частин[иі](?!\w)|Росгвард"
    r"|refus|desert|soldier|troops|conscript|mobili[sz]|(?<!\w)army|military|battalion|brigade|regiment|platoon|infantry|marine|front ?line|deploy|barracks|draft|recruit|mutin|commander|laid down|walked out|enlist|fled|(?<!\w)unit(?!\w)|officer|guardsm[ae]n|national guard",
    re.IGNORECASE,
)
# A town's people, an audience, those who fled the shelling.
_CIVIL: Final = lazy(
    r"населени|(?<!\w)жител|проживал|эвакуир|эвакуац|мирных|зрител|избирател|пассажир|митинг|населенн|мешкан|евакуй|евакуац|цивільн|глядач|пасажир|мирних|population|residents|inhabitant|civilian|evacuat|villagers|voters|passengers|(?:town|village|city)\b[^.]{0,50}\b(?:had|lost)|before the war|до войны|до війни",
    re.IGNORECASE,
)
_NOT_PEOPLE: Final = lazy(
    r"\s+(?:лет|год|час|сут|дн[яей]|км|тыс\w* руб|рублей|годин|діб|днів|years?|days|hours|miles|км)",
    re.IGNORECASE,
)


def _has(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def _by_deed(text: str, ranges: Ranges | None) -> Iterator[tuple[str, int, int, bool]]:
    """Numbers without a noun, of those who refuse or desert, and of «ещё двое» after a count."""
    if not _has(text, _DEEDS):
        return
    for found in search(_DID, text, ranges):
        number, least = value(found["number"]), bool(found["least"])
        if number is None:  # "Hundreds have refused"
            number, least = at_least(found["number"]), True
        if _NUMBERED.search(text, max(0, found.start() - 14), found.start()):
            continue  # «в/ч 31135 отказались»
        if number and number > 1 and _in_uniform(text, found.start(), found.end(), besides=True):
            mark = ">=" if least else "<=" if found["most"] else "~" if found["about"] else ""
            yield f"count:{mark}{_written(number)}", found.start(), found.end("number"), False
    for found in search(_DONE_BY, text, ranges):
        number = value(found["number"])
        told = _COUNT.search(text, max(0, found.start() - 90), found.start())
        if found["more"] and (told is None or _PEOPLE.search(told["who"])):
            continue
        if not number or _lost(text, found.start("number"), found.end()):
            continue
        if _in_uniform(text, found.start(), found.end(), besides=True):
            yield f"count:{_written(number)}", *found.span("number"), False


def find_counts(text: str, ranges: Ranges | None = None) -> Iterator[tuple[str, int, int, bool]]:
    """(id, start, end, inferred) of the numbers of people a text counts; the text as `plain`
    makes it."""
    taken: list[tuple[int, int]] = []
    for name, start, end, inferred in (*_counted(text, ranges), *_by_deed(text, ranges)):
        if not any(low < end and start < high for low, high in taken):
            taken.append((start, end))
            yield name, start, end, inferred


def _counted(text: str, ranges: Ranges | None) -> Iterator[tuple[str, int, int, bool]]:
    for found in search(_COUNT, text, ranges):
        number = value(found["number"])
        vague = _vague(text, found, number)
        if vague:
            number = vague[1]
        if number is None or number < 1:
            continue
        if found["first"] and value(found["first"]) is None:
            continue  # «Су-27 истребителей»
        if _lost(text, found.start(), found.end()):
            continue
        who = found["who"]
        if _PEOPLE.search(who) and not _in_uniform(text, found.start(), found.end()):
            continue
        if _ADJECTIVAL.match(text, found.start("who")):
            continue
        if number < 2 and not _one(found):
            continue
        whole = _OF.search(text, max(0, found.start() - 40), found.start())
        part = value(whole["number"]) if whole else None
        if whole and part and part > 1 and "couple" not in whole["number"].lower():
            yield f"count:{_written(part)}", whole.start(), whole.end("number"), False
        if vague:
            mark, number, start = vague
            yield f"count:{mark}{_written(number)}", start, found.end(), False
            continue
        yield _name(found, number), found.start(), found.end(), False
        more = _ONE_MORE.match(text, found.end())
        second = value(more["number"]) if more else None
        if more and second and (second == 1 or not _COUNT.match(text, more.start("number"))):
            yield f"count:{_written(second)}", more.start("number"), more.end(), False
    for found in search(_TURNED, text, ranges):
        number = value(found["number"])
        if not number or number < 2 or _lost(text, found.start(), found.end()):
            continue
        if _in_uniform(text, found.start(), found.end()):
            yield f"count:~{_written(number)}", found.start(), found.end("number"), False
    for found in search(_OF_US, text, ranges) if _has(text, _US) else ():
        number = value(found["number"])
        if not number or number < 2 or _lost(text, found.start(), found.end()):
            continue
        if (found["them"] or found["there"]) and not _COUNT.search(
            text, max(0, found.start() - _COUNTED_BEFORE), found.start()
        ):
            continue  # a part of those counted before
        if _in_uniform(text, found.start(), found.end()):
            yield f"count:{_written(number)}", found.start(), found.end(), False
    for found in search(_THEY_ARE, text, ranges) if _has(text, _THEM) else ():
        number = value(found["number"])
        bound = None if number else at_least(found["number"])
        if (number or bound or 0) > 1 and _in_uniform(text, found.start(), found.end()):
            mark = "" if number else ">="
            yield f"count:{mark}{_written(number or bound or 0)}", *found.span("number"), False
    for found in search(_IN_COMPANY, text, ranges):
        said = found["number"].lower()
        number = next(number for letters, number in _COMPANY if letters in said)
        if not _lost(text, found.start(), found.end()):
            yield f"count:{number}", *found.span("number"), False
    for found in search(_BOTH, text, ranges):
        if not _lost(text, found.start(), found.end()):
            yield "count:2", found.start(), found.end(), False


def _vague(text: str, found: re.Match[str], number: float | None) -> tuple[str, float, int] | None:
    """The bound, its number and where the words begin of «десятки», «несколько сотен», "a couple
    hundred", «больше сотни», «пять с лишним сотен»; None for a number that is told."""
    said, start = found["number"] + (found["of"] or ""), found.start()
    few = _FEW.search(text, max(0, found.start("number") - 14), found.start("number"))
    if found["odd"]:
        times = at_least(found["times"], one=True) if found["times"] else 1
        return (">=", number * times, start) if number and times else None
    if few and few["half"] and number == 12:
        return "", 6, few.start()
    if few and few["couple"] and number in (100, 1000):
        return "~", 2 * number, few.start()
    bound = at_least(said)
    if bound is None:
        # «с десяток»: about so many
        ten = number in (10, 12) and _SOME.search(text, max(0, start - 3), start)
        return ("~", number, ten.start()) if ten and number else None
    if few:
        return "~" if few["couple"] else ">=", bound, few.start()
    mark = ">=" if found["least"] else "<=" if found["most"] else "~" if found["about"] else ""
    if number is None and mark:
        return mark, at_least(said, one=True) or bound, start
    return (">=", bound, start) if number is None else None


def _in_uniform(text: str, start: int, end: int, *, besides: bool = False) -> bool:
    """Whether people just called people are soldiers or refusers: words of the army near
    (`besides` these words themselves), and none of a town, an accident, an audience."""
    sentence = _sentence(text, start, end)
    if besides:
        sentence = sentence.replace(text[start:end], " ", 1)
    if not _ARMED.search(sentence) or _CIVIL.search(text, max(0, start - 120), end + 120):
        return False
    before = re.split(r"[.!?\n](?=\s|$)", text[max(0, start - 60) : start])[-1]
    after = re.split(r"[.!?\n](?=\s|$)", text[end : end + 60])[0]
    return not _ACCIDENT.search(f"{before} {after}")


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence a number stands in, and of its neighbours what is nearest."""
    stops = [stop.end() for stop in _SENTENCE_STOP.finditer(text, max(0, start - 220), start)]
    low = stops[-1] if stops else max(0, start - 220)
    stop = _SENTENCE_STOP.search(text, end, end + 220)
    high = stop.start() if stop else end + 220
    return text[min(low, max(0, start - 60)) : max(high, end + 60)]


def _one(found: re.Match[str]) -> bool:
    """Count one soldier only where the text writes 1 or stresses the word beside it."""
    return bool(found["least"] or found["about"])


def _lost(text: str, start: int, end: int) -> bool:
    """Whether those counted are dead, wounded or captured: said beside them in the clause."""
    far = re.split(r"[.!?;\n]", text[max(0, start - 120) : start])[-1]
    after = re.split(r"[.!?;,\n]", text[end : end + 28])[0]
    return bool(
        _LOSS.search(far, max(0, len(far) - 25))
        or _LOSS.search(after)
        or _LOSS.search(text, start, end)
        or _LOSSES.search(far)
        or _WHO_DIED.match(text, end)
    )


def _name(found: re.Match[str], number: float) -> str:
    low = found["low"] or found["first"]
    lower = value(low) if low else None
    if lower is not None and lower < number:
        return f"count:{_written(lower)}..{_written(number)}"
    about = found["about"] or found.string[: found.start()].rstrip()[-1:] in ("~", "≈")
    mark = ">=" if found["least"] else "<=" if found["most"] else "~" if about else ""
    return f"count:{mark}{_written(number)}"


def _written(number: float) -> str:
    return f"{number:g}" if number < 1e6 else f"{number:.0f}"
