"""What is no pressure though its words stand there: the law taking its course, threats upwards."""

from __future__ import annotations

import pytest

from filters.document import Document
from filters.reading import Reader
from tests.support.readers import shipped_reader

# A charge, a trial or a sentence for refusing or leaving, and nothing else done to anybody.
LAWFUL = (
    "Рядового приговорили к шести годам за самовольное оставление части.",
    "На отказавшегося воевать контрактника завели уголовное дело.",
    "Гарнизонный суд рассмотрит дело мичмана, не вернувшегося из отпуска.",
    "Дезертиру грозит до десяти лет, сообщил следователь.",
    "Солдата засудили до п'яти років за відмову виконати наказ.",
    "Військовому, який пішов у СЗЧ, повідомили про підозру.",
    "Суд залишив у силі вирок дезертиру.",
    "A court sentenced the sergeant to four years for refusing to deploy.",
    "Prosecutors charged two sailors with desertion on Monday.",
    "The deserter faces up to ten years in prison, his lawyer said.",
)
# Those who serve threaten those who command.
UPWARDS = (
    "Солдаты угрожали командиру расправой из-за денег.",
    "Мобилизованные пригрозили застрелить комбата.",
    "Боец бросил гранату в кабинет командира роты.",
    "Контрактники избили лейтенанта в казарме.",
    "Солдати погрожували комбату через невиплати.",
    "Рядовий побив прапорщика й утік до міста.",
    "Soldiers threatened to kill their officers over unpaid wages.",
    "A private pointed his rifle at the colonel and demanded leave.",
)
# And what is: the same law or the same threats, downwards and beside the law.
PRESSED = (
    "Отказников без суда держат в подвале и избивают.",
    "Командир пригрозил расстрелять тех, кто не пойдёт в атаку.",
    "Тих, хто відмовився воювати, тримають у ямі.",
    "Officers threatened to shoot soldiers who would not attack.",
    "Soldiers who refused to fight are held in a cellar and beaten.",
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return shipped_reader()


def pressed(reader: Reader, texts: tuple[str, ...]) -> list[str]:
    return [text for text in texts if "pressure" in reader.read(Document(text=text)).topics]


def test_the_law_by_itself_is_no_pressure(reader: Reader) -> None:
    """Whoever follows pressure is not told of a mere charge or sentence."""
    assert pressed(reader, LAWFUL) == []


def test_soldiers_who_threaten_commanders_are_no_pressure(reader: Reader) -> None:
    """It is done to the commanders."""
    assert pressed(reader, UPWARDS) == []


def test_threats_and_cellars_are_pressure(reader: Reader) -> None:
    """The rules above do not silence what they are not about."""
    assert pressed(reader, PRESSED) == list(PRESSED)
