"""Queries written for other tools, and as people type them, are never silently another query."""

from __future__ import annotations

from functools import cache

import pytest

from filters.analysis import Analyser
from filters.document import Document
from filters.elsewhere import habits
from filters.explain import matches
from filters.query import Query, QueryError, parse, print_query
from filters.rewriting import blanked
from filters.tables import table


@cache
def analyser() -> Analyser:
    return Analyser()


def meant(text: str) -> Query:
    """What a text is understood to mean, or the mend it is answered with."""
    try:
        return parse(text)
    except QueryError as error:
        return parse(error.mend)


@pytest.mark.parametrize(
    ("text", "here"),
    [
        # Meltwater, Talkwalker, Brandwatch
        ("рапорт ONEAR/4 штурм", "рапорт BEFORE/4 штурм"),
        ("рапорт NEAR/3f штурм", "рапорт BEFORE/3 штурм"),
        ("(рапорт OR жалоба)^3 AND штурм", "(рапорт, жалоба) штурм"),
        ("ingress:рапорт AND sourcecountry:ua", "text:рапорт"),
        ("рапорт AND reach:>1000 AND штурм", "рапорт штурм"),
        ("рапорт <<<проверить в мае>>> OR жалоба", "рапорт, жалоба"),
        ("{ВСУ}", "ВСУ"),
        ("++рапорты", "=рапорты"),
        ("raw:рапорту", "=рапорту"),
        # Factiva, Westlaw, Lexis, dtSearch, EBSCO, ProQuest
        ("рапорт adj4 штурм", "рапорт BEFORE/4 штурм"),
        ("рапорт w3 штурм", "рапорт BEFORE/3 штурм"),
        ("рапорт /N6/ штурм", "рапорт NEAR/6 штурм"),
        ("рапорт N6 штурм", "рапорт NEAR/6 штурм"),
        ("рапорт W/6 штурм", "рапорт NEAR/6 штурм"),
        ("hd=рапорт and la=uk and wc>200", "title:рапорт lang:uk"),
        ("рапорт$2", "рапорт*"),
        ("рапорт/F30/", "рапорт"),
        ("atleast3 рапорт", "рапорт"),
        ("mutin! /s (brigade regiment)", "mutin* NEAR/s (brigade, regiment)"),
        ("mutin! +s brigade % film", "mutin* BEFORE/s brigade -film"),
        ("mutin! pre/3 brigade and not headline(film)", "mutin* BEFORE/3 brigade -title:film"),
        ("mutiny not w/5 film", "mutiny NOT/5 film"),
        ("mutiny NOT NEAR/5 film", "mutiny NOT/5 film"),
        ("mutiny but not film", "mutiny -film"),
        # Sphinx, TGStat, Yandex, Integrum, Medialogia
        ('"рапорт жалоба штурм"/2', "(рапорт жалоба), (рапорт штурм), (жалоба штурм)"),
        ('"рапорт жалоба штурм"~4', "рапорт NEAR/4 жалоба NEAR/4 штурм"),
        ('"гарнизонный суд"/8', "гарнизонный NEAR/8 суд"),
        ("рапорт /+2 штурм", "рапорт BEFORE/2 штурм"),
        ("рапорт /(-1 +3) штурм", "(рапорт BEFORE/3 штурм), (штурм BEFORE/1 рапорт)"),
        ("рапорт ~~ кино", "рапорт -кино"),
        ("рапорт ~ кино", "рапорт NOT/s кино"),
        ("!рапорты !штурму", "=рапорты =штурму"),
        ("рапорт /п штурм", "рапорт NEAR/s штурм"),
        ("рапорт NEAR/с штурм", "рапорт NEAR/s штурм"),
        # Google, X, feed readers
        ("allintitle:рапорт штурм", "title:(рапорт штурм)"),
        ("рапорт filetype:pdf -кино", "рапорт -кино"),
        ("from:radio_n рапорт since:2025-01-01 -filter:replies", "source:radio_n рапорт"),
        ("рапорт&!кино", "рапорт -кино"),
        ("EntryTitle=(?i)рапорт", "title:/рапорт/i"),
        # people
        ("рапорт или жалоба", "рапорт, жалоба"),
        ("рапорт або скарга", "рапорт, скарга"),
        ("рапорт и штурм", "рапорт штурм"),
        ("рапорт та штурм", "рапорт штурм"),
        ("mutiny and not film", "mutiny -film"),
        ("mutiny not film", "mutiny -film"),
        ("mutin! but not film", "mutin* -film"),
        ("рапорт, но не кино", "рапорт -кино"),
        ("рапорт, кроме учений", "рапорт -учений"),
        ("рапорт окрім навчань", "рапорт -навчань"),
        ("рапорт AND", "рапорт"),
        ("рапорт NEAR/3", "рапорт"),
        ("рапорт,", "рапорт"),
        ("AND рапорт", "рапорт"),
        ("рапорт mime:pdf likes:>10", "рапорт"),
        ('"рапорт жалоба штурм"/0.5', "(рапорт жалоба), (рапорт штурм), (жалоба штурм)"),
        ('"рапорт жалоба штурм"/0.9', "рапорт жалоба штурм"),
        ("рапорт << штурм << рота", "рапорт BEFORE/p штурм BEFORE/p рота"),
        ("mutin! or (refus! w/3 order)", "mutin*, refus* NEAR/3 order"),
        ("media_name:Вести AND рапорт", "source:Вести рапорт"),
        ("sentiment:negative AND рапорт", "рапорт"),
        ("рапорт after:2024-01-01 before:2024-02-01", "рапорт"),
        ("(рапорт OR жалоба) -is:retweet lang:uk", "(рапорт, жалоба) lang:uk"),
        ("intext:рапорт -intitle:игра", "text:рапорт -title:игра"),
        ('"рапорт * штурм"', "рапорт BEFORE/2 штурм"),
        ("1. рапорт\n2. жалоба", "рапорт, жалоба"),
        ("- рапорт\n- жалоба", "рапорт, жалоба"),
        ("рапорт; жалоба", "рапорт, жалоба"),
        ("рапорт !кино", "рапорт -кино"),
        ("рапорт и не кино", "рапорт -кино"),
        ("рапорт кроме кино", "рапорт -кино"),
        ("рапорт/жалоба", "рапорт, жалоба"),
        ("рапорт+штурм", "рапорт штурм"),
        ("%рапорт%", "рапорт*"),
        ("#рапорт", "tag:рапорт"),
        ("- рапорт\n- жалоба командиру\n- штурм", "рапорт, (жалоба командиру), штурм"),
        ("рапорт*штурм", "рапорт* штурм"),
        ("3-я рота", "unit:*:company:3"),
        ("самовольное оставление поста", "самовольн* остав* поста"),
        ("titel:рапорт", "title:рапорт"),
        ("kind:media,court рапорт", "kind:(media, court) рапорт"),
        ("lang:ru,uk рапорт", "lang:(ru, uk) рапорт"),
        ("army:ru,ua рапорт", "(army:ru, army:ua) рапорт"),
        ("@radio_news рапорт", "source:radio_news рапорт"),
    ],
)
def test_what_is_written_elsewhere_means_the_same_here(text: str, here: str) -> None:
    """It is understood, or answered with a mend that reads and means the same."""
    query = meant(text)

    assert query == parse(here), print_query(query)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("солдат !учения", ("солдат -учения", "солдат =учения")),
        ("СОЧ/СЗЧ", ("СОЧ, СЗЧ", '"СОЧ СЗЧ"')),
        ("рапорт\nжалоба", ("рапорт, жалоба", "рапорт жалоба")),
        ("mutiny not film", ("mutiny -film", 'mutiny "not" film')),
        ("mutiny, not film", ("mutiny, (not film)", "mutiny -film")),
        (
            "дезертир, не вернулся из отпуска",
            ("дезертир, (не вернулся из отпуска)", "дезертир -вернулся из отпуска"),
        ),
        (
            "(пропал, не вышел на связь) рота",
            ("(пропал, (не вышел на связь)) рота", "(пропал -вышел на связь) рота"),
        ),
        ("рапорт без учений", ('рапорт "без" учений', "рапорт -учений")),
        ("остался без ноги", ('остался "без" ноги', "остался -ноги")),
        (
            "sent without food and water",
            ('sent "without" food and water', "sent -food and water"),
        ),
        ("самовольное оставление или побег", ()),
    ],
)
def test_what_may_mean_two_things_is_asked(text: str, readings: tuple[str, ...]) -> None:
    """Both meanings are shown, the likelier first, each a filter that reads."""
    with pytest.raises(QueryError) as caught:
        parse(text)

    assert not readings or caught.value.readings == readings
    assert len(caught.value.readings) > 1
    for reading in caught.value.readings:
        parse(reading)


@pytest.mark.parametrize(
    "text",
    [
        "не хочет воевать",
        "did not fight",
        "refused not to go",
        "в/ч",
        "и/о командира",
        "24/7",
        "R&D",
        "пресс-служба",
        "самовільне лишення частини",
        "лишение свободы",
        '"155-я бригада"',
        "155 бригада",
        '"рапорт или жалоба"',
    ],
)
def test_what_is_plain_is_not_asked_about(text: str) -> None:
    """A question that comes always is not read."""
    parse(text)


def test_a_filter_that_was_kept_is_read_as_it_was() -> None:
    """A question asked since then stops no stored filter."""
    for text in (
        "солдат\nматрос",
        "рапорт/жалоба",
        "155-я бригада",
        "a not b",
        "бросили без еды и воды",
    ):
        with pytest.raises(QueryError):
            parse(text)
        assert parse(text, kept=True)
        assert parse("@group", {"group": text})


def test_a_number_is_the_number_of_a_source() -> None:
    """`source:3` is no source whose title holds a 3; in quotes it is."""
    third = analyser().analyse(Document(text="рапорт", source="Radio", source_id=3))
    other = analyser().analyse(Document(text="рапорт", source="Radio 3", source_id=33))

    assert matches(parse("source:3"), third)
    assert not matches(parse("source:3"), other)
    assert matches(parse("source:#3,33"), other)
    assert matches(parse('source:"3"'), other)
    assert print_query(parse('source:"3" source:3')) == 'source:"3" source:3'


def test_awol_is_found_in_small_letters() -> None:
    """Capitals count where small letters make another word: СОЧ and Сочи, not AWOL and awol."""
    text = analyser().analyse(Document(text="Two went awol. В Сочи соч по алгебре."))

    assert matches(parse("AWOL"), text)
    assert not matches(parse("СОЧ"), text)


@pytest.mark.parametrize(
    "text",
    [
        "пропал без вести",
        "без вести пропавший",
        "ушёл, без BEFORE/2 спрос",
        "absent without leave",
        "soldier without leave",
        "покинул часть без разрешения командира",
        "залишив частину без поважних причин",
    ],
)
def test_a_word_of_the_language_is_no_exclusion(text: str) -> None:
    """«без вести» is what texts say; before an operator of ours it is a word."""
    parse(text)


def test_each_sign_stands_in_the_filters_it_must_and_in_no_others() -> None:
    """The list of signs that a researcher edits says itself which filters they are for, and each
    of these is refused with a mend that reads."""
    listed = table("habits.toml")["habits"]
    wrong = [
        (row["name"], text)
        for row, habit in zip(listed, habits(), strict=True)
        for must in ("must", "must_not")
        for text in row[must]
        if bool(habit.sign.search(blanked(text))) != (must == "must")
    ]

    assert wrong == []
    assert all(row["must"] and row["must_not"] for row in listed)
    for row in listed:
        for text in row["must"]:
            meant(text)
