# ruff: noqa: E501 (pairs of sentences read better unbroken)
"""Sure, possible, no: what the score makes of what filters found."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import cast

import pytest

from filters import features
from filters.document import Document
from filters.entries import Entry
from filters.judging import Judgement
from filters.learning import Judged, Learned
from filters.packs import TOPICS, load_examples, load_packs, load_weights
from filters.query import parse
from filters.reading import Reader, Reading, load_reader
from filters.score import LONG, SCALE, TELLS, Certainty, Scorer, Thresholds, blank, pack_weights
from tests.support.readers import shipped_reader

# Sentences that used to veto a whole text, wherever they stood in it.
VETOES = (
    "В Минобороны отказались комментировать.",
    "Банк отказался выдать кредит, сообщает редакция.",
    "У Міноборони відмовилися від коментарів.",
    "The ministry refused to comment.",
    "In other news, a film about deserters opens on Friday.",
    "Сборная отказалась от матча, дезертиров в команде нет.",
)
# Who did what to whom: the first of each asserts the topic, the second does not.
PAIRS = (
    ("refusal", "Мотострелки отказались выходить на рубеж атаки.", "Мотострелкам отказали в ротации."),
    ("refusal", "Рота морпехов отказалась идти в бой.", "Отель отказался селить роту морпехов."),
    ("refusal", "Артилеристи відмовилися їхати на передову.", "Артилеристам відмовили в лікуванні."),
    ("refusal", "Gunners refused to go back to the line.", "Gunners were refused seats on the flight."),
    ("refusal", "A platoon refused an order to attack.", "A clinic refused to treat the platoon."),
    ("pressure", "Отказников держат в яме под Луганском.", "Штурмовики держат в яме пленных."),
    ("pressure", "Дезертира избили в комендатуре.", "Дезертир избил охранника магазина."),
    ("pressure", "Military police beat deserters in a cellar.", "A deserter beat a shopkeeper."),
    ("desertion", "Матрос самовольно покинул корабль и скрылся.", "Матрос покинул корабль после службы."),
    ("desertion", "Two privates deserted their post.", "Two villagers fled the privates at a post."),
    ("self-harm", "Рядовой прострелил себе ступню.", "Рядовому прострелили ступню в бою."),
    ("self-harm", "A corporal shot himself in the foot.", "A corporal was shot in the foot."),
)  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Reader:
    return shipped_reader()


def read(reader: Reader, text: str) -> Reading:
    return reader.read(Document(text=text))


def test_a_plain_report_is_sure_and_a_plain_trap_is_not(reader: Reader) -> None:
    """The two ends of the scale."""
    sure = read(reader, "Около 60 контрактников отказались ехать на войну.")
    trap = read(reader, "Кафе отказалось обслужить солдата.")

    assert sure.topics == ("refusal",)
    assert sure.matches[0].filters
    assert trap.topics == ()


def test_what_answers_taught_is_used_until_it_is_taken_back(reader: Reader) -> None:
    """A topic's own threshold, and distrust of the very filters that found it, decide; a
    score stays as it was, since the next fit starts from it."""
    text = "Около 60 контрактников отказались ехать на войну."
    before = read(reader, text)
    [match] = before.matches
    strict = Learned({"refusal": Thresholds(2.0, 0.1)})  # nothing is so likely
    distrust = Learned(priors=dict.fromkeys(match.filters, (1.0, 99.0)))
    unheard = Learned(priors={"refusal/of-another": (1.0, 99.0)})
    try:
        reader.use_learned(strict)
        possible = next(each for each in read(reader, text).matches if each.topic == "refusal")
        reader.use_learned(distrust)
        found = read(reader, text).matches
        doubted = next((each for each in found if each.topic == "refusal"), None)
        reader.use_learned(unheard)
        same = read(reader, text)
    finally:
        reader.use_learned(None)

    assert (possible.certainty, possible.score) == ("possible", match.score)
    assert doubted is None or doubted.score == match.score
    judged = Judged("refusal", match.score, match.filters, tells=True)
    expected = distrust.certainty(judged, reader.thresholds["refusal"])
    assert (doubted.certainty if doubted else "no") == expected
    assert same == before
    assert read(reader, text) == before


def test_a_vetoing_sentence_loses_no_report(reader: Reader) -> None:
    """A veto explains its place: before or after a report it changes nothing of it."""
    examples = [each for each in load_examples() if each.match and not each.title]
    chosen = random.Random(5).sample(examples, 60)
    lost: list[str] = []
    for number, each in enumerate(chosen):
        veto = VETOES[number % len(VETOES)]
        before = read(reader, each.text)
        for text in (f"{veto}\n\n{each.text}", f"{each.text}\n\n{veto}"):
            after = read(reader, text)
            if each.topic not in after.caught or not set(before.topics) <= set(after.topics):
                lost.append(text)

    assert lost == []


def test_roles_tell_who_did_what_to_whom(reader: Reader) -> None:
    """Of pairs that share their words, most are told apart."""
    right = [
        (told, kept)
        for topic, told, kept in PAIRS
        if topic in read(reader, told).topics and topic not in read(reader, kept).topics
    ]

    assert len(right) / len(PAIRS) >= 0.75


def test_a_filter_people_wrote_is_always_sure(reader: Reader) -> None:
    """The score judges the packs, not the people."""
    own = load_reader(weights=blank(TOPICS))
    own.add_filter("mine", "refusal", parse("кафе"))

    match = read(own, "Кафе отказалось обслужить солдата.").matches[0]

    assert (match.topic, match.certainty, match.score, match.filters) == (
        *("refusal", "sure", 1.0),
        ("mine",),
    )


def test_a_filter_on_trial_makes_no_topic_sure(reader: Reader) -> None:
    """Neither by itself, nor beside a topic that is sure, nor where the score had a doubt."""
    trying = load_reader()
    for topic in TOPICS:
        query = parse("солдат*, військов*, soldier*, отказ*, відмов*, refus*")
        trying.add_filter(f"try/{topic}", topic, query, trial=True)
    examples = [each.text for each in load_examples() if each.match and len(each.text) < 120]
    texts = [
        *random.Random(11).sample(examples, 60),
        "Солдаты отказались воевать, командир молчит.",
    ]

    wrong = [text for text in texts if read(trying, text).topics != read(reader, text).topics]

    assert wrong == []


def test_each_topic_of_a_text_has_facets_of_its_own(reader: Reader) -> None:
    """One is convicted, two are held now: the verdict is not theirs."""
    reading = read(
        reader,
        "Рядового Иванова из Читы осудили на пять лет: ушёл из части к больной матери. "
        "Ещё двоих держат в яме за то, что не захотели идти на штурм.",
    )
    stages = {match.topic: match.facets.stage for match in reading.matches}

    assert stages["desertion"] == "verdict"
    assert stages["refusal"] == "report"
    assert {match.facets.army for match in reading.matches} == {"ru"}


def test_a_roundup_gives_a_report_for_each_entry(reader: Reader) -> None:
    """Each report has its topics and its army; others stay empty."""
    text = (
        "Главное за день\n\n"
        "• Суд в Чите дал рядовому шесть лет за самовольное оставление части.\n"
        "• В Омске открыли мост.\n"
        "• Десять бойцов ВСУ отказались идти на позиции."
    )
    reading = read(reader, text)
    told = [(report.topics, text[report.start : report.start + 6]) for report in reading.reports]

    assert told == [(("desertion",), "• Суд "), ((), "• В Ом"), (("refusal",), "• Деся")]
    assert [m.facets.army for report in reading.reports for m in report.matches] == ["ru", "ua"]


def test_filter_of_ones_own_finds_every_entry(reader: Reader) -> None:
    """Each is a report: what one filter finds in one is found in the others too, and what it
    excludes in one excludes no other."""
    text = (
        "Главное за день\n\n"
        "• В Чите ищут пропавшего водовоза, его видели у реки.\n"
        "• В Омске ищут пропавшего водовоза, мост перекрыт.\n"
        "• В Уфе нашли пропавшего водовоза, он был у родных."
    )
    reader.add_filter("own/1", "own", parse("водовоз -мост"))
    try:
        found = reader.read(Document(text=text))
        places = [(match.entry, text[match.passage.start :][:9]) for match in found.matches]
        topics = [report.topics for report in found.reports]
    finally:
        reader.remove_filter("own/1")

    assert sorted(places) == [(0, "В Чите ищ"), (2, "В Уфе наш")]
    assert topics == [("own",), (), ("own",)]


def test_no_sentence_beside_takes_anything_away(reader: Reader) -> None:
    """Whatever stands before or behind a report in another paragraph, each topic it may assert is
    as likely as it was, or likelier: also where a pronoun may be said of somebody there, and where
    what stands there lets a filter match that did not."""
    judge = reader._judge
    assert judge is not None
    beside = [*VETOES, "Дезертиров и солдат ищут.", "Army officers held soldiers.", "Призовники."]
    reports = [each.text for each in load_examples() if each.match and len(each.text) < 120]
    fallen: list[str] = []
    for number, report in enumerate(random.Random(7).sample(reports, 80)):
        more = beside[number % len(beside)]
        alone = _likely(reader, report)
        may_be = [t for t in TOPICS if alone[t] >= reader.thresholds[t].possible]
        for text in (f"{more}\n\n{report}", f"{report}\n\n{more}"):
            found = _likely(reader, text)
            fallen += [text for topic in may_be if found[topic] < alone[topic] - 1e-9]

    assert fallen == []


def _likely(reader: Reader, text: str) -> dict[str, float]:
    """The most that any sentence of a text gets, by topic."""
    judge = reader._judge
    assert judge is not None
    found = reader.passages(Document(text=text))
    return {
        topic: max((judge.scorer.probability(topic, each.features) for each in found), default=0.0)
        for topic in TOPICS
    }


def test_a_sentence_of_a_long_report_counts_less(reader: Reader) -> None:
    """What a topic is named by in passing stands in long ones. A roundup is not long for its
    number of reports."""
    report = "Солдат самовольно оставил часть и уехал домой."
    rest = "Губернатор открыл мост через реку, пришли жители трёх сёл. "
    items = [f"{number}. {rest.strip()}" for number in range(2, 14)]

    def likely(text: str) -> float:
        return read(reader, text).scores["desertion"]

    short = likely(f"{report}\n\n{rest}")
    assert likely(f"{report}\n\n{rest * (LONG // len(rest) + 1)}") < short
    roundup = "Главное за день\n\n" + "\n\n".join([f"1. {report}", *items])
    assert len(roundup) > LONG
    assert likely(roundup) >= short - 0.05


def test_a_duty_refused_in_words_of_no_filter_may_be_sure(reader: Reader) -> None:
    """Grammar finds as filters do: who serves, refuses, and a deed; not where others refuse or
    what is refused is private."""
    told = [
        "Понтонёры отказались наводить мост под обстрелом.",
        "Зенітники відмовилися палити комори.",
        "Pontoon gunners refused to burn the barns.",
    ]
    kept = [
        "Понтонёрам отказали в новом мосте.",
        "Зенітники відмовилися мити посуд.",
        "Gardeners refused to burn the barns of the gunners.",
    ]

    assert all("refusal" in read(reader, text).topics for text in told)
    assert not any(read(reader, text).topics for text in kept)


def test_what_no_filter_found_is_never_sure(reader: Reader) -> None:
    """The score alone may find, but not push."""
    judge = reader._judge
    assert judge is not None
    analysis, cut = reader.analyse(Document(text="Солдаты.")), (Entry(0, 8, 0),)
    topic_of = {key: reader.topic_of(key) for key in reader.keys}
    judgement = Judgement(analysis, cut, (), judge, topic_of)
    passages = judge.passages.find(analysis, cut, (), everywhere=True)

    assert passages
    for passage in passages:
        assert judgement.certainty(Judged("refusal", 0.99), passage) in {"possible", "no"}


def test_a_report_is_told_though_no_filter_names_its_topic() -> None:
    """Filters of one topic touch the sentence, the score is sure of another: that one is told."""
    topics = ("refusal", "pressure")
    nothing, tells = [0] * (1 << features.BITS), [0] * (1 << features.BITS)
    tells[features.number("bias")] = 6 * SCALE
    reader = load_reader(
        weights=pack_weights(
            {"refusal": (nothing, nothing), "pressure": (tells, nothing)},
            dict.fromkeys(topics, (1.0, -3.0)),
            dict.fromkeys(topics, Thresholds(0.5, 0.2)),
        )
    )

    reading = read(reader, "Солдаты отказались воевать.")

    assert {hit.topic for hit in reading.fired} == {"refusal"}
    assert reading.topics == ("pressure",)


IN_OTHER_WORDS = "Ополченцы отказались разминировать поле без карты."


@pytest.fixture(scope="module")
def grammar_alone() -> Reader:
    """Its score is .4 for refusal everywhere, between `TELLS` and sure; of that topic's filters
    it has one, which asks for other words."""
    nothing, some = [0] * (1 << features.BITS), [0] * (1 << features.BITS)
    some[features.number("bias")] = round(2.6 * SCALE)
    reader = load_reader(
        weights=pack_weights(
            {"refusal": (some, nothing)},
            {"refusal": (1.0, -3.0)},
            {"refusal": Thresholds(0.6, 0.2)},
        )
    )
    for key in [key for key in reader.keys if reader.topic_of(key) == "refusal"]:
        reader.remove_filter(key)
    _switch_on(reader)
    return reader


def _switch_on(reader: Reader) -> None:
    [each] = [each for each in load_packs().filters if each.key == "refusal/on-strike"]
    reader.add_filter(each.key, each.topic, each.query)


@pytest.mark.parametrize(
    ("sure", "certainty"), [(0.6, "sure"), (0.4, "sure"), (0.62, "sure"), (0.95, "possible")]
)
def test_a_fit_moves_what_grammar_tells_as_it_moves_its_topic(
    grammar_alone: Reader, sure: float, certainty: str
) -> None:
    """A fit equal to what ships changes nothing of what only grammar finds."""
    [before] = read(grammar_alone, IN_OTHER_WORDS).matches
    try:
        grammar_alone.use_learned(Learned({"refusal": Thresholds(sure, 0.2)}))
        [after] = read(grammar_alone, IN_OTHER_WORDS).matches
    finally:
        grammar_alone.use_learned(None)

    assert (before.certainty, before.filters) == ("sure", ())
    assert TELLS < before.score < 0.6
    assert after == replace(before, certainty=cast("Certainty", certainty))


def test_a_topic_whose_pack_filters_are_off_is_not_told_by_grammar(grammar_alone: Reader) -> None:
    """Whoever keeps only filters of their own is pushed what these find; what was read before
    the change stays as it was read."""
    own = "refusal/of-our-own"
    query = parse("разминировать", {})
    earlier = grammar_alone.read(Document(text=IN_OTHER_WORDS))
    grammar_alone.remove_filter("refusal/on-strike")
    try:
        off = read(grammar_alone, IN_OTHER_WORDS)
        grammar_alone.add_filter(own, "refusal", query)
        of_own = read(grammar_alone, IN_OTHER_WORDS)
        beside = read(grammar_alone, IN_OTHER_WORDS.replace("разминировать", "штурмовать"))
    finally:
        grammar_alone.remove_filter(own)
        _switch_on(grammar_alone)

    assert (off.topics, off.possible) == ((), ("refusal",))
    assert of_own.topics == ("refusal",)
    assert (beside.topics, beside.possible) == ((), ("refusal",))
    assert earlier.topics == ("refusal",)
    assert read(grammar_alone, IN_OTHER_WORDS).topics == ("refusal",)


def test_weights_that_ship_are_small_and_for_all_topics() -> None:
    """They come with the package and are read without any library."""
    data = load_weights()
    scorer = Scorer(data)

    assert len(data) < 4_000_000
    assert scorer.topics == TOPICS
    assert all(0 < t.possible < t.sure < 1 for t in scorer.thresholds.values())


def test_files_that_are_no_weights_are_refused() -> None:
    """A damaged file is an error at the start, not a silent bot."""
    with pytest.raises(ValueError, match="no weights"):
        Scorer(b"something else")
    with pytest.raises(ValueError, match="for each number"):
        pack_weights({"t": ([1], [1])}, {"t": (1.0, 0.0)}, {"t": Thresholds(0.5, 0.1)})


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        (  # the next sentence names no topic: it goes with the one before
            "Двое бойцов ВСУ самовольно оставили часть под Сумами. Суд дал каждому по пять лет. "
            "Ещё десять их сослуживцев отказались идти на штурм.",
            {"desertion": "verdict", "refusal": "report"},
        ),
        (  # those whom guards of the border find are not charged yet
            "Прикордонники затримали на Тисі чотирьох ухилянтів. "
            "Солдата, який самовільно залишив частину, судять у Мукачеві.",
            {"draft-evasion": "report", "desertion": "charge"},
        ),
        (
            "A court in Rostov gave a private six years for desertion. "
            "Soldiers who refused to attack are being beaten in a cellar.",
            {"desertion": "verdict", "refusal": "report", "pressure": "report"},
        ),
    ],
)
def test_a_verdict_is_that_topics_of_which_it_speaks(
    reader: Reader, text: str, stages: dict[str, str]
) -> None:
    """Several topics in one text: each has the stage of what speaks of it."""
    found = {match.topic: match.facets.stage for match in read(reader, text).matches}

    assert {topic: found.get(topic) for topic in stages} == stages


def test_a_verdict_in_a_title_of_two_topics_is_not_both_ones(reader: Reader) -> None:
    """The text tells each apart: who was convicted is said there."""
    text = (
        "Суд приговорил сержанта Иванова к семи годам за дезертирство. "
        "Тем временем мобилизованные отказались идти на штурм."
    )
    title = "Осуждён дезертир, рота отказалась идти в бой"
    found = reader.read(Document(text=text, title=title)).matches
    stages = {match.topic: match.facets.stage for match in found}

    assert stages == {"desertion": "verdict", "refusal": "report"}


def test_an_opinion_is_one_of_all_its_topics(reader: Reader) -> None:
    """What a text that begins as an opinion says of no court is commentary, of each topic."""
    text = (
        "Колонка военного историка: солдаты отказались идти на штурм не от трусости. "
        "Отказавшихся избили и посадили в яму."
    )
    found = {match.topic: match.facets.stage for match in read(reader, text).matches}

    assert found == {"refusal": "commentary", "pressure": "commentary"}


def test_detention_is_no_charge_where_it_is_what_is_told(reader: Reader) -> None:
    """Refusers held in a cell are pressed, not charged."""
    text = "Мобилизованных, отказавшихся идти на штурм, арестовали и держат под стражей в подвале."
    stages = {match.topic: match.facets.stage for match in read(reader, text).matches}

    assert stages["pressure"] == "report"
