"""A roundup is several reports, each at its place; any other text is one."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.announcing import announces
from filters.entries import Entry, entries, guesses
from filters.headings import words
from filters.roundups import described, weighed
from filters.wording import Wording

_TEXTS = Path(__file__).parents[2] / "bench" / "data" / "roundups.jsonl"
_BEGINS = "‖"  # stands in the file where an entry begins


def _rows() -> Iterator[tuple[str, str, list[int]]]:
    """Title, text and the places where its entries begin; none for a single story."""
    for line in _TEXTS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        *parts, last = row["text"].split(_BEGINS)
        begins: list[int] = []
        for part in parts:
            begins.append(len(part) + (begins[-1] if begins else 0))
        yield row["title"], "".join((*parts, last)), begins


def test_a_roundups_reports_are_found_at_their_places() -> None:
    """Of the roundups written for it, most entries begin where they do."""
    found = total = 0
    for title, text, begins in _rows():
        if begins:
            cut = entries(title, text)
            places = {entry.start for entry in cut} if len(cut) > 1 else set()
            found += len(places.intersection(begins))
            total += len(begins)

    assert total > 120
    assert found / total >= 0.85


def test_a_single_story_stays_whole() -> None:
    """Lists of demands, quotations, names, steps and days of one story are no roundup."""
    singles = [(title, text) for title, text, begins in _rows() if not begins]
    cut = [text[:60] for title, text in singles if len(entries(title, text)) > 1]

    assert len(singles) > 200
    assert len(cut) <= len(singles) / 50, cut


@pytest.mark.parametrize(
    "text",
    [
        "Вісник громади\n▪️ У Сумах відкрили новий басейн для дітей.\n▪️ Солдат із Лебедина утік із "
        "полігону, його шукають.\n▪️ Ціни на гречку в Ромнах знизилися на третину.",
        "Harbour gazette\n1. The ferry to Gozo is cancelled on Monday because of wind.\n2. Reserve "
        "soldiers from Haifa refused to board, a lawyer said.\n3. Lisbon opened a museum of maps.",
        "Ростовский листок\n№ 12-40. Прапорщик Г. получил в Таганроге пять лет за побег.\n"
        "№ 12-44. В Шахтах оштрафовали торговца за контрабанду табака.\n"
        "№ 12-51. Суд в Азове оправдал водителя автобуса.",
        "Листи читачів півдня\n[Херсон](https://example.org/a) отримав новий міст через затоку.\n"
        "[Роту](https://example.org/b) з Миколаєва звинуватили у відмові йти в наступ.\n"
        "[Одеса](https://example.org/c) готується до фестивалю кіно.",
    ],
)
def test_a_heading_that_says_nothing_hides_no_roundup(text: str) -> None:
    """Whole statements that name other people and places are reports, whatever stands above."""
    assert len(entries("", text)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "#Тверь\nСуд в Ржеве отправил в колонию ефрейтора: он бросил часть и жил на даче.\n\n"
        "#Кострома\nНа Волге открыли лодочную станцию для туристов.\n\n"
        "#Донецк\nРота из Иваново отказалась штурмовать завод, троих увезли в яму.",
        "Полиция Вологды нашла украденный трактор в соседней деревне.\n***\nКонтрактник из Сокола "
        "не явился в часть, его объявили в розыск.\n***\nШкольники Череповца выиграли олимпиаду.",
        "Around the bay\n\nMUTINY ON A TUG\nSailors in Batumi locked the captain in and refused to "
        "sail for Sevastopol.\n\nFIGS ARE LATE\nFarmers near Rize expect the harvest in May.\n\n"
        "TEN MONTHS\nA court in Varna jailed a private who left his radar post.",
        "(а) Лікарня у Ковелі отримала новий томограф.\n(б) Солдата з Луцька засудили за втечу з "
        "полігону.\n(в) На Світязі пожежа знищила готель.",
        "Суд в Туле дал сержанту три года за неявку в полк | Мороз в Якутске закрыл школы | "
        "Двадцать морпехов под Херсоном отказались садиться в лодки",
        "On this day\n1797: Sailors at the Nore raise a red flag and refuse to weigh anchor.\n"
        "1866: A cable links Ireland and Newfoundland.\n"
        "1917: French infantry at Soissons will not go up the line.",
        "🇫🇮 Финский суд оправдал резервиста, не пришедшего на сборы.\n🇲🇽 В Мехико бастуют "
        "водители метро.\n🇪🇹 Рота под Гондэром бросила окопы и ушла к озеру.",
    ],
    ids=["hashtags", "rules", "headings", "letters", "within a line", "years", "flags"],
)
def test_whatever_parts_its_reports_a_roundup_is_cut_there(text: str) -> None:
    """No layout is a layout of its own: anything that comes again may part reports."""
    assert len(entries("", text)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "#вопрос\nПочему Орлов ушёл с позиций?\n\n#ответ\nОрлов говорит, что приказа не было.\n\n"
        "#итог\nОрлова осудили на четыре года.",
        "Первым из окопа вышел Громов, за ним пулемётчик.\n***\nГромов шёл до утра и молчал.\n***\n"
        "К полудню Громова задержали у моста.",
        "THE ORDER\nColonel Dahl read it aloud at noon and the company sat still.\n\nTHE ANSWER\n"
        "The company answered Dahl with a hymn, and Dahl walked away.\n\nTHE TRIAL\nDahl told the "
        "court that the company had been drunk.",
    ],
    ids=["hashtags", "rules", "headings"],
)
def test_what_parts_a_story_does_not_cut_it(text: str) -> None:
    """The same patterns, and entries that share who and what they speak of."""
    assert len(entries("", text)) == 1


def test_a_way_to_cut_that_is_given_up_early_would_have_been_given_up() -> None:
    """What is weighed at once decides only where the rest could not."""
    for title, text, _ in _rows():
        said = Wording(text)
        for layout, heading in guesses(title, text):
            if not described(layout, said, heading, hopeless=False):
                found = described(layout, said, heading)
                assert not found or weighed(found) <= 0, text


@pytest.mark.parametrize(
    "text",
    [
        "Вісник громади\n▪️ Солдат утік із полігону.\n▪️ Його шукали два тижні.\n"
        "▪️ Тепер йому загрожує строк.",
        "What the corporal left behind\n1. His boots and a letter to them.\n2. Her photograph.\n"
        "3. A map he had drawn himself.",
    ],
)
def test_a_list_about_one_man_is_his_story(text: str) -> None:
    """Entries that speak of him by a pronoun hang together."""
    assert len(entries("", text)) == 1


def test_the_line_below_may_announce_what_stands_above_it() -> None:
    """A link to more at the end says what a heading would have said."""
    reports = (
        "🔻 Суд в Гомеле отправил врача в колонию.\n\n🔻 Из Бреста выслали двоих журналистов.\n\n"
        "🔻 Военкомат Пинска вызвал резервистов.\n\n"
    )

    assert len(entries("", reports + "Вестник рассказывает о главных событиях недели")) == 3


def test_a_list_of_what_must_be_done_is_one_story() -> None:
    """Demands name many things and are of one who makes them."""
    text = (
        "• Необходимо вернуть всех, кто служит дольше года, в Псков и Читу.\n"
        "• Необходимо судить майора, бросившего роту под Кременной.\n"
        "• Необходимо платить раненым в Ростове столько, сколько обещал банк."
    )

    assert len(entries("", text)) == 1


def test_a_text_without_marks_is_one_entry_that_spans_it() -> None:
    """The plain case: the whole text, title included."""
    assert entries("Title", "Ten men refused.") == (Entry(0, 16, 0),)
    assert entries("", "") == (Entry(0, 0, 0),)


def test_the_footer_belongs_to_no_entry() -> None:
    """What a channel writes below its news is not part of the last report."""
    text = (
        "Главное за день\n\n• Суд в Чите осудил рядового.\n\n• В Омске тает лёд.\n\nПодписывайтесь!"
    )

    *_, last = entries("", text)

    assert text[last.start : last.end] == "• В Омске тает лёд."
    assert text[last.body : last.end] == "В Омске тает лёд."


def test_a_lead_that_reports_is_an_entry_of_its_own() -> None:
    """A post may tell its main news first and list the others below."""
    lead = (
        "Двадцать солдат оставили позиции у села и ушли в тыл, "
        "сообщают военные корреспонденты с места событий у границы."
    )
    below = "Также из Курской области за сутки:\n\n— Взято село Ольговка.\n\n— Сбито девять дронов."
    text = f"{lead}\n\n{below}"

    first, *others = entries("", text)

    assert text[first.start : first.end] == lead
    assert len(others) == 2


_PIECES = st.sampled_from(
    ["•", "1.", "2)", "🔹", "—", "09:10", "Чита.", "12 марта —", "Главное за день", "он ушёл",
     "Суд осудил рядового.", "https://example.org/a", "\n", "\n\n", " ", "\u2029", "«Нет»", ":"]
)  # fmt: skip


@given(st.text(max_size=20), st.lists(_PIECES, max_size=40).map("".join))
def test_entries_are_in_order_apart_and_within_the_text(title: str, text: str) -> None:
    """Whatever the text: at least one, none empty but of an empty text, none overlapping."""
    found = entries(title, text)

    assert found
    upto = 0
    for entry in found:
        assert upto <= entry.start <= entry.body <= entry.end <= len(text)
        assert entry.end > entry.start or not text
        upto = entry.end
    assert len(found) > 1 or found == (Entry(0, len(text), 0),)


@pytest.mark.parametrize("name", ["heading", "one_story", "weak", "leans", "of_one", "footer"])
def test_each_list_of_words_finds_its_texts_and_not_those_that_resemble_them(name: str) -> None:
    """A researcher who mends a list sees at once which of its texts it no longer tells apart."""
    path = resources.files("filters.packs").joinpath("data/examples/roundups.toml")
    examples = tomllib.loads(path.read_text("utf-8"))[name]
    found = {
        "heading": announces,
        "one_story": words().one_story.search,
        "weak": words().weak.fullmatch,
    }.get(name, getattr(words(), name).match)

    assert [line for line in examples["must"] if not found(line)] == []
    assert [line for line in examples["must_not"] if found(line)] == []


@pytest.mark.parametrize(
    "text",
    [
        "**Как подросток украл деньги?**\n\n**Представьте:** счета пусты уже неделю подряд.\n\n"
        "**Слушайте выпуск:** о краже рассказывает следователь Иванов из Читы.",
        "Учёные развеяли мифы о похмелье и дали советы всем.\n\nГлавное:\n\n— Вода помогает мало.\n"
        "— Кофе вредит сердцу.\n— Сон лечит лучше всего.",
    ],
    ids=["bold paragraphs", "what sums up a lead"],
)
def test_what_only_looks_like_a_roundups_marks_and_heading_cuts_nothing(text: str) -> None:
    """Bold type is no bullet, and «Главное:» below a lead is of that lead."""
    assert len(entries("", text)) == 1


@pytest.mark.parametrize("count", [2, 3, 6])
def test_a_heading_makes_few_lines_a_roundup(count: int) -> None:
    """With «Главное за день» above it two bullets are two reports."""
    text = "Главное за день\n" + "\n".join(
        f"• Суд №{n} вынес приговор рядовому." for n in range(count)
    )

    assert len(entries("", text)) == count


@pytest.mark.parametrize(
    "days",
    [
        ("Вторник", "Четверг", "Суббота"),
        ("**Вівторок**", "**П’ятниця**", "**Неділя**"),
        ("Tuesday:", "Thursday:", "Sunday:"),
        ("May 6", "March 7, 2026", "Sept 8"),
        ("среда, 6 мая", "пятница, 8 мая", "воскресенье, 10 мая"),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_days_that_begin_with_a_letter_head_entries_as_dates_do(
    days: tuple[str, str, str], gap: str
) -> None:
    """A day or month named on a line of its own heads a report, like «6 мая»."""
    reports = (
        "Суд в Рязани приговорил ефрейтора Громова к двум годам колонии за самовольный уход.",
        "Под Херсоном семеро военных не пошли на штурм, их увезли в подвал, сообщают родные.",
        "The parliament in Yerevan passed a law on conscripts after a long and loud debate there.",
    )
    text = "\n\n".join(f"{day}{gap}{report}" for day, report in zip(days, reports, strict=True))

    found = entries("", text)

    assert [entry.start for entry in found] == [text.index(day) for day in days]


def test_days_before_reports_on_their_lines_are_marks() -> None:
    """A date such as "May 5 | …" marks an entry where no label could."""
    text = (
        "May 5 | A court in Tomsk jailed private Gromov for two years over an absence.\n"
        "May 6 | Seven soldiers near Kherson refused to storm and were taken to a cellar.\n"
        "May 7 | Lawmakers in Yerevan passed a law on conscripts after a long debate."
    )

    assert len(entries("Letters from the provinces", text)) == 3


def test_lines_about_days_are_no_headings() -> None:
    """A diary of sentences that begin with a day stays whole."""
    text = (
        "Monday was quiet in the trench and nobody spoke.\n"
        "Tuesday brought rain and a letter from home to him.\n"
        "May came and the private walked away from his unit."
    )

    assert len(entries("", text)) == 1


def test_lines_of_signs_nobody_sees_are_no_entries() -> None:
    """A text of lines that hold nothing but such signs, and one line of words, stays whole."""
    text = "\u200c\u200e \u200c \n\u200e  Join us: example\n \u200c"

    assert entries("", text) == (Entry(0, len(text), 0),)
