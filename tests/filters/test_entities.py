"""Entities: known names, and laws, units, courts, counts, terms and dates by rule."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.quality_entities import wrong
from filters.analysis import Analyser
from filters.document import Document
from filters.entities import EntityMention, Gazetteer, law_words
from filters.entities.build import compile_entity
from filters.entities.forms import person_forms, phrase_forms
from filters.entities.patterns import find_patterns, named_offences
from filters.packs import load_packs
from filters.reading import Reader
from tests.support.readers import shipped_reader

ANALYSER = Analyser()
GAZETTEER = Gazetteer(load_packs().entities)
DATA = Path(__file__).parents[2] / "bench" / "data"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return shipped_reader()


def known(text: str, title: str = "") -> list[tuple[str, str]]:
    """(id, words) of the known names in a text."""
    document = Document(text=text, title=title)
    found = GAZETTEER.find(ANALYSER.analyse(document))
    return [(m.id, document.field(m.field)[m.start : m.end]) for m in found]


def test_a_unit_known_by_name_is_one_mention(reader: Reader) -> None:
    """The number and the name of a unit are not two units."""
    text = "бійці 155-ї бригади імені Анни Київської"

    found = [(m.id, text[m.start :]) for m in reader.read(Document(text=text)).entities]
    assert found == [("unit:ua:brigade:155", "155-ї бригади імені Анни Київської")]


def test_a_place_in_a_courts_name_is_no_place(reader: Reader) -> None:
    """A garrison court is named in English as in Russian: it is not the town."""
    reading = reader.read(Document(text="The Pskov Garrison Military Court sits in Pskov."))

    assert [m.id for m in reading.entities] == ["court:garrison:pskov", "place:pskov"]


def test_what_was_read_once_is_read_still(reader: Reader) -> None:
    """No sentence of the corpus loses or gains an entity."""
    with (DATA / "entities.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]

    assert [row["text"] for row in rows if any(wrong(reader, row)[1:])] == []


def by_rule(text: str, kind: str, published: datetime | None = None) -> list[EntityMention]:
    analysis = ANALYSER.analyse(Document(text=text, published=published))
    return [m for m in find_patterns(analysis) if m.kind == kind]


def ids(text: str, kind: str, published: datetime | None = None) -> list[str]:
    return [m.id for m in by_rule(text, kind, published)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Об этом сообщил Павел Чиков.", ["person:chikov"]),
        ("Павлу Чикову написали солдаты; Чиков ответил.", ["person:chikov", "person:chikov"]),
        ("П. Чиков защищает контрактников.", ["person:chikov"]),
        ("Чиков работал на заводе.", []),  # a surname alone, and not a famous one
        ("Встреча с Шойгу прошла в Пскове.", ["person:shoigu", "place:pskov"]),
        ("Адвокатка написала Павлові Чикову.", ["person:chikov"]),
        (
            "Lev Schlosberg wrote it. Schlosberg was right.",
            ["person:shlosberg", "person:shlosberg"],
        ),
        ("«Псковская губерния» пишет о Пскове.", ["org:pskovskaya-gubernia", "place:pskov"]),
        ("Tribunal for Putin documents crimes.", ["org:t4p"]),
        ("ГУР опубликовало запись.", ["org:hur"]),
        ("Гур Арье приехал с концертом, hur durr.", []),  # an acronym only in capitals
        ("Ukraine’s Military Intelligence (HUR) said so.", ["org:hur", "org:hur"]),
        ("Я хочу жить, сказал солдат.", []),
        ("Проект «Хочу жить» принял троих.", ["org:hochu-zhit"]),
        ("Агора снова продаёт билеты.", []),  # weak without its context
        ("Юристы правозащитной группы «Агора» помогли.", ["org:agora"]),
        ("Россияне выехали из Пскова в Сирию.", ["place:pskov", "place:syria"]),
        ("на чите появилась надпись", []),  # a place in small letters
        ("Служба в Росгвардии и в Вооружённых силах Украины", ["org:rosgvardia", "org:afu"]),
        ("Збройних сил України та Служби безпеки України", ["org:afu", "org:sbu"]),
        ("Russia's defence ministry denied it", ["org:mod-ru"]),
    ],
)
def test_known_names(text: str, expected: list[str]) -> None:
    """Names count in every case and spelling, and only as names."""
    assert [name for name, _ in known(text)] == expected


def test_a_mention_stands_on_its_words_in_the_original() -> None:
    """Spans are of the text as published: ё, stress marks, possessives and all."""
    assert known("Приехал Па́вел Чиков.") == [("person:chikov", "Па́вел Чиков")]
    assert known("Pavel Chikov’s lawyers") == [("person:chikov", "Pavel Chikov")]


def test_names_do_not_reach_from_the_title_into_the_text() -> None:
    """A title's last word and a text's first are no name together."""
    assert known(title="Ушёл Павел", text="Чиков остался") == []
    assert known(title="Псков", text="Псков") == [("place:pskov", "Псков")] * 2


def test_neighbours_are_both_found() -> None:
    """One name must not eat the space before the next."""
    assert [name for name, _ in known("Псков Луганск Мариуполь")] == [
        "place:pskov",
        "place:luhansk",
        "place:mariupol",
    ]


def test_forms_that_ship_are_those_the_code_makes() -> None:
    """Whoever edits entities.toml must rebuild: python -m filters.entities.build."""
    data = resources.files("filters.packs").joinpath("data")
    rows = tomllib.loads(data.joinpath("entities.toml").read_text(encoding="utf-8"))["entity"]
    shipped = json.loads(data.joinpath("entities.forms.json").read_text(encoding="utf-8"))

    assert {row["id"]: compile_entity(row) for row in rows} == shipped


def test_about_fifty_entities_ship() -> None:
    """The packs are of use before an admin adds a name."""
    entities = load_packs().entities

    assert len(entities) >= 50
    assert len({entity.id for entity in entities}) == len(entities)


def test_forms_of_names_and_phrases() -> None:
    """Cases of both words, both orders; only the head of a phrase is declined."""
    assert {"павла чикова", "чикову павлу"} <= person_forms("Павел Чиков", "ru")
    assert {"павлові чикову", "чикова павла"} <= person_forms("Павло Чиков", "uk")
    assert "псковской губернии" in phrase_forms("Псковская губерния", "ru")
    assert "министерством обороны россии" in phrase_forms("Министерство обороны России", "ru")
    assert "збройних сил україни" in phrase_forms("Збройні сили України", "uk")


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Осуждён по ч. 2.1 ст. 332 УК.", "ч. 2.1 ст. 332", "law:ru:332/2.1"),
        ("Это 337-я статья.", "337-я статья", "law:ru:337?"),
        ("за статті 407 та 408 КК України", "статті 407", "law:ua:407"),
        ("за статті 407 та 408 КК України", "408", "law:ua:408"),
        ("Article 332 of Russia's Criminal Code", "Article 332", "law:ru:332"),
        ("служил в в/ч 64044", "в/ч 64044", "unit:ru:mu:64044"),
        ("войсковая часть № 02511", "войсковая часть № 02511", "unit:ru:mu:02511"),
        ("бойцы 76-й гв. дшд", "76-й гв. дшд", "unit:ru:division:76"),
        ("сбежали из 64 омсбр", "64 омсбр", "unit:ru:brigade:64"),
        (
            "the 155th Naval Infantry Brigade",
            "155th Naval Infantry Brigade",
            "unit:ru:brigade:155",
        ),
        (
            "Псковский гарнизонный военный суд",
            "Псковский гарнизонный военный суд",
            "court:garrison:pskov",
        ),
        ("около 60 контрактников", "около 60 контрактников", "count:~60"),
        ("двое военнослужащих", "двое военнослужащих", "count:2"),
        ("дали шесть с половиной лет колонии", "шесть с половиной лет", "term:6.5"),
        ("got 5.5 years in prison", "5.5 years", "term:5.5"),
        ("was jailed for 5.5 years", "5.5 years", "term:5.5"),
        ("5.5 years", "", ""),  # of what?
    ],
)
def test_what_the_reports_are_full_of(text: str, words: str, expected: str) -> None:
    """Each kind as writers write it, with its id and on its very words."""
    found = find_patterns(ANALYSER.analyse(Document(text=text)))

    assert ((words, expected) in {(text[m.start : m.end], m.id) for m in found}) == bool(words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("осуждён по ч. 2.1 ст. 332 УК", ["law:ru:332/2.1"]),
        ("ему вменили ч. 5 ст. 337 УК РФ", ["law:ru:337/5"]),
        ("337-я статья для военных стала частой", ["law:ru:337?"]),
        ("за статтями 407 та 408 КК України", ["law:ua:407", "law:ua:408"]),
        ("обвинувачують за частиною п'ятою статті 407 Кримінального кодексу", ["law:ua:407/5"]),
        ("Стаття 402, частина четверта, карає військових", ["law:ua:402/4?"]),
        ("under Article 332 of Russia's Criminal Code", ["law:ru:332"]),
        ("Article 85 of the UCMJ", ["law:us.ucmj:85"]),
        ("ст. 20.3.3 КоАП РФ", ["law:ru.koap:20.3.3"]),
        ("по ст. 328 УК РФ и ст. 337 УК РФ", ["law:ru:328", "law:ru:337"]),
        ("стаття 407 Цивільного кодексу про емфітевзис", []),
        ("по статье 334 ГК залогодержатель", []),
        ("статья 51 Конституции", []),
        ("в статье 337 страниц", []),  # a bare number with no word of the army
        ("солдату грозит статья 337", ["law:ru:337?"]),
        ("834 тис. 407 грн", []),
        ("по 338-й отпускают редко, солдат сидит", ["law:ru:338?"]),
        ("солдаты едут по 338-й дороге", []),
        ("charged under part five of Article 337 of the Russian code", ["law:ru:337/5"]),
        ("солдата судят: часть 2.1 появилась в статье 332 УК", ["law:ru:332/2.1"]),
    ],
)
def test_laws(text: str, expected: list[str]) -> None:
    """An article needs its code; a bare military one is inferred only beside the army."""
    assert ids(text, "law") == expected


def test_a_bare_article_is_marked_as_inferred() -> None:
    """Readers see what the text says and what we concluded."""
    assert [m.inferred for m in by_rule("солдату грозит статья 337", "law")] == [True]
    assert [m.inferred for m in by_rule("солдату грозит статья 337 УК РФ", "law")] == [False]


def test_an_offence_by_name_gives_its_article_where_the_army_is_known() -> None:
    """Desertion is 338 in Russia, 408 in Ukraine, nothing elsewhere."""
    analysis = ANALYSER.analyse(Document(text="He was tried for desertion."))

    assert [m.id for m in named_offences(analysis, "ru")] == ["law:ru:338~"]
    assert [(m.id, m.inferred) for m in named_offences(analysis, "ua")] == [("law:ua:408~", True)]
    assert named_offences(analysis, "unknown") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Його знайшли в СЗЧ.", ["law:ua:407~"]),
        ("Непокора командирові: вирок оскаржать.", ["law:ua:402~"]),
        ("Боец ушёл в СОЧ.", []),
        ("Осудили за дезертирство.", []),
    ],
)
def test_ukrainian_wording_alone_tells_the_code(text: str, expected: list[str]) -> None:
    """Where no army is told, words that only Ukraine's law has are Ukraine's."""
    analysis = ANALYSER.analyse(Document(text=text))

    assert [m.id for m in named_offences(analysis, "unknown")] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Дезертирство, ст. 337 УК РФ: рядовой не вернулся.", ["law:ru:337"]),
        ("За СЗЧ, ч. 5 ст. 407 КК України, дали 5 років.", ["law:ua:407/5"]),
        (
            "Солдата судят по ст. 337 УК РФ. Раньше его искали за дезертирство.",
            ["law:ru:337", "law:ru:338~"],
        ),
        (
            "Російські війська поруч. Його судять за ст. 402 КК України. Дезертирство не довели.",
            ["law:ua:402", "law:ua:408~"],
        ),
    ],
)
def test_no_second_article_beside_the_stated_one(text: str, expected: list[str]) -> None:
    """An offence named in the sentence of an article is that article; elsewhere it is of the
    same country."""
    analysis = ANALYSER.analyse(Document(text=text))
    stated = find_patterns(analysis, "law")

    found = [*stated, *named_offences(analysis, "ru", stated)]

    assert [m.id for m in found] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("76-я гв. дшд", ["unit:ru:division:76"]),
        ("64 омсбр вышла в поле", ["unit:ru:brigade:64"]),
        ("Russia's 155th Naval Infantry Brigade", ["unit:ru:brigade:155"]),
        ("155-та окрема механізована бригада ЗСУ", ["unit:ua:brigade:155"]),
        ("бойцы 155-й бригады", ["unit:xx:brigade:155"]),
        ("войсковая часть № 02511", ["unit:ru:mu:02511"]),
        ("в/ч 64044", ["unit:ru:mu:64044"]),
        ("військова частина А1234", ["unit:ua:mu:a1234"]),
        ("1427-й полк мобилизованных из России", ["unit:ru:regiment:1427"]),
        ("2 часть фильма, 3 роты", []),  # three of them
        ("солдат 3 роты", ["unit:xx:company:3"]),
        ("в 2023 армия", []),
        ("59-я мотопехотная бригада ВС РФ", ["unit:ru:brigade:59"]),
        ("російська 40-ва механізована бригада", ["unit:ru:brigade:40"]),
        ("155-я бригада морской пехоты ВСУ", ["unit:ua:brigade:155"]),
        ("Ukraine's 12th motor rifle brigade", ["unit:ua:brigade:12"]),
        ("31-я бригада российской армии у границы Украины", ["unit:ru:brigade:31"]),
        ("the 20th brigade of the Ukrainian army, not Russia's", ["unit:ua:brigade:20"]),
        ("a third of the battalion left", []),
        ("боец 5-го полка уехал в Казахстан", ["unit:xx:regiment:5"]),
    ],
)
def test_units(text: str, expected: list[str]) -> None:
    """Units carry their country; Russia's 155th is not Ukraine's."""
    assert ids(text, "unit") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Псковский гарнизонный военный суд приговорил", ["court:garrison:pskov"]),
        ("в Псковском гарнизонном военном суде", ["court:garrison:pskov"]),
        ("235-й гарнизонный военный суд", ["court:garrison:235"]),
        ("гарнизонный суд назначил", ["court:garrison:unnamed"]),
        ("Стрийський міськрайонний суд Львівщини", ["court:district:stryi"]),
        ("2-й Западный окружной военный суд", ["court:military-district:2-western"]),
        ("the Pskov Garrison Military Court", ["court:garrison:pskov"]),
        ("скрытый смысл суда", []),
    ],
)
def test_courts(text: str, expected: list[str]) -> None:
    """Courts by kind and place, the place as its stem in Latin letters."""
    assert ids(text, "court") == expected


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        ("Кызылский гарнизонный военный суд; Kyzyl Garrison Court", "garrison:kyzyl"),
        ("Махачкалинский ГВС; the Makhachkala garrison court", "garrison:makhachkala"),
        ("Махачкалінський гарнізонний військовий суд", "garrison:makhachkala"),
        ("гарнизонный суд в Чите; Читинським гарнізонним судом", "garrison:chita"),
        ("военный суд Читинского гарнизона; Chita Garrison Military Court", "garrison:chita"),
        ("Південно-Сахалінський гарнізонний суд", "garrison:yuzhno-sakhalin"),
        ("Спасск-Дальнего гарнизонного военного суда", "garrison:spassk-dalny"),
        ("35-й гарнизонный военный суд; 35th Garrison Military Court", "garrison:35"),
        ("Балтийский флотский военный суд; Baltic Fleet Military Court", "fleet:baltic"),
        ("Балтийский гарнизонный военный суд", "garrison:baltiy"),
        ("Тихоокеанський флотський військовий суд", "fleet:pacific"),
        ("Второй Западный окружной военный суд", "military-district:2-western"),
        ("2nd Western District Military Court", "military-district:2-western"),
        ("Апелляционный суд Харькова; Харківський апеляційний суд", "appeal:kharkiv"),
        ("Московский гарнизонный военный суд; Moscow Garrison Court", "garrison:moskov"),
    ],
)
def test_courts_join_across_languages(written: str, id_: str) -> None:
    """One court has one id, whichever language names it and however its adjective is made."""
    found = [name for text in written.split("; ") for name in ids(text, "court")]

    assert found == [f"court:{id_}"] * len(written.split("; "))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("около 60 контрактников отказались", ["count:~60"]),
        ("не менее 234 военных", ["count:>=234"]),
        ("двое военнослужащих сбежали", ["count:2"]),
        ("1 793 российских военнослужащих", ["count:1793"]),
        ("90 тисяч військовослужбовців", ["count:90000"]),
        ("at least 60 contract soldiers", ["count:>=60"]),
        ("twenty-five recruits fled", ["count:25"]),
        ("тринадцятеро бійців відмовилися", ["count:13"]),
        ("115 guardsmen sued", ["count:115"]),
        ("15 to 20 conscripts ran", ["count:15..20"]),
        ("At least 17 members of Rosgvardia quit", ["count:>=17"]),
        ("Десятки солдат отказались", ["count:>=20"]),
        ("Сотні військових пішли в СЗЧ", ["count:>=200"]),
        ("Hundreds of soldiers deserted", ["count:>=200"]),
        ("Dozens of conscripts refused", ["count:>=20"]),
        ("Из роты ушли десятки солдат. Найдены пока пятеро.", ["count:>=20", "count:5"]),
        ("Одиннадцать его подчинённых отказались", ["count:11"]),
        ("Six of his comrades deserted the unit", ["count:6"]),
        ("Щонайменше тридцять росіян тримають за відмову воювати", ["count:>=30"]),
        ("Fewer than 50 of the battalion's paratroopers came", ["count:<=50"]),
        ("Шестеро дезертирів вийшли самі, за ними ще дев'ять.", ["count:6", "count:9"]),
        ("A dozen conscripts walked out; four were caught.", ["count:12", "count:4"]),
        ("За год число дезертиров достигло трёх тысяч", ["count:3000"]),
        ("The number of deserters exceeded 5,000", ["count:>=5000"]),
        ("Кількість утікачів із бригади сягнула приблизно 700", ["count:~700"]),
        ("Под суд пошли восемнадцать: взвод отказался", ["count:18"]),
        ("Уклонистами признаны 14 минчан", ["count:14"]),
        ("Троє мешканців Луцька ухилилися від мобілізації", ["count:3"]),
        ("Человек 35–40 из роты не вышли на построение", ["count:35..40"]),
        ("Пів сотні бійців відмовилися", ["count:~50"]),
        ("Двое суток солдаты лежали в окопе", []),
        ("Троє мешканців Луцька бачили, як солдати йшли", []),
        ("Солдаты выгнали из домов 30 жителей", []),
        ("В селе живут 300 человек, рядом стоит бригада", []),
        ("Пять товарищей по партии обсудили мобилизацию", []),
        ("Four rifles were found in the deserter's bag", []),
        ("Three tanks were returned to the brigade", []),
        ("Число убитых солдат превысило 5000", []),
        ("The number of deserters rose by 20 percent", []),
        ("Солдат вернулся 15 марта, ещё пять лет служил", []),
        ("Найдены двое погибших солдат", []),
        ("Число дезертиров не превысило 100", ["count:<=100"]),
        ("The number of deserters is 3 times higher", []),
        ("Число дезертиров на 1 мая составило 20 тысяч рублей штрафов", []),
        ("Бойцы пошли 2, 3 и 4 марта", []),
        ("Двое сказали, что солдаты ушли из части", []),
        ("Рота отказалась воевать, троих нашли мёртвыми", []),
        ("Суд осудил троих фигурантов дела о краже: солдаты ни при чём", []),
        ("несколько сотен мобилизованных", ["count:>=200"]),
        ("пара десятков контрактников", ["count:~20"]),
        ("с десяток солдат", ["count:~10"]),
        ("Из части сбежали десять солдат. Четверых из них уже задержали.", ["count:10", "count:4"]),
        ("Ten soldiers fled; three of them are back in barracks.", ["count:10", "count:3"]),
        ("Солдаты сбежали. Четверых из них уже задержали.", []),
        ("больше сотни солдат", ["count:>=100"]),
        ("более тысячи дезертиров", ["count:>=1000"]),
        ("десятки тысяч военных", ["count:>=20000"]),
        ("hundreds of thousands of troops", ["count:>=200000"]),
        ("пять с лишним сотен военных", ["count:>=500"]),
        ("half a dozen soldiers", ["count:6"]),
        ("двадцать танкистов отказались", ["count:20"]),
        ("Погибли десятки солдат", []),
        ("the army lost hundreds of soldiers", []),
        ("Сотни жителей вышли на митинг", []),
        ("an army Su-27 fighter", []),
        ("the town had 12,000 people, soldiers said", []),
        ("погибли 30 солдат", []),
        ("lost around 30 men in battle", []),
        ("17 cities and 3 villages", []),
        ("в зале 200 человек слушали концерт", []),
    ],
)
def test_counts(text: str, expected: list[str]) -> None:
    """Soldiers and refusers are counted, the dead and the audience are not."""
    assert ids(text, "count") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("шесть с половиной лет колонии", ["term:6.5"]),
        ("приговорён к 5 годам лишения свободы", ["term:5"]),
        ("п'ять років ув'язнення", ["term:5"]),
        ("was sentenced to 5.5 years in prison", ["term:5.5"]),
        ("18 months in prison", ["term:1.5"]),
        ("наказание от двух до трёх лет", ["term:3"]),
        ("загрожує до десяти років", ["term:10"]),
        ("ему 25 лет, служит 3 года", []),
        ("прокурор просил десять лет, суд дал шесть", ["term:10", "term:6"]),
        ("приговорили к году условно", ["term:1"]),
        ("арестовали на два месяца", []),
        ("срок контракта один год", []),
        ("осуждённому 23 года, приговор обжалован", []),
        ("got six-and-a-half years in a penal colony", ["term:6.5"]),
        ("пять лет назад", []),
        ("two years later the war ended", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    """Prison terms in years; ages and service are none."""
    assert ids(text, "term") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6 апреля", ["date:2022-04-06"]),
        ("on 7 April and from 2 to 4 April", ["date:2022-04-07", "date:2022-04-02..04"]),
        ("in February 2022", ["date:2022-02"]),
        ("24 лютого 2022 року", ["date:2022-02-24"]),
        ("31.12.2021", ["date:2021-12-31"]),
        ("в декабре минувшего, 5 декабря", ["date:2021-12-05"]),
        ("у січні–лютому 2022 року", ["date:2022-01..02"]),
        ("between 1 and 9 May 2021", ["date:2021-05-01..09"]),
        ("45 мая", []),
        ("may 60 soldiers leave", []),
    ],
)
def test_dates(text: str, expected: list[str]) -> None:
    """A missing year is that of the publication, or the one before."""
    assert ids(text, "date", datetime(2022, 4, 11, tzinfo=UTC)) == expected


def test_a_date_without_a_year_stays_open_when_the_publication_is_unknown() -> None:
    """No clock is asked."""
    assert ids("6 апреля", "date") == ["date:--04-06"]


PIECES = st.sampled_from(
    [
        "ст. 337 УК РФ",
        "ч. 5",
        "Павел Чиков",
        "ГУР",
        "76-я дшд",
        "двое солдат",
        "6 апреля",
        "пять лет колонии",
        "Псков",
        "’",
        "́",
        "ё",
        "\n",
        "—",
        ". ",
        "60 ",
        " of ",
        "Article 332",
        "стаття",
        "Псковский гарнизонный суд",
    ]
)


@settings(deadline=None)  # patterns are compiled when first used
@given(st.lists(PIECES, max_size=14).map(" ".join), st.lists(PIECES, max_size=4).map(" ".join))
def test_every_mention_lies_in_its_field(text: str, title: str) -> None:
    """Whatever the text, places are inside it and not empty."""
    document = Document(text=text, title=title)
    analysis = ANALYSER.analyse(document)

    for mention in (*GAZETTEER.find(analysis), *find_patterns(analysis)):
        assert 0 <= mention.start < mention.end <= len(document.field(mention.field))
        assert mention.id.startswith(mention.kind + ":")


def test_what_says_whose_an_article_is_finds_its_texts_and_not_those_that_resemble_them() -> None:
    """A researcher who mends a list of laws.toml sees at once which texts it no longer tells."""
    path = resources.files("filters.packs").joinpath("data/examples/laws.toml")
    examples = tomllib.loads(path.read_text("utf-8"))

    for name, finds in (
        ("military", law_words.is_military),
        ("criminal", law_words.is_criminal),
        ("american", law_words.is_american),
    ):
        assert [text for text in examples[name]["must"] if not finds(text)] == []
        assert [text for text in examples[name]["must_not"] if finds(text)] == []
    for country in ("ru", "ua", "none"):
        told = {law_words.country_of_towns(text) for text in examples["towns"][country]}
        assert told == {country.replace("none", "")}


def test_each_offence_is_known_by_its_names() -> None:
    """Of every offence of laws.toml texts that name it, and none that only resemble them."""
    path = resources.files("filters.packs").joinpath("data/examples/laws.toml")
    examples = tomllib.loads(path.read_text("utf-8"))["offence"]

    none = examples.pop("none")
    assert [text for text in none if list(law_words.named_offences(text))] == []
    assert {
        name: [{offence.name for offence, _ in law_words.named_offences(text)} for text in texts]
        for name, texts in examples.items()
    } == {name: [{name}] * len(texts) for name, texts in examples.items()}


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("Минобороны отказалось комментировать сообщения о бунте.", ["org:mod-ru"]),
        ("Солдаты пожаловались в министерство обороны.", ["org:mod-ru"]),
        ("Минобороны напомнило: после СЗЧ можно вернуться.", ["org:mod-ua"]),
        ("Міноборони: повернутися із СЗЧ можна до березня.", ["org:mod-ua"]),
        ("Kyiv's Defense Ministry opened a probe.", ["org:mod-ua"]),
        ("Минобороны Израиля призвало резервистов.", []),
        ("Британское Минобороны оценило потери.", []),
        ("The Ministry of Defence paid deserters.", []),
    ],
)
def test_a_ministry_without_its_country_is_of_the_language_and_the_words_around(
    text: str, whose: list[str]
) -> None:
    """«Минобороны» alone is Russia's in Russian, unless the text is of Ukraine or of others."""
    assert [each for each, _ in known(text) if "mod-" in each] == whose


@pytest.mark.parametrize(
    "text",
    [
        "Минобороны Словакии проверит рапорт солдата.",
        "Солдаты пожаловались в Минобороны Северной Македонии.",
        "Солдат пожаловался в министерство обороны Хорватии.",
        "Міноборони Словаччини: солдат відмовився служити.",
        "Міноборони Хорватії про СЗЧ не чуло.",
        "Croatia's Defence Ministry dismissed soldiers, unlike Russia.",
        "The Croatian Defence Ministry dismissed soldiers, unlike Russia.",
        "The Czech Ministry of Defence answered, Russia did not.",
        "The Ministry of Defence of Slovenia answered, Russia did not.",
        "Словацкое Минобороны уволило солдат.",
        "Жалобу хорватского Минобороны отклонили.",
        "В Братиславе солдаты написали рапорты, Минобороны их отклонило.",
        "Солдат сбежал. В Словении Минобороны начало проверку.",
        "У Загребі Міноборони не коментує втечу солдата.",
        "In Ljubljana the Defence Ministry dismissed soldiers, unlike Russia.",
    ],
)
def test_a_ministry_beside_another_country_is_that_country_s(text: str) -> None:
    """Behind the name, before it, or where the sentence opens abroad; any country, any case."""
    assert [each for each, _ in known(text) if "mod-" in each] == []


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("Глава Минобороны Андрей Белоусов приказал искать солдат.", "org:mod-ru"),
        ("Минобороны Москвы не слушает.", "org:mod-ru"),
        ("Жалобу Вишневского Минобороны отклонило.", "org:mod-ru"),
        ("Минобороны опровергло бунт в Сирии.", "org:mod-ru"),
        ("Суд отказал. В Чите Минобороны проиграло дело.", "org:mod-ru"),
        ("В Туле Минобороны проиграло дело.", "org:mod-ru"),
        ("Moscow's Defence Ministry denied it.", "org:mod-ru"),
        ("Friday's Defence Ministry briefing in Moscow.", "org:mod-ru"),
        ("У Львові Міноборони перевіряє частину.", "org:mod-ua"),
        ("Киевское Минобороны напомнило о СЗЧ.", "org:mod-ua"),
    ],
)
def test_other_words_beside_a_ministry_leave_it_its_own(text: str, whose: str) -> None:
    """Persons, days and towns of its country; what it speaks of may be abroad."""
    assert [each for each, _ in known(text) if "mod-" in each] == [whose]
