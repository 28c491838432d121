"""Names found by their first words are those a reader finds who compares every name everywhere."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filters.analysis import Analyser
from filters.document import Document
from filters.entities import Entity, Gazetteer
from tests.support.examples import examples

WORDS = st.sampled_from(["псков", "псковская", "область", "новая", "газета", "п'ять", "я"])
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
ENTITIES = st.lists(st.frozensets(NAMES, min_size=1, max_size=3), min_size=1, max_size=4)
SIGNS = st.sampled_from([" ", ", ", ". ", "-", "\n", " и ", " е́ ", "'s "])
TEXTS = st.lists(st.tuples(WORDS, SIGNS), max_size=8).map(
    lambda parts: "".join(word + sign for word, sign in parts)
)
ANALYSER = Analyser()


def everywhere(entities: list[Entity], document: Document) -> list[tuple[str, str, int, int]]:
    """Of names that overlap the first, of those that begin at one word the longest."""
    analysis = ANALYSER.analyse(document)
    found = []
    for field, low, high in (
        ("title", 0, analysis.title_count),
        ("text", analysis.title_count, len(analysis.cuts)),
    ):
        words = [token.norm.removesuffix("'s") for token in analysis.tokens][low:high]
        at = 0
        while at < len(words):
            named = [
                (len(name.split()), entity.id)
                for entity in entities
                for name in entity.strong
                if words[at : at + len(name.split())] == name.split()
            ]
            longest = max((length for length, _ in named), default=0)
            for entity_id in sorted(each for length, each in named if length == longest):
                first, last = (analysis.position(low + at + n) for n in (0, longest - 1))
                start, end = analysis.place(first)[0], analysis.place(last)[1]
                end -= 2 * document.field(field)[start:end].endswith("'s")
                found.append((entity_id, field, start, end))
            at += max(1, longest)
    return found


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=examples(150))
@given(ENTITIES, TEXTS, TEXTS)
def test_no_name_is_passed_over(names: list[frozenset[str]], title: str, text: str) -> None:
    """A name stands in one field and in whole words, whatever parts them."""
    entities = [Entity(f"org:{n}", "org", {}, strong=forms) for n, forms in enumerate(names)]
    document = Document(title=title, text=text)
    found = Gazetteer(entities).find(ANALYSER.analyse(document))
    assert [(m.id, m.field, m.start, m.end) for m in found] == everywhere(entities, document)


def test_a_word_beside_a_name_is_of_the_same_field() -> None:
    """«Север» beside «журнал» is a magazine; in the title it is not beside."""
    north = Entity("org:north", "org", {}, strong=frozenset({"север"}), stop=frozenset({"журнал"}))
    gazetteer = Gazetteer([north])

    def named(title: str, text: str) -> int:
        return len(gazetteer.find(ANALYSER.analyse(Document(title=title, text=text))))

    assert named("", "Журнал Север вышел.") == 0
    assert named("Новости", "Журнал Север вышел.") == 0
    assert named("Новый журнал", "Север отказал.") == 1
    assert named("Журнал", "Вышел. Север отказал.") == 1
