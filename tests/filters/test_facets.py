"""Facets: whose army, which stage, now or long ago."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from filters.analysis import Analyser
from filters.document import Document, Span
from filters.facets import facets_at, find_facets
from filters.facets.lists import lists
from filters.rules import Rule


@pytest.mark.parametrize(
    ("text", "army"),
    [
        ("Российские военные отказались ехать.", "ru"),
        ("Гарнизонный суд назначил сержанту пять лет.", "ru"),
        ("Дело возбуждено по ст. 337 УК РФ.", "ru"),
        ("Окупанти відмовляються йти на штурм.", "ru"),
        ("A Russian contract soldier fled.", "ru"),
        ("Бойцы ВСУ ушли из части.", "ua"),
        ("ДБР повідомило про підозру солдату.", "ua"),
        ("Солдата судили по статье 407 УК Украины.", "ua"),
        ("Ukrainian servicemen walked away from the line.", "ua"),
        ("US Army deserter surrenders.", "other"),
        ("Белорусский солдат сбежал из части.", "other"),
        ("Israeli reservists refuse to serve.", "other"),
        ("Солдат сбежал в Казахстан.", "unknown"),
        ("Мичман Северного флота не вернулся из отпуска.", "ru"),
        ("The Southern District Military Court upheld the term.", "ru"),
        ("Ухилянта засудили за ст. 336 КК.", "ua"),
        ("A Ukrainian deserter crossed into Romania.", "ua"),
        ("В бундесвере растёт число отказников.", "other"),
        ("Солдат сбежал из части.", "unknown"),
        ("Солдат утік із частини.", "unknown"),
        ("A soldier ran away.", "unknown"),
    ],
)
def test_army(text: str, army: str) -> None:
    """Courts, codes, units and plain words tell; where none does, it is unknown."""
    assert find_facets(Document(text=text)).army == army


@pytest.mark.parametrize("lang", ["ru", "uk", "en", ""])
def test_language_never_decides_the_army(lang: str) -> None:
    """A Ukrainian text may be on Russian soldiers, a Russian one on Ukraine's."""
    assert find_facets(Document(text="Солдат сбежал из части.", lang=lang)).army == "unknown"
    assert find_facets(Document(text="В бригаде ВСУ растёт СЗЧ.", lang=lang)).army == "ua"


def test_a_place_alone_is_a_guess_taken_only_unopposed() -> None:
    """Readers are told "guessed from Pskov"; against anything else it gives way."""
    guessed = find_facets(Document(text="Десантники из Пскова отказались ехать."))

    assert (guessed.army, guessed.evidence["army"]) == ("ru", ("Пскова",))
    assert find_facets(Document(text="Псков и Полтава: солдаты против.")).army == "unknown"


def test_where_soldiers_are_sent_does_not_say_whose_they_are() -> None:
    """Refusing to go to Ukraine is no mark of Ukraine's army."""
    assert find_facets(Document(text="Военные отказались ехать в Украину.")).army == "unknown"
    assert find_facets(Document(text="Псковские военные не поехали на Украину.")).army == "ru"


def test_the_sentence_that_matched_is_asked_first() -> None:
    """In a digest on both armies the topical sentence decides."""
    text = "ВСУ и ЗСУ заняли село. Российские солдаты отказались наступать."
    start = text.index("Российские")

    facets = find_facets(Document(text=text), [Span("text", start, len(text))])

    assert facets.army == "ru"


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Солдаты отказались ехать на фронт.", "report"),
        ("На контрактника возбуждено уголовное дело.", "charge"),
        ("ДБР повідомило про підозру.", "charge"),
        ("The private was charged with desertion.", "charge"),
        ("Суд приговорил рядового к шести годам.", "verdict"),
        ("Прапорщик осуждён за самоволку.", "verdict"),
        ("Солдату дали вирок: п'ять років.", "verdict"),
        ("He was sentenced to six years.", "verdict"),
        ("Апелляционный суд оставил приговор в силе.", "appeal"),
        ("The appeals court overturned the sentence.", "appeal"),
        ("За год в суды поступило 5000 уголовных дел.", "statistics"),
        ("Кількість проваджень подвоїлася.", "statistics"),
        ("Over 100,000 soldiers have been charged since 2022.", "statistics"),
        ("Юрист разъясняет, что грозит за самоволку.", "commentary"),
        ("Ефрейтор ждёт суда за то, что не вышел на позицию.", "charge"),
        ("Двоє саперів отримали по вісім років за втечу.", "verdict"),
        ("Призывника обязали заплатить сорок тысяч.", "verdict"),
        ("Трибунал заменил расстрел каторгой.", "appeal"),
        ("За осень из полка ушли 214 матросов.", "report"),
        ("За полгода из дивизии ушли 214 матросов.", "statistics"),
        ("Правозахисники нарахували 530 відмов.", "statistics"),
        ("Monitors documented 412 pits.", "statistics"),
        ("Это усталость, а не бунт, считает ветеран Кроль.", "commentary"),
        ("Тысячи солдат отказались воевать под Бахмутом.", "report"),
        ("Двое сбежали из полка, где зарегистрированы 1250 человек.", "report"),
        ("He left his unit in May after he argued with the captain.", "report"),
        ("Рядовой сбежал из части, пишет ветеран войны.", "report"),
        ("The fault, argues Hanna Reed, is with the generals.", "commentary"),
    ],
)
def test_stage(text: str, stage: str) -> None:
    """From a first report to an appeal; counting and explaining are stages too."""
    assert find_facets(Document(text=text)).stage == stage


@pytest.mark.parametrize(
    ("text", "era"),
    [
        ("В 1942 году трибунал судил красноармейцев.", "historical"),
        ("Deserters of the First World War were shot.", "historical"),
        ("У 1943 році дезертирів розстрілювали.", "historical"),
        ("В 2023 году солдат сбежал, как дед в 1943-м.", "now"),
        ("Солдат сбежал из части.", "now"),
        ("Бойцы 1427-го полка отказались.", "now"),
        ("Насчитали 1793 отказавшихся.", "now"),
    ],
)
def test_era(text: str, era: str) -> None:
    """Old wars and old years, unless the text is of today too."""
    assert find_facets(Document(text=text)).era == era


def test_evidence_is_of_the_text() -> None:
    """What is shown under Why? can be found by the reader."""
    document = Document(title="Осуждён военный", text="Гарнизонный суд: ст. 337 УК РФ, 1943 год.")
    facets = find_facets(document)
    whole = f"{document.title} {document.text}".replace("ё", "е")

    assert set(facets.evidence) <= {"army", "stage", "era"}
    assert facets.evidence["army"]
    assert all(word in whole for words in facets.evidence.values() for word in words)


def test_nothing_said_nothing_claimed() -> None:
    """No evidence, no claim."""
    facets = find_facets(Document())

    assert (facets.army, facets.stage, facets.era) == ("unknown", "report", "now")
    assert facets.evidence == {}


FACETS = resources.files("filters.packs").joinpath("data/examples/facets.toml").read_text("utf-8")
EXAMPLES = tomllib.loads(FACETS)


def _named() -> dict[str, Rule]:
    known = lists()
    named = {f"army.{army}.names": rule for army, rule in known.strong.items()}
    named |= {f"army.{army}.places": rule for army, rule in known.weak.items()}
    named |= {f"stage.{stage}": rule for stage, rule in known.stages}
    named |= {"stage.statistics": known.statistics, "stage.commentary": known.commentary}
    named |= {"era.historical": known.historical, "era.now": known.now}
    named |= {"stage.commentary.opinion": known.opinion, "speaker": known.speaker}
    return named | {"destination": known.destination}


def test_each_list_is_found_where_it_must_and_nowhere_else() -> None:
    """Each list of the data has texts it is in, in each language, and texts it is not in."""
    named = _named()
    wrong = [
        (name, text)
        for name, texts in EXAMPLES.items()
        for must in ("must", "must_not")
        for text in texts[must]
        if bool(lists().rules.of(text.replace("ё", "е")).first(named[name], 1)) != (must == "must")
    ]

    assert wrong == []
    assert set(EXAMPLES) == set(named)


def test_an_event_before_1950_is_of_no_army_of_today() -> None:
    """A date long ago, and no army named: another's, not nobody's."""
    assert find_facets(Document(text="В 1917 году солдаты бежали с фронта.")).army == "other"
    assert find_facets(Document(text="В 2005 году солдаты бежали из части.")).army == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "Ровно через час солдат ушёл из части.",
        "Солдат сбежал ровно неделю назад.",
        "СОЛДАТ СБЕЖАЛ, ПРОШЛО РОВНО ТРИ ДНЯ",
        "Рядовой Львов сбежал из части.",
        "Ищут рядового Ростова, он не вернулся из отпуска.",
        "Сержант Томский бросил автомат.",
        "Лейтенанту Смоленскому дали отпуск.",
        "Роман Полтавский ушёл из части.",
        "Солдата Игоря Саратова ищут.",
        "Солдат Виктор Николаевич не вернулся.",
        "Солдат Самарин О. П. Омский Д. С. не вернулись.",
        "Боєць Черкас не повернувся.",
        "Матрос Калугин не вернулся.",
    ],
)
def test_a_surname_or_an_adverb_is_no_town(text: str) -> None:
    """Behind a rank or a first name, before initials, a patronymic: somebody, nowhere."""
    assert find_facets(Document(text=text)).army == "unknown"


@pytest.mark.parametrize(
    ("text", "army"),
    [
        ("Рядовой Иванов сбежал из Ровно.", "ua"),
        ("Сержант из Николаева сбежал.", "ua"),
        ("Рядовой Львов сбежал под Томском.", "ru"),
        ("Ростовский солдат ушёл.", "ru"),
        ("солдат сбежал в омске", "ru"),
        ("Иван Петров в Калуге ушёл из части.", "ru"),
        ("Солдат утік у Полтаві.", "ua"),
    ],
)
def test_a_town_beside_persons_stays_a_hint(text: str, army: str) -> None:
    """Behind a preposition, or an adjective, it is a place whoever else is named."""
    assert find_facets(Document(text=text)).army == army


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Ефрейтора осудили на три года. Защитник намерен обжаловать решение.", "verdict"),
        ("Ефрейтора осудили на три года, адвокат подаст апелляцию.", "verdict"),
        ("Єфрейтора засудили до трьох років. Вирок може бути оскаржено.", "verdict"),
        ("Єфрейтора засудили до трьох років, захист готує апеляцію.", "verdict"),
        ("The corporal was jailed. His lawyer plans to go to the appeals court.", "verdict"),
        ("Ефрейтор, осуждённый на три года, обжаловал приговор.", "appeal"),
        ("Адвокат хотел условного срока. Апелляция оставила приговор в силе.", "appeal"),
        ("Апеляційний суд залишив вирок єфрейторові без змін.", "appeal"),
        ("The appeals court upheld the corporal's sentence.", "appeal"),
    ],
)
def test_an_appeal_that_is_only_meant_is_none(text: str, stage: str) -> None:
    """The verdict is what has happened, whatever the defence will do about it."""
    assert find_facets(Document(text=text)).stage == stage


ANALYSER = Analyser()


def _at(text: str, *sentences: int, topic: str = "desertion") -> tuple[str, str]:
    """Army and stage of a match that these sentences tell, the clearest first, among others."""
    parts = text.split(" | ")
    whole = " ".join(parts)
    starts = [len(" ".join(parts[:at])) + (at > 0) for at in range(len(parts))]
    own = [Span("text", starts[at], starts[at] + len(parts[at])) for at in sentences]
    analysis = ANALYSER.analyse(Document(text=whole))
    facets = facets_at(analysis, own, Span("text", 0, len(whole)), topic=topic, shared=True)
    return facets.army, facets.stage


@pytest.mark.parametrize(
    ("text", "sentences", "stage"),
    [
        # The clearest part says it, whatever stands in a part that tells of it too.
        ("Капитана судят за побои: бил беглецов. | Из роты ушли сорок человек.", (1, 0), "report"),
        ("Капітана судять: бив утікачів. | З роти пішли сорок людей.", (1, 0), "report"),
        ("A captain was jailed for beating runaways. | Forty men left.", (1, 0), "report"),
        # What takes the same man up goes with it.
        ("Он ушёл из части. | Суд дал ему пять лет за дезертирство.", (0,), "verdict"),
        ("Він пішов із частини. | Суд дав йому п'ять років.", (0,), "verdict"),
        ("He left his unit. | A court gave him five years.", (0,), "verdict"),
        # Not another's verdict, beside it or in a pronoun's company.
        ("Он ушёл из части. | Суд дал его сослуживцу пять лет.", (0,), "report"),
        (
            "Он ушёл из части. | Ещё одного суд отправил в колонию, его вину доказали.",
            (0,),
            "report",
        ),
        ("He left his unit. | His brother was sentenced to five years.", (0,), "report"),
        ("Він пішов із частини. | Тим часом суд дав йому товариша п'ять років.", (0,), "report"),
        # Opinion frames what nothing else is said of, but no event with a day of its own.
        ("Колонка: мы устали. | Бойцы бегут домой.", (1,), "commentary"),
        ("Column: we are tired. | Men run from their units.", (1,), "commentary"),
        ("Люди втомились, на мою думку. | Бійці йдуть самовільно.", (1,), "commentary"),
        ("Колонка: мы устали. | Вчера двое бойцов бежали домой.", (1,), "report"),
        ("Column: we are tired. | Last Sunday two men ran from their unit.", (1,), "report"),
        ("Колонна устала. | Бойцы бегут домой.", (1,), "report"),
    ],
)
def test_each_of_several_topics_has_its_own_stage(
    text: str, sentences: tuple[int, ...], stage: str
) -> None:
    """The verdict of one man is not his comrade's, nor the report of what was done to him."""
    assert _at(text, *sentences)[1] == stage


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Двое сбежали, их ищут, они в розыске.", "report"),
        ("Солдата задержал патруль.", "report"),
        ("Бійця затримали на кордоні, повідомило ДБР.", "report"),
        ("ГБР задержало сержанта.", "charge"),
        ("He was detained on suspicion of desertion.", "charge"),
        ("He was arrested.", "charge"),
        ("Жену беглеца арестовали.", "report"),
        ("Жена узнала, что беглеца арестовали.", "charge"),
        ("Його матір звинувачують у переховуванні, затримали й батька.", "report"),
        ("Приговор он не обжаловал.", "verdict"),
        ("Суд скинул ему четыре месяца.", "appeal"),
        ("Он скинул рюкзак через четыре месяца.", "report"),
        ("Сержант пойдёт в колонию.", "verdict"),
        ("Сержант пойдёт в отпуск.", "report"),
        ("Прокурор просит для него девять лет.", "charge"),
        ("Прокурор просить дев'ять років.", "charge"),
        ("Сержант просит отпуск девять лет.", "report"),
        ("Эксперт объясняет, чему учит приговор: ямы стали системой.", "commentary"),
        ("Эксперт пришёл, когда суд приговорил сержанта.", "verdict"),
        ("Самовольно оставивших части около 180 тысяч.", "statistics"),
        ("Оставивших части двое.", "report"),
        ("Дел о побегах за то же время больше шести тысяч.", "statistics"),
        ("По данным силовых структур, рота не вышла.", "report"),
        ("Майора, который бил беглецов, осудили.", "report"),
        ("Майор, який бив утікачів, отримав вирок.", "report"),
        ("A colonel who beat runaways was convicted.", "report"),
        ("A colonel was convicted of abuse of power: he hid runaways.", "report"),
        ("Беглеца осудили, его бил майор.", "verdict"),
        ("Беглеца осудили.", "verdict"),
        ("A man who left his unit was convicted.", "verdict"),
        ("За квартал из части ушли 56 солдат.", "statistics"),
        ("За месяц зафиксировали 96 побегов.", "statistics"),
        ("За місяць зафіксували 96 втеч.", "statistics"),
        ("Since the start of the war 31 pilots have gone AWOL.", "statistics"),
        ("За месяц из части ушли 56 солдат.", "report"),
        ("За год до побега ему исполнилось 19 лет.", "report"),
        ("За квартал до него прошли 40 км, и он ушёл.", "report"),
        ("С начала службы 20-летний солдат сбегал дважды.", "report"),
        ("Почему бегут солдаты? Они устали.", "commentary"),
        ("Юрист о побегах: солдаты устали.", "commentary"),
        ("Суд: шесть лет за побег.", "verdict"),
        ("Суд был вчера: шесть солдат сбежали.", "report"),
        ("На гауптвахте ему угрожали, и он сбежал.", "report"),
        ("Он сбежал и получил месяц на гауптвахте.", "verdict"),
        ("Вирок йому лишили в силі.", "appeal"),
        ("Майору предъявили обвинение: он бил беглецов.", "report"),
        ("Командирові оголосили підозру: той бив утікачів.", "report"),
        ("A captain was charged: he beat runaways.", "report"),
        ("Солдату предъявили обвинение: он ушёл из части.", "charge"),
        ("Hundreds of families of runaways were fined.", "report"),
        ("Hundreds of families were fined.", "report"),
        ("He fled to see his wife and was jailed for five years.", "verdict"),
        ("Бежал к больной матери и получил пять лет колонии.", "verdict"),
        ("По словам жены солдата осудили на пять лет.", "verdict"),
        ("Сбежавшего из части отца осудили на пять лет.", "verdict"),
        ("Отца двоих детей, беглеца, осудили.", "verdict"),
        ("Із зведень видно: за місяць утекли 118 бійців.", "statistics"),
        ("Зведений полк утік, у ньому було 118 бійців.", "report"),
        ("Прапор лишили в силі.", "report"),
    ],
)
def test_stage_of_words_that_mean_two_things(text: str, stage: str) -> None:
    """Who is sought or caught is not charged, whose kin is held neither; what is not appealed is
    no appeal; a count of cases is statistics, one of two men is none."""
    analysis = ANALYSER.analyse(Document(text=text))
    whole = Span("text", 0, len(text))

    assert facets_at(analysis, (whole,), whole, topic="desertion").stage == stage


@pytest.mark.parametrize(
    ("text", "army"),
    [
        ("Суд в Миассе дал солдату срок.", "ru"),
        ("Солдат из Лубен ушёл из части.", "ua"),
        ("Soldiers from Lubny left their unit.", "ua"),
        ("Солдаты бежали из Лубен.", "unknown"),
        ("Солдат ушёл из части под Лубнами.", "unknown"),
        ("Солдаты из Донецка ушли из части.", "unknown"),
        ("У Малі солдати покинули пост.", "other"),
        ("In Mali, soldiers left their post.", "other"),
        ("В Казахстане задержали солдата, ушедшего из части.", "unknown"),
        ("Минобороны РФ заявило: рота ВСУ ушла с позиций.", "ua"),
        ("Russia's ministry said a Ukrainian brigade had left.", "ua"),
        ("Российские военные ушли с позиций.", "ru"),
        ("ГБР обвиняет украинского лейтенанта. По ту сторону фронта ушла рота.", "unknown"),
        ("На Донбассе стоит рота. По ту сторону фронта ушла рота ВСУ.", "ua"),
    ],
)
def test_army_of_a_town_a_country_and_a_speaker(text: str, army: str) -> None:
    """Whose soldiers are of a town or whose court sits there; who only tells of an army, and what
    stands on the other side of the front, says nothing."""
    start = text.rindex(". ") + 2 if ". " in text else 0
    analysis = ANALYSER.analyse(Document(text=text))
    own = Span("text", start, len(text))

    found = facets_at(analysis, (own,), Span("text", 0, len(text)), topic="desertion")

    assert found.army == army


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Солдат сбежал из части. А в мае суд приговорил его к пяти годам.", "verdict"),
        ("He fled his unit. In the same month he was sentenced to five years.", "verdict"),
        ("Рядовой сбежал из части. Его друг сдал его. Суд дал ему пять лет.", "verdict"),
        ("Солдат сбежал из части. Ещё одного суд отправил в колонию.", "report"),
        ("Суд осудил дезертира, который угрожал командиру, на шесть лет.", "verdict"),
        ("Сбежавшего осудили, а того, кто его бил, не нашли.", "verdict"),
        ("Осудили на шесть лет: он сбежал из бригады, где служили 300 человек.", "verdict"),
        ("За год службы солдат 138 бригады сбежал.", "report"),
        ("За месяц погибли 40 бойцов роты, по данным штаба, и солдаты ушли.", "report"),
        ("Почему ты бросил пост? — спросил комбат. Солдат сбежал.", "report"),
        ("Why did you leave? the captain asked. He fled his unit.", "report"),
        ("Я адвокат солдата Иванова. Он ушёл из части.", "report"),
        ("Солдат не сядет в тюрьму: он сбежал, но вернулся.", "report"),
        ("Прокурор не просит для солдата девять лет.", "report"),
        ("Солдат скинул два года назад вещи и сбежал.", "report"),
        ("Он сбежал, его отца и его самого обвинили.", "charge"),
        ("Стаття 407 КК України передбачає від 5 до 10 років.", "commentary"),
        ("Статья 337 УК РФ. Самовольное оставление части: до десяти суток.", "commentary"),
        ("Что такое дезертирство? Объясняем.", "commentary"),
        ("He was kept in a pit, his mother told a rights group.", "report"),
    ],
)
def test_stage_of_one_story(text: str, stage: str) -> None:
    """What goes on about the same man is his; units, losses and "not" are no sums and no court's
    words; who beat a commander is no tormentor of soldiers."""
    analysis = ANALYSER.analyse(Document(text=text))
    first = Span("text", 0, len(text.split(". ")[0]) + 1)

    found = facets_at(analysis, (first,), Span("text", 0, len(text)), topic="desertion")

    assert found.stage == stage


@pytest.mark.parametrize(
    ("text", "army", "era"),
    [
        ("В Берлине солдат рассказал, как сбежал из части.", "unknown", "now"),
        ("In London a deserter told how he fled.", "unknown", "now"),
        ("Российские военные сообщили, что не пойдут на позиции ВСУ.", "ru", "now"),
        ("Минобороны РФ сообщило, что солдаты ушли с позиций.", "ru", "now"),
        ("Солдаты сбежали.\n\nКурс доллара США вырос.", "unknown", "now"),
        ("Soldiers fled. The US Army declined to comment.", "unknown", "now"),
        ("Солдаты сбежали. Подписка из США и Канады: @channel", "unknown", "now"),
        ("Soldiers fled. It happened in the US Army.", "other", "now"),
        ("Soldiers fled on Monday. The brigade was formed in 1942.", "unknown", "now"),
        ("Солдаты сбежали.\n\nЧитайте также: как в 1942 году ловили.", "unknown", "now"),
        ("Солдат сбежал. Его прадед погиб в Великую Отечественную войну.", "unknown", "now"),
        ("Солдаты сбежали. Это было в 1942 году.", "other", "historical"),
        ("Служивший в девяностых сержант сбежал.", "unknown", "now"),
    ],
)
def test_an_aside_says_nothing_of_army_or_time(text: str, army: str, era: str) -> None:
    """Another country further on, a date of a house or of a forefather is none of the event."""
    analysis = ANALYSER.analyse(Document(text=text))
    ends = (text.split(mark)[0] for mark in (". ", "\n"))
    first = Span("text", 0, min(map(len, ends)) + 1)

    found = facets_at(analysis, (first,), Span("text", 0, len(text)), topic="desertion")

    assert (found.army, found.era) == (army, era)
