"""Plain news of one sentence, in three languages: what needs no context to be sure of."""

from __future__ import annotations

import pytest

from filters.document import Document
from filters.reading import Reader
from tests.support.readers import shipped_reader

# By language: what a subscriber of the topic expects to be told at once.
TOLD = {
    "en": (
        ("refusal", "Soldiers of the 155th brigade refused to go to the front"),
        ("refusal", "Russian soldiers refused to fight near Kupiansk."),
        ("refusal", "Five soldiers refused to go on an assault"),
        ("refusal", "Marines refuse to return to the front line after heavy losses"),
        ("refusal", "Reservists refuse orders to deploy to Lebanon, officer says"),
        ("refusal", "Paratroopers refused to obey an order to attack, a lawyer said on Monday."),
        ("desertion", "Two soldiers deserted their unit in Kharkiv region"),
        ("desertion", "Russian conscript fled his unit with a rifle"),
        ("desertion", "Deserter from a tank regiment detained in Tula"),
        ("desertion", "Soldier sentenced to five years for desertion"),
        ("self-harm", "Soldier shot himself in the foot to avoid going to war"),
        ("self-harm", "Conscripts injure themselves to avoid deployment, doctors say"),
        ("pressure", "Soldiers who refused to fight were locked in a cellar"),
        ("pressure", "Commanders threaten to shoot soldiers who refuse to attack"),
        ("pressure", "Refusers are beaten and held in pits, relatives say"),
        ("draft-evasion", "Man sentenced to two years for draft evasion"),
    ),
    "ru": (
        ("refusal", "Солдаты 155-й бригады отказались идти на фронт"),
        ("refusal", "Российские солдаты отказались воевать под Купянском."),
        ("refusal", "Пятеро солдат отказались идти на штурм"),
        ("refusal", "Морпехи отказались возвращаться на передовую после потерь"),
        ("refusal", "Резервисты отказались выполнять приказ, рассказал офицер"),
        ("desertion", "Двое солдат дезертировали из части под Харьковом"),
        ("desertion", "Срочник сбежал из части с автоматом"),
        ("desertion", "Дезертира из танкового полка задержали в Туле"),
        ("desertion", "Солдата приговорили к пяти годам за самовольное оставление части"),
        ("self-harm", "Солдат прострелил себе ногу, чтобы не ехать на войну"),
        ("self-harm", "Мобилизованные калечат себя, чтобы избежать отправки на фронт"),
        ("pressure", "Солдат, отказавшихся воевать, заперли в подвале"),
        ("pressure", "Командиры угрожают расстрелом отказавшимся идти в атаку"),
        ("pressure", "Отказников избивают и держат в ямах, говорят родственники"),
        ("draft-evasion", "Мужчину осудили на два года за уклонение от призыва"),
    ),
    "uk": (
        ("refusal", "Солдати 155-ї бригади відмовилися йти на фронт"),
        ("refusal", "Російські солдати відмовилися воювати під Куп'янськом."),
        ("refusal", "П'ятеро солдатів відмовилися йти на штурм"),
        ("refusal", "Морпіхи відмовилися повертатися на передову після втрат"),
        ("refusal", "Резервісти відмовилися виконувати наказ, розповів офіцер"),
        ("desertion", "Двоє солдатів дезертирували з частини під Харковом"),
        ("desertion", "Строковик утік із частини з автоматом"),
        ("desertion", "Дезертира з танкового полку затримали в Тулі"),
        ("desertion", "Солдата засудили до п'яти років за самовільне залишення частини"),
        ("self-harm", "Солдат прострелив собі ногу, щоб не їхати на війну"),
        ("self-harm", "Мобілізовані калічать себе, щоб уникнути відправки на фронт"),
        ("pressure", "Солдатів, які відмовилися воювати, замкнули в підвалі"),
        ("pressure", "Командири погрожують розстрілом тим, хто відмовився йти в атаку"),
        ("pressure", "Відмовників б'ють і тримають у ямах, кажуть родичі"),
        ("draft-evasion", "Чоловіка засудили до двох років за ухилення від мобілізації"),
    ),
}
# The same words, and nobody refused, left or was pressed.
KEPT = {
    "en": (
        "The army refused to comment on soldiers' pay",
        "Soldiers were refused leave before Christmas",
        "Canada refuses to send soldiers to the front",
        "The ministry denied that soldiers had refused to fight",
        "Soldiers retreated from the front line on orders",
        "A soldier shot himself in the foot while cleaning a rifle",
        "A police officer was shot in the foot",
        "Soldiers locked villagers in a cellar",
        "Soldiers threatened to shoot their commander",
        "Voters desert the ruling party as soldiers come home",
        "A film about a deserter opens in Berlin",
        "Man sentenced to two years for tax evasion",
    ),
    "ru": (
        "В армии отказались комментировать зарплаты солдат",
        "Солдатам отказали в отпуске перед праздниками",
        "Канада отказалась посылать солдат на фронт",
        "Минобороны опровергло, что солдаты отказались воевать",
        "Солдаты отошли с передовой по приказу",
        "Солдат прострелил себе ногу при чистке автомата",
        "Полицейскому прострелили ногу",
        "Солдаты заперли жителей в подвале",
        "Солдаты пригрозили застрелить командира",
        "Фильм о дезертире покажут в Берлине",
        "Мужчину осудили на два года за уклонение от налогов",
    ),
    "uk": (
        "В армії відмовилися коментувати зарплати солдатів",
        "Солдатам відмовили у відпустці перед святами",
        "Канада відмовилася посилати солдатів на фронт",
        "Міноборони спростувало, що солдати відмовилися воювати",
        "Солдати відійшли з передової за наказом",
        "Солдат прострелив собі ногу під час чищення автомата",
        "Поліцейському прострелили ногу",
        "Солдати замкнули мешканців у підвалі",
        "Солдати пригрозили застрелити командира",
        "Фільм про дезертира покажуть у Берліні",
        "Чоловіка засудили до двох років за ухилення від сплати податків",
    ),
}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return shipped_reader()


@pytest.mark.parametrize("lang", TOLD)
@pytest.mark.parametrize("as_title", [False, True], ids=["text", "title"])
def test_a_plain_report_is_told_at_once(reader: Reader, lang: str, as_title: bool) -> None:
    """In every language, as a post or as a title alone, nine of ten of them; none is lost."""
    unsure, lost = [], []
    for topic, text in TOLD[lang]:
        document = Document(text="", title=text) if as_title else Document(text=text)
        reading = reader.read(document)
        if topic not in reading.topics:
            unsure.append(text)
        if topic not in (*reading.topics, *reading.possible):
            lost.append(text)

    assert len(unsure) <= len(TOLD[lang]) * 0.1, unsure
    assert lost == []


@pytest.mark.parametrize("lang", KEPT)
@pytest.mark.parametrize("as_title", [False, True], ids=["text", "title"])
def test_its_words_alone_are_not(reader: Reader, lang: str, as_title: bool) -> None:
    """Of who was refused, denied it, retreated or was hurt by chance nobody is told at once."""
    told = []
    for text in KEPT[lang]:
        document = Document(text="", title=text) if as_title else Document(text=text)
        if reader.read(document).topics:
            told.append(text)

    assert told == []
