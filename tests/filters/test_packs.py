"""The packs: what ships is read, parses, and finds what it says it finds."""

from __future__ import annotations

import tomllib
import zlib
from collections import Counter
from itertools import islice

import pytest

from filters import prefilter, tables
from filters.document import Document
from filters.packs import (
    TOPICS,
    Example,
    _data,
    load_examples,
    load_lemmas,
    load_packs,
    query_of,
)
from filters.packs.derived import lemmas_of_packs, queries_of_packs
from filters.packs.kept import load
from filters.passages import PROBE
from filters.query import parse, print_query
from filters.reading import Reader, load_reader
from filters.roles.meaning import ASKED
from tests.support.readers import shipped_reader

EXAMPLES = list(load_examples())
LANGUAGES = ("en", "ru", "uk")
CORE = frozenset({"refusal", "desertion", "self-harm", "pressure"})


@pytest.fixture(scope="module")
def reader() -> Reader:
    return shipped_reader()


def topics(reader: Reader, text: str, title: str = "") -> set[str]:
    """What the filters say, before the score weighs it."""
    return set(reader.read(Document(text=text, title=title)).caught)


def test_texts_beside_the_filters(reader: Reader) -> None:
    """A filter finds a text that must match its topic; of one that must not nobody is told."""

    def is_right(example: Example) -> bool:
        reading = reader.read(Document(text=example.text, title=example.title))
        found = reading.caught if example.match else reading.topics
        return (example.topic in found) is example.match

    assert [each for each in EXAMPLES if not is_right(each)] == []


def test_each_topic_and_language_has_texts_of_both_kinds() -> None:
    """A pack without counter-examples would be free to match everything."""
    counts = Counter((e.topic, e.lang, e.match) for e in EXAMPLES)
    thin = [
        key
        for topic in TOPICS
        for lang in LANGUAGES
        for key in ((topic, lang, True), (topic, lang, False))
        if counts[key] < 15
    ]

    assert thin == []


def test_no_text_stands_twice() -> None:
    """Copies would make the counts lie."""
    seen = Counter((e.topic, e.text) for e in EXAMPLES)

    assert [key for key, count in seen.items() if count > 1] == []


def test_topics_have_titles_in_every_language() -> None:
    """Subscribers choose topics by title."""
    for topic in load_packs().topics:
        assert set(topic.titles) == set(LANGUAGES) == set(topic.about)
        assert all(topic.titles.values())


def test_draft_evasion_is_not_core() -> None:
    """Core topics push; the call-up is no soldier's refusal."""
    assert {topic.id for topic in load_packs().topics if topic.core} == CORE


def test_filters_have_unique_keys_of_their_topic() -> None:
    """Keys are kept in databases: one key, one filter."""
    filters = load_packs().filters

    assert len({f.key for f in filters}) == len(filters)
    assert all(f.key.startswith(f"{f.topic}/") for f in filters)


def test_filters_print_and_parse_to_themselves() -> None:
    """An admin may open a pack's filter and save it unchanged."""
    packs = load_packs()

    for each in packs.filters:
        assert parse(print_query(each.query), packs.groups) == each.query, each.key


def test_every_group_is_used_and_parses() -> None:
    """A list nobody uses misleads whoever edits it."""
    packs = load_packs()
    texts = [f.query_text for f in packs.filters] + list(packs.groups.values())
    used = {name for name in packs.groups if any(f"@{name}" in text for text in (*texts, PROBE))}
    used |= ASKED  # roles ask for these by name

    assert set(packs.groups) == used
    for words in packs.groups.values():
        parse(words, packs.groups)


LESSONS = [
    # Substrings are not words.
    ("desertion", False, "", "В Сочи открыли канатную дорогу, рядом с воинской частью."),
    (
        "desertion",
        False,
        "",
        "Учителя сдали отчёты: СОР и СОЧ перенесли, школы ждут солдат с концертом.",
    ),
    ("desertion", False, "", "Soldiers patrolled the deserted street after curfew."),
    ("desertion", False, "", "Військові отримали 834 тис. 407 грн на ремонт казарми."),
    ("pressure", False, "", "Солдаты отказались от второй попытки сдать норматив по бегу."),
    # Ambiguous nouns need a military word.
    ("refusal", False, "", "Отказники из роддома ждут приёмных родителей."),
    ("desertion", False, "", "Самовольная постройка у гарнизона будет снесена."),
    ("desertion", False, "", "Фирму осудили за уклонение от уплаты налогов."),
    ("refusal", False, "", "The heavyweight refused to fight on Saturday night."),
    ("desertion", False, "", "The minister went AWOL during the budget debate."),
    ("refusal", False, "", "A mutiny in the parliamentary party grew on Monday."),
    ("desertion", False, "", "Беглец из колонии пойман на вокзале."),
    ("desertion", False, "", "A court-martial cleared the colonel of theft."),
    # Refusal: a verb, an action, a military subject.
    ("refusal", True, "", "Контрактники не согласились ехать на штурм."),
    ("refusal", True, "", "The conscripts would not deploy."),
    # Pressure is conditional.
    ("pressure", False, "", "Солдаты жили в подвале дома и готовили еду."),
    ("pressure", True, "", "Солдат, отказавшихся воевать, заперли в подвале."),
    # Desertion is told without its words; headlines have ten words and no law.
    ("desertion", True, "Контрактник не вернулся из отпуска: его ищет военная полиция", ""),
    ("desertion", True, "", "Солдат залишив підрозділ без дозволу командира й поїхав додому."),
    ("desertion", True, "", "The sailor was found guilty of missing movement."),
    # The subject decides.
    ("desertion", True, "", "Сержант полгода уклонялся от военной службы."),
    ("draft-evasion", True, "", "Студент уклонялся от призыва на военную службу."),
    ("desertion", False, "", "Студент уклонялся от призыва на военную службу."),
    ("desertion", False, "", "Армия покинула позиции и отошла за реку по приказу."),
    # Surrender is no refusal; a passport is no order.
    ("refusal", False, "", "Солдаты не хотят воевать и массово сдаются в плен."),
    ("refusal", False, "", "Росіяни не хочуть воювати і здаються в полон, каже солдат."),
    ("refusal", False, "", "A villager refused the passport and soldiers locked him in a cellar."),
    # An arrest is no pressure, nor is bullying among soldiers.
    ("pressure", False, "", "The deserter was detained at the border and charged."),
    ("pressure", False, "", "Старослужащие избивали солдат за отказ подчиняться."),
    ("pressure", True, "", "Тих, хто відмовився штурмувати, тримали солдати в ямі."),
    # An army that gives ground, an enemy routed.
    ("desertion", False, "", "Військові відійшли з позицій, щоб уникнути втрат."),
    ("desertion", False, "", "Наши взяли село под контроль, солдаты врага бросили окопы."),
    # A story without a soldier's word: who serves, what he does, what comes of it.
    ("desertion", True, "", "Мобилизованный уехал к матери, через год его задержали."),
    ("desertion", True, "", "Мобілізований поїхав до матері, за рік його затримали."),
    ("desertion", True, "", "The conscript took a train to his mother and was arrested later."),
    ("refusal", True, "", "«Мы туда не поедем», — сказали комбату мобилизованные."),
    ("refusal", True, "", "«Ми туди не поїдемо», — сказали комбату мобілізовані."),
    ("refusal", True, "", '"We won\'t go there," the mobilised men told their commander.'),
    # A summons not followed is the call-up's, though a unit is named.
    ("desertion", False, "", "Отримав повістку на відправку до частини, але не з'явився."),
    # Every pack runs on every language.
    ("desertion", True, "", "В бригаде сотни СЗЧ, пишет украинский комбат."),
    ("draft-evasion", True, "", "Мужчина бежал от ТЦК через окно."),
    ("desertion", True, "", "Комбат сказав: «Самоволка — це твій вирок, солдате»."),
]


def test_lessons_of_real_texts(reader: Reader) -> None:
    """What substrings and single words get wrong, the packs get right."""
    wrong = [
        (topic, match, title, text)
        for topic, match, title, text in LESSONS
        if (topic in topics(reader, text, title)) is not match
    ]

    assert wrong == []


def test_a_digest_with_one_topical_sentence_is_a_hit_with_that_sentence(reader: Reader) -> None:
    """The snippet of a long digest is the sentence that matters."""
    topical = "Двенадцать контрактников отказались возвращаться на передовую."
    text = f"Погода на выходные. В Туле открыли мост.\n\n{topical}\n\nКурс евро вырос."

    reading = reader.read(Document(text=text))

    refusal = next(hit for hit in reading.hits if hit.topic == "refusal")
    assert text[refusal.sentence.start : refusal.sentence.end] == topical


def test_lemmas_that_ship_are_those_the_packs_need() -> None:
    """Whoever edits a pack rebuilds (python -m filters.packs.build): a start looks up no word,
    and none has other lemmas than the dictionaries give."""
    shipped, needed = (_lemmas(kept) for kept in (load_lemmas(), lemmas_of_packs()))

    assert shipped == needed


def _lemmas(kept: bytes) -> dict[str, str]:
    rows = zlib.decompress(kept).decode().split("\n")
    return {word: lemmas for word, _, lemmas in (row.partition("\t") for row in sorted(rows))}


def test_filters_that_ship_as_read_are_what_their_texts_say() -> None:
    """A start parses no filter, and none is another than its text."""
    shipped, needed = load(_data("queries.bin").read_bytes()), queries_of_packs()

    assert {mark: shipped.get(mark) for mark in needed} == needed


def test_tables_that_ship_as_read_are_what_their_texts_say() -> None:
    """A start reads no text of a table, and none is another than its text."""
    assert _data("tables.bin").read_bytes() == tables.dump()
    for name in tables.NAMES:
        assert tables.table(name) == tomllib.loads(_data(name).read_text("utf-8"))


def test_what_patterns_begin_with_ships_as_the_patterns_say() -> None:
    """What ships is what would be worked out, and reading asks for nearly all of it."""
    reader = load_reader()
    for each in islice(EXAMPLES, 0, None, 60):
        reader.read(Document(each.text, each.title)).settle()

    ships = prefilter.shipped()
    there = {s: ships[mark] for s in prefilter.asked if (mark := prefilter.mark_of(s)) in ships}
    assert len(there) > 0.9 * len(ships) > 500
    told = sorted(there)[::4]
    assert {s: there[s] for s in told} == {s: prefilter.derive(s) for s in told}


def test_a_filter_or_group_that_was_changed_is_read_anew() -> None:
    """Whoever edits a group and forgets to rebuild has the filters that it says."""
    groups = dict(load_packs().groups)
    name = next(iter(groups))
    changed = {**groups, name: f"{groups[name]}, абракадабра"}

    assert query_of(f"@{name}", groups) == parse(f"@{name}", groups)
    assert query_of(f"@{name}", changed) == parse(f"@{name}", changed)
    assert query_of(f"@{name}", changed) != query_of(f"@{name}", groups)
