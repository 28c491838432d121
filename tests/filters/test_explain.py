"""Why a text matched, or why not, in words of the text itself."""

from __future__ import annotations

from functools import cache

from filters.analysis import Analyser, Analysis
from filters.document import Document, Span
from filters.index import explain
from filters.query import parse

GROUPS = {"military": "солдат, военный, контрактник, боец"}


@cache
def analyser() -> Analyser:
    return Analyser()


def read(text: str, title: str = "") -> Analysis:
    return analyser().analyse(Document(text=text, title=title))


def shown(analysis: Analysis, spans: tuple[Span, ...]) -> list[str]:
    return [analysis.document.field(s.field)[s.start : s.end] for s in spans]


def test_each_clause_shows_its_words_as_written() -> None:
    """Highlights are the original letters, stress marks and odd capitals included."""
    analysis = read("Двое КОНТРАКТНИКОВ отка́зались ехать на фронт.", "Отказ в Пскове")

    told = explain(parse("контрактник отказ* -учения"), analysis)

    assert told.matched
    assert [shown(analysis, clause.spans) for clause in told.clauses] == [
        ["КОНТРАКТНИКОВ"],
        ["отка́зались", "Отказ"],
        [],
    ]


def test_near_shows_the_words_that_are_near() -> None:
    """Of two refusals, the one beside the front."""
    analysis = read("Отказались от интервью. Потом бойцы отказались ехать на фронт.")

    told = explain(parse("отказ* NEAR/3 фронт"), analysis)

    assert shown(analysis, told.spans) == ["отказались", "фронт"]
    assert told.spans[0].start > 20


def test_not_near_shows_the_place_that_is_left() -> None:
    """Of two refusals, the one without a comment; the words it is without are not shown."""
    analysis = read("Отказались комментировать. Потом двое бойцов отказались ехать на фронт.")

    told = explain(parse("отказ* NOT/s комментировать"), analysis)

    assert told.matched
    assert shown(analysis, told.spans) == ["отказались"]
    assert told.spans[0].start > 20


def test_a_failed_not_near_shows_what_was_in_the_way() -> None:
    """An admin sees which word beside the found one kept the filter from matching."""
    analysis = read("Отказались комментировать.")

    told = explain(parse("отказ* NOT/s комментировать"), analysis)

    sought, excluded = told.failed[0].parts
    assert shown(analysis, sought.spans) == ["Отказались"]
    assert sought.held
    assert shown(analysis, excluded.spans) == ["комментировать"]
    assert not excluded.held
    assert excluded.text == "-комментировать"
    assert not explain(parse("побег NOT/s комментировать"), analysis).failed[0].parts[0].held


def test_what_is_excluded_may_hold_the_word_itself() -> None:
    """A phrase around the word excludes it; the word alone is no other thing."""
    analysis = read("Отказ от интервью.")

    assert not explain(parse('отказ NOT/2 "отказ от интервью"'), analysis).matched
    assert explain(parse("отказ NOT/2 (отказ, нет)"), analysis).matched
    assert explain(parse('"отказ от интервью" NOT/2 интервью'), analysis).matched


def test_a_phrase_is_one_span() -> None:
    """A phrase is highlighted whole."""
    analysis = read("Дело о самовольном оставлении части.")

    told = explain(parse('"самовольное оставление"'), analysis)

    assert shown(analysis, told.spans) == ["самовольном оставлении"]


def test_a_miss_names_the_clause_that_failed_and_what_was_found() -> None:
    """«самоволка» found, no military word in its sentence."""
    analysis = read("Самоволка раскрыта. Солдат ждёт суда.")

    told = explain(parse("самоволка NEAR/s @military", GROUPS), analysis)

    assert not told.matched
    assert told.spans == ()
    (failed,) = told.failed
    assert failed.text == "самоволка NEAR/s @military"
    assert "в одном предложении" in failed.describe("ru")
    assert [part.held for part in failed.parts] == [True, True]
    assert [shown(analysis, part.spans) for part in failed.parts] == [["Самоволка"], ["Солдат"]]


def test_a_miss_by_exclusion_shows_what_excluded_it() -> None:
    """«-учения» failed because of «учениях»."""
    analysis = read("Солдат отказался на учениях.")

    (failed,) = explain(parse("отказаться -учения"), analysis).failed

    assert failed.text == "-учения"
    assert shown(analysis, failed.spans) == ["учениях"]


def test_a_field_is_read_alone() -> None:
    """A word of the text is no word of the title."""
    analysis = read("Отказ от службы", "Новости")

    told = explain(parse("title:отказ"), analysis)

    assert [clause.text for clause in told.failed] == ["title:отказ"]


def test_of_alternatives_only_the_nearly_true_are_told() -> None:
    """A group of a hundred words is not listed; a NEAR half true is."""
    analysis = read("Самоволка раскрыта.")

    (failed,) = explain(parse("(самоволка NEAR/2 солдат), дезертир, побег"), analysis).failed

    assert [part.text for part in failed.parts] == ["самоволка NEAR/2 солдат"]
