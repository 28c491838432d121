"""Near copies, the same event, what comes next: texts against texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import ParsedItem
from bot.stories.candidates import HASHES, Candidates, fingerprint_of
from bot.stories.copies import shingles
from bot.stories.event_features import event_features
from bot.stories.identity import clean_text, story_keys
from bot.stories.memory import Answer, Memory
from bot.stories.relation import KnownReport, relate_texts, text_profile
from bot.stories.spelling import skeleton
from tests.support.examples import examples

NOW = datetime(2025, 3, 1, 9, tzinfo=UTC)
CASE = (
    "Омский гарнизонный военный суд приговорил контрактника Льва Корнева к пяти годам колонии "
    "за самовольное оставление части. По данным следствия, он не вернулся из отпуска и жил у "
    "брата в Таре. Вину он признал."
)


def told(*posts: str | tuple[float, str]) -> list[Answer]:
    """Answers to posts; (hours, text) or text, one hour apart."""
    memory, found = Memory(), []
    for n, post in enumerate(posts):
        hours, text = (float(n), post) if isinstance(post, str) else post
        item = ParsedItem(key=str(n), text=text)
        found.append(memory.take(story_keys(item), "", text, NOW + timedelta(hours=hours)))
    return found


@pytest.mark.parametrize(
    "copy",
    [
        "❗️❗️ " + CASE + "\n\nПодписывайтесь на наш канал | Прислать новость: @bot",
        "Переслано из «Омск сегодня»\n" + CASE + " 🙏🙏",
        CASE.removesuffix(" Вину он признал."),
        CASE.replace("колонии за", "колонии общего режима за"),
    ],
)
def test_copy_is_found_through_its_dressing(copy: str) -> None:
    """Issue: near copies, cleaned, by containment."""
    assert told(CASE, copy)[1].relation.kind == "copy"


@pytest.mark.parametrize(
    "other",
    [
        CASE.replace("Льва Корнева", "Глеба Сомова").replace("Таре", "Калачинске"),
        CASE.replace("пяти годам", "семи годам"),
        CASE.replace("Льва Корнева", "Петра Зуева"),
    ],
)
def test_one_form_filled_in_twice_is_two_stories(other: str) -> None:
    """A court's next verdict in the same words must not be swallowed."""
    answers = told(CASE, other)

    assert answers[1].relation.kind == "new"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "«Жёлтый» уровень опасности из-за ветра объявлен в Тарской области на среду.",
            "«Жёлтый» уровень опасности из-за ветра объявлен в Тарской области на пятницу.",
        ),
        (
            "Сегодня отмечается Всемирный день кочегаров. Ну вы поняли, друзья.",
            "Сегодня отмечается Всемирный день барабанщиков. Ну вы поняли, друзья.",
        ),
    ],
)
def test_one_sentence_with_another_word_is_no_copy(one: str, other: str) -> None:
    """What is announced daily in one form is not withheld for its form."""
    assert told(one, other)[1].relation.kind != "copy"


def test_longer_report_is_no_copy() -> None:
    """What tells much more than the first is told."""
    more = CASE + (
        " Мать осуждённого рассказала, что в части сына били и отбирали деньги, а заявления "
        "терялись. Её жалобу в прокуратуру вернули без ответа, хотя она приложила снимки и "
        "справки врачей. Защита будет добиваться отмены приговора и нового разбирательства."
    )
    assert told(CASE, more)[1].relation.kind == "same"


def test_line_of_a_digest_does_not_swallow_the_digest() -> None:
    """A digest that holds a told sentence has other news too."""
    digest = "Главное за день. Дождь смыл мост у станции, поезда стоят до утра. " * 8 + CASE
    assert told(CASE, digest)[1].relation.kind != "copy"


def test_same_event_across_languages_then_its_appeal() -> None:
    """Reports gather; an appeal in a known case is a development, and so its second report."""
    answers = told(
        CASE,
        (4, "Lev Kornev, a contract soldier who stayed with his brother in Tara, was sentenced to "
            "five years for AWOL by the Omsk garrison court."),
        (900, "Апелляционный суд смягчил приговор омскому контрактнику Льву Корневу: три года."),
        (903, "An appeal court cut the sentence of Omsk soldier Lev Kornev to three years."),
    )  # fmt: skip

    assert [a.relation.kind for a in answers] == ["new", "same", "development", "same"]
    assert [a.story for a in answers] == [0, 0, 2, 2]


def test_old_case_is_not_the_same_after_three_days() -> None:
    """The window of the same event is 72 hours; a like report later is a story."""
    later = "Льва Корнева, контрактника, жившего в Таре у брата, вспоминают в Омске его соседи."
    assert told(CASE, (24 * 9, later))[1].relation.kind == "new"


@pytest.mark.parametrize(
    "other",
    [
        "Корнев Игорь, солдат из Омска, получил пять лет за самовольное оставление части.",
        "Омский суд дал семь лет контрактнику Петру Зуеву: не вернулся из отпуска, жил у брата.",
    ],
)
def test_namesakes_and_other_terms_are_other_cases(other: str) -> None:
    """Another first name, or another person with another term, contradicts all that is alike."""
    assert told(CASE, other)[1].relation.kind == "new"


def test_other_number_of_people_in_the_same_brigade_is_another_event() -> None:
    """Two refusals in one brigade on one day are two alerts."""
    first = "Под Липцами сорок бойцов 7-го полка отказались от штурма и сидят в яме."
    answers = told(first, "Шестеро солдат 7-го полка под Липцами отказались от штурма, их бьют.")

    assert answers[1].relation.kind == "new"


def test_other_words_of_one_minister_are_another_story() -> None:
    """Who speaks daily is no evidence that two reports tell one thing."""
    first = "О выплатах в мае забудут, заявил министр финансов Глеб Тарусов."
    other = "Министр финансов Глеб Тарусов сказал, что новых банкнот не будет."

    assert [a.relation.kind for a in told(first, other)] == ["new", "new"]
    assert event_features("", first).speakers == {skeleton("Глеб"), skeleton("Тарусов")}


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Суд дал Зуеву шесть лет. Приговор будет обжалован.", "verdict"),
        ("His lawyer plans to appeal the sentence.", "verdict"),
        ("Officer jailed: a court remanded him in custody.", "report"),
        ("Investigators opened an abuse-of-office case.", "charge"),
        ("Гарнизонный суд прекратил дело отказника.", "verdict"),
        ("Вирок скасовано в апеляції.", "appeal"),
    ],
)
def test_stage_is_what_was_done_and_not_what_is_meant(text: str, stage: str) -> None:
    """An appeal that is announced must not hide the appeal that comes."""
    assert event_features("", text).stage == stage


def test_bulletin_of_another_night_is_no_copy() -> None:
    """Hours later a copy must be nearer than at once."""
    night = (
        "Минобороны: в течение прошедшей ночи дежурными средствами противовоздушной обороны {} "
        "над территорией области."
    )
    one, other = night.format("уничтожены беспилотники"), night.format("сбит беспилотник")

    assert told(one, (1.5, other))[1].relation.kind == "copy"
    assert told(one, (24, other))[1].relation.kind != "copy"


def test_name_that_is_a_word_too_stays_a_name() -> None:
    """«Илья Ветров» is a person, not the wind; ranks and fathers' names are no part of him."""
    found = event_features("", "Суд осудил рядового Илью Петровича Ветрова из Твери.")

    assert found.people == {(skeleton("Илья"), skeleton("Ветров"))}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Лосеву", "Losev"),
        ("Лосєва", "Лосева"),
        ("Харьков", "Kharkiv"),
        ("Харків", "Харькове"),
        ("Псковский", "Псков"),
        ("Галеев", "Galeev"),
        ("Гюмри", "Gyumri"),
        ("Шалимовым", "Shalimov"),
        ("Донецкой", "Donetsk"),
        ("Мурманську", "Murmansk"),
        ("Зеленского", "Zelensky"),
        ("Курську", "Kursk"),
    ],
)
def test_names_have_one_skeleton(one: str, other: str) -> None:
    """Cases, languages and alphabets do not count."""
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("осуждён на пять лет и шесть месяцев по ст. 337 УК", {"t66", "l337"}),
        ("five and a half years under Article 337", {"t66", "l337"}),
        ("понад 80 бійців 114-ї окремої бригади", {"n80", "p80", "u114"}),
        ("14 мая задержаны двадцать человек", {"d14.5", "n20", "p20"}),
        ("двадцать семь отказников", {"n27", "p27"}),
        ("twenty-seven refusers", {"n27", "p27"}),
        ("18 тысяч дел", {"n18000"}),
        ("18 300 дел", {"n18300"}),
        ("18,300 cases", {"n18300"}),
        ("on March 8 and 14.05.2025", {"d8.3", "d14.5"}),
    ],
)
def test_numbers_are_read_by_kind(text: str, counts: set[str]) -> None:
    """In figures and in words, in three languages."""
    assert event_features("", text).counts == counts


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 40), max_size=12, unique=True), max_size=12),
    st.integers(0, 12),
)
def test_candidates_share_enough_marks_however_they_were_taken(
    rows: list[list[int]], loaded: int
) -> None:
    """Loaded at the start or added one by one, the same items are found, nearest first."""
    prints = [[number << 20 | number for number in each] for each in rows]
    taken = [(n + 1, n, hashes) for n, hashes in enumerate(prints)]
    candidates = Candidates()
    candidates.load(taken[:loaded])
    for row in taken[loaded:]:
        candidates.add(*row)

    for hashes in prints:
        shared = [len({*hashes} & {*other}) for other in prints]
        least = 2 if len(hashes) >= 6 else 1
        found = candidates.near(hashes)
        assert sorted(found) == [n for n, common in enumerate(shared) if common >= least]
        assert [shared[n] for n in found] == sorted((shared[n] for n in found), reverse=True)


def test_a_form_that_everybody_fills_in_finds_nobody() -> None:
    """What two hundred items share tells nothing; what few share still does."""
    candidates = Candidates()
    candidates.load((n, n, (1, 2, 3, 4, 5, 6)) for n in range(1, 200))
    before = candidates.near((1, 2, 3, 4, 5, 6, 7, 8))
    candidates.add(200, 200, (1, 2, 3, 4, 5, 6, 7, 8))

    assert 199 in before
    assert candidates.near((1, 2, 3, 4, 5, 6, 7, 8)) == [200]


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.text("абвгдежз1", min_size=1, max_size=6), max_size=40))
def test_fingerprints_are_those_that_are_stored(words: list[str]) -> None:
    """A text is found by what an earlier version stored of it: the sums stay what they were."""
    clean = " ".join(words)
    hashed = [crc32(word.encode()) for word in clean.split(" ")]
    mix = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
    sums = {
        sum(word * by for word, by in zip(run, mix, strict=True)) % 2**64
        for run in zip(hashed, hashed[1:], hashed[2:], strict=False)
    }

    lowest = tuple(each % 2**32 for each in sorted(sums)[:HASHES])
    assert fingerprint_of(clean) == (lowest if len(clean) >= 34 else ())


@settings(max_examples=examples(40), deadline=None)
@given(st.text(max_size=400), st.text(max_size=80))
def test_any_text_can_be_related_to_itself(text: str, title: str) -> None:
    """No text of a stranger fails; the same text again is never a new event that is missed."""
    memory = Memory()
    memory.take((), title, text, NOW)
    again = memory.take((), title, text, NOW)

    clean = clean_text(text)
    hashes = fingerprint_of(clean) if shingles(clean).comparable else ()
    assert len(hashes) <= HASHES
    assert again.relation.kind in ("copy", "same", "new")
    if hashes and not title:
        assert again.relation.kind == "copy"


def test_split_story_is_not_joined_again_by_what_is_nearest_to_the_one_that_left() -> None:
    """A report nearest to the item that was split off stays out of the other story."""
    report = (
        "Контрактник Лев Корнев из Омска осуждён на пять лет: не вернулся из отпуска, жил в Таре."
    )
    longer = CASE + " Прокурор просил семь лет, защита будет обжаловать приговор в Новосибирске."
    near = [
        KnownReport(1, 10, NOW, text_profile("", CASE)),
        KnownReport(
            2, 20, NOW, text_profile("", "Лев Корнев из Омска осуждён на пять лет за самоволку.")
        ),
    ]
    new = text_profile("", report)
    free = relate_texts(new, NOW, near)
    nearest, other = (1, 20) if free.story_id == 10 else (2, 10)
    split = relate_texts(new, NOW, near, {nearest: {other}})
    alone = relate_texts(new, NOW, [each for each in near if each.story_id == other])
    barred = relate_texts(new, NOW, near, {1: {10, 20}, 2: {10, 20}})

    assert free.kind == alone.kind == "same"
    assert split.story_id == free.story_id
    assert barred.kind == "new"
    assert relate_texts(text_profile("", longer), NOW, near, {1: {20}}).story_id == 10
