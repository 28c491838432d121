"""The reader: the one object the bot asks."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.document import Document
from filters.entities import Entity
from filters.query import parse
from filters.reading import Reader, load_reader
from tests.support.examples import examples

TEXT = (
    "Павел Чиков рассказал о деле. Около 60 контрактников из Пскова отказались ехать "
    "на фронт. Их ждёт суд по ст. 337 УК РФ."
)


@pytest.fixture(scope="module")
def shared() -> Reader:
    return load_reader()


def test_a_report_is_read_whole(shared: Reader) -> None:
    """Topics, entities, facets and the sentence to show come from one call."""
    reading = shared.read(Document(text=TEXT))

    assert {"refusal", "desertion"} <= set(reading.caught)
    assert {"person:chikov", "place:pskov", "count:~60", "law:ru:337"} <= {
        mention.id for mention in reading.entities
    }
    assert reading.facets.army == "ru"
    assert reading.failed == ()
    hit = next(hit for hit in reading.hits if hit.topic == "refusal")
    assert TEXT[hit.sentence.start : hit.sentence.end].startswith("Около 60")


def test_spans_are_of_the_original_text(shared: Reader) -> None:
    """Highlights fall on the words as published, in title and text."""
    document = Document(
        title="Солдаты отка\u0301зываются воевать", text="Контрактники не хотят на фронт."
    )

    reading = shared.read(document)

    words = {
        document.field(span.field)[span.start : span.end]
        for hit in reading.hits
        for span in hit.spans
    }
    assert "отка\u0301зываются" in words


def test_a_reading_keeps_to_the_filters_it_was_made_with(shared: Reader) -> None:
    """What is worked out later is of the set as it was, whatever was removed since."""
    shared.add_filter("later", "t", parse("контрактник"))
    reading = shared.read(Document(text=TEXT))
    shared.remove_filter("later")

    assert "t" in reading.topics
    assert [hit.topic for hit in reading.hits if hit.key == "later"] == ["t"]
    assert reading == reading.settle()


def test_what_matches_nothing_has_no_facets(shared: Reader) -> None:
    """Facets cost time and mean nothing without a match."""
    reading = shared.read(Document(text="Гарнизонный суд ждал. Павел Чиков был там."))

    assert reading.hits == ()
    assert reading.facets.evidence == {}
    assert [mention.id for mention in reading.entities] == [
        "court:garrison:unnamed",
        "person:chikov",
    ]


def test_filters_are_added_replaced_and_removed() -> None:
    """An admin's filter works at once beside the packs, and is gone at once."""
    reader = load_reader()
    document = Document(text="Павел Чиков защищает рядового по ст. 337 УК РФ.")

    reader.add_filter("f7", "custom", parse("person:chikov law:ru:337 army:ru"))
    assert "custom" in reader.read(document).topics
    assert reader.explain("f7", document).matched

    reader.add_filter("f7", "other", parse("person:putin"))
    assert {"custom", "other"}.isdisjoint(reader.read(document).topics)

    reader.remove_filter("f7")
    assert "f7" not in reader.keys
    with pytest.raises(KeyError):
        reader.remove_filter("f7")


def test_entities_may_be_added_and_taken_away() -> None:
    """A name an admin saves is found in the next text, and no more when it is removed; what the
    packs know stays."""
    reader = load_reader()
    document = Document(text="Анна Петрова и Павел Чиков ведут список отказников.")
    name = Entity("person:petrova", "person", {}, strong=frozenset({"анна петрова"}))

    def named() -> list[str]:
        return [mention.id for mention in reader.read(document).entities]

    assert named() == ["person:chikov"]
    reader.use_entities([name])
    assert named() == ["person:petrova", "person:chikov"]
    reader.use_entities([])
    assert named() == ["person:chikov"]


def test_offences_by_name_are_inferred_where_the_army_is_known(shared: Reader) -> None:
    """Desertion from Russia's army is article 338, and said to be our inference."""
    reading = shared.read(Document(text="Russian soldiers were charged with desertion."))

    laws = [mention for mention in reading.entities if mention.kind == "law"]
    assert [(law.id, law.inferred) for law in laws] == [("law:ru:338~", True)]


def test_an_offence_by_name_is_its_article_for_a_filter() -> None:
    """Who follows article 338 hears of trials for desertion whose reports give no number, where
    the army is known and the time is ours; `=` asks for the number."""
    reader = load_reader()
    reader.add_filter("t/any", "t", parse("law:ru:338"))
    reader.add_filter("t/number", "t", parse("=law:ru:338"))

    def found(text: str) -> list[str]:
        return [hit.key for hit in reader.read(Document(text=text)).hits if hit.topic == "t"]

    assert found("Russian soldiers face prosecution for desertion.") == ["t/any"]
    assert found("Российского солдата судят по ст. 338 УК РФ.") == ["t/any", "t/number"]
    assert found("He faces prosecution for desertion.") == []
    assert found("Ukrainian soldiers face prosecution for desertion.") == []
    assert found("В 1941 году красноармейца расстреляли за дезертирство.") == []


def test_the_cache_changes_nothing_but_time(shared: Reader) -> None:
    """A process warmed by another's cache reads alike; rubbish is ignored."""
    document = Document(text=TEXT)
    shared.read(document)

    assert load_reader(shared.cache()).read(document) == shared.read(document)
    assert load_reader(b"rubbish").read(document) == shared.read(document)


@settings(max_examples=examples(60), deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_can_be_read(shared: Reader, text: str, title: str) -> None:
    """Posts are strange; reading never raises."""
    reading = shared.read(Document(text=text, title=title))

    assert reading.failed == ()


def test_a_process_of_its_own_reads_with_the_packs() -> None:
    """Nothing but `filters` is needed, and no cache; `make bench` measures how long it takes."""
    code = (
        "import sys; from filters.reading import load_reader;"
        "from filters.document import Document;"
        "r = load_reader();"
        "d = Document(text='Солдаты отказались воевать. Солдат самовільно залишив частину.');"
        "print(*sorted({m.topic for m in r.read(d).hits}), 'bot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["desertion", "refusal", "False"]
