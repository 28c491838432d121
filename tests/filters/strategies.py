"""Queries and documents from a small world, so that they often meet."""

from __future__ import annotations

from hypothesis import strategies as st

from filters.analysis import Analyser, Analysis, Mention
from filters.anchors import anchored
from filters.document import Document
from filters.meta import meta
from filters.nodes import (
    Entity,
    Facet,
    In,
    Meta,
    Near,
    Node,
    Not,
    NotNear,
    Phrase,
    Query,
    Regex,
    Unit,
    Word,
    conj,
    disj,
)
from filters.normalize import normalize_word
from filters.query import parse

# Forms that share lemmas, beginnings and letters, in three languages, and capitals.
_WORDS = """
    отказ отказа отказался отказались солдат солдаты солдатів солдата фронт фронте фронту
    не хочет хотят воевать відмова відмовився військовий СОЧ соч С3Ч стали сталь рота
    refused refusal to deploy soldier soldier's soldiers fled flee AWOL awol 332 2
    зв’язок звязок ещё еще отка́з де\u00adзертир cолдат
"""
VOCABULARY = tuple(_WORDS.split())
STEMS = ("отказ", "солдат", "відмов", "refus", "sold", "фро")
SOURCES = ("Pskov Post", "@pskov_court", "radio")
KINDS = ("court", "media", "")
TAGS = ("армия", "суд")

GROUPS = {
    "refuse": 'отказ*, відмов*, "не хочет", refus*',
    "go": "фронт, воевать, deploy",
    "who": "солдат, soldier, СОЧ",
}

form_words = st.sampled_from([w for w in VOCABULARY if w.islower() or w.isdigit()])


def word_nodes() -> st.SearchStrategy[Word]:
    return st.one_of(
        form_words.map(lambda w: Word(normalize_word(w))),
        form_words.map(lambda w: Word(normalize_word(w), "exact")),
        st.sampled_from(STEMS).map(lambda w: Word(w, "prefix")),
        st.sampled_from(["СОЧ", "СЗЧ", "HUR", "OR", "НЕ"]).map(lambda w: Word(w, "acronym")),
    )


def metas() -> st.SearchStrategy[Node]:
    pairs = [
        ("source", "pskov"),
        ("source", "radio"),
        ("source", "pskov post"),
        ("kind", "court"),
        ("lang", "ru"),
        ("lang", "uk"),
        ("author", "n. (a), b"),
        ("url", "https://pskovpost.example/1"),
        ("tag", "армия"),
        ("fwd", "radio"),
        ("has", "link"),
        ("has", "title"),
    ]
    made = [meta(field, value) for field, value in pairs]
    return st.sampled_from([m for m in made if isinstance(m, Meta)])


PATTERNS = (
    "person:chikov",
    "law:ru:337",
    "law:ru:337/5",
    "law:*:337",
    "law:ru",
    "unit:*:brigade:155",
    "count>=10",
    "count=2",
    "term<5.5",
)
MENTIONS = (
    "person:chikov",
    "law:ru:337",
    "law:ru:337/5",
    "law:ua:407/4~",
    "unit:ua:brigade:155",
    "count:>=60",
    "count:2",
    "count:~9",
    "term:5.5",
    "term:3",
)


def entities() -> st.SearchStrategy[Node]:
    return st.sampled_from(PATTERNS).map(Entity)


def facets() -> st.SearchStrategy[Node]:
    return st.sampled_from([Facet("army", "ru"), Facet("stage", "verdict"), Facet("era", "now")])


REGEXES = (
    r"отказ\w*",
    r"\bот\w+",
    r"\b(?:солдат|фронт)\b",
    r"отказ\b.*\bсолдат",
    r"[А-ЯЁ]{2,}\b",
    r"\d",
    r"\W\W",
    r"^солд",
    r"т$",
    r"\bне\s+\S+",
    r"[^\w\s]",
    r"т\b[\W\d]+\bо",
    r"о.к|е[щш]",
    r"\b\w\b",
    r"\.",
)


def regexes() -> st.SearchStrategy[Node]:
    return st.builds(Regex, st.sampled_from(REGEXES), st.booleans())


@st.composite
def group_nodes(draw: st.DrawFn) -> Node:
    return parse("@" + draw(st.sampled_from(list(GROUPS))), GROUPS).root


# Built once, and drawn from by name: building them at each draw costs more than the tests,
# and Hypothesis warns of their length where they are written out in each other.
_LEAVES = (
    word_nodes()
    | st.lists(word_nodes(), min_size=2, max_size=3).map(lambda ws: Phrase(tuple(ws)))
    | entities()
    | regexes()
    | group_nodes()
)


@st.composite
def leaves(draw: st.DrawFn) -> Node:
    """A word, an entity, a phrase or a group."""
    return draw(_LEAVES)


_UNITS: st.SearchStrategy[Unit] = st.sampled_from(["words", "words", "sentence", "paragraph"])
_DISTANCES = st.integers(1, 6)


def _near(draw: st.DrawFn, sides: st.SearchStrategy[Node]) -> Node:
    unit = draw(_UNITS)
    distance = draw(_DISTANCES) if unit == "words" else 0
    if not draw(st.integers(0, 3)):
        return NotNear(draw(sides), draw(sides), distance, unit)
    return Near(draw(sides), draw(sides), distance, unit, draw(st.booleans()))


@st.composite
def close(draw: st.DrawFn) -> Node:
    """A NEAR of single things."""
    return _near(draw, _LEAVES)


_SIDES = (
    leaves()
    | leaves()
    | close()
    | st.lists(leaves() | leaves() | close(), min_size=2, max_size=3).map(disj)
)


@st.composite
def positional(draw: st.DrawFn) -> Node:
    """Anything that may stand beside NEAR, and NEAR of such."""
    return draw(_LEAVES) if draw(st.booleans()) else _near(draw, _SIDES)


def _excluded(node: Node) -> Node:
    return node if isinstance(node, Not) else Not(node)


def _joined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=3)
    return several.map(conj) | several.map(disj) | inner.map(_excluded)


_WHOLE = st.recursive(positional() | metas() | facets(), _joined, max_leaves=5)
_IN_TEXT = st.recursive(positional(), _joined, max_leaves=3)
_FIELDED = st.builds(In, st.sampled_from(["title", "text"]), _IN_TEXT)
_NODES = _WHOLE | st.lists(_WHOLE | _FIELDED, min_size=1, max_size=3).map(conj)


@st.composite
def queries(draw: st.DrawFn) -> Query:
    """Any query `parse` could give."""
    node = draw(_NODES)
    return Query(node if anchored(node) else conj([Word("солдат"), node]))


_joints = st.sampled_from([" ", " ", " ", " ", ", ", ". ", "! ", "\n", "\n\n", " — ", "-"])


@st.composite
def texts(draw: st.DrawFn, longest: int = 14) -> str:
    size = draw(st.integers(0, longest))
    out = ""
    for _ in range(size):
        out += draw(st.sampled_from(VOCABULARY)) + draw(_joints)
    return out


def documents(longest: int = 14) -> st.SearchStrategy[Document]:
    return st.builds(
        Document,
        text=texts(longest),
        title=st.just("") | texts(5),
        lang=st.sampled_from(["", "ru", "uk"]),
        source=st.sampled_from(SOURCES),
        kind=st.sampled_from(KINDS),
        author=st.sampled_from(["", "N. (A), B"]),
        url=st.sampled_from(["", "https://pskovpost.example/1"]),
        links=st.lists(st.just("https://pskovpost.example/1"), max_size=1).map(tuple),
        tags=st.lists(st.sampled_from(TAGS), max_size=2).map(tuple),
        forwarded_from=st.sampled_from(["", "Radio N"]),
    )


@st.composite
def analyses(draw: st.DrawFn, analyser: Analyser, longest: int = 14) -> Analysis:
    """A document read, with entities and facets such as others find."""
    document = draw(documents(longest))
    found = []
    for _ in range(draw(st.integers(0, 3))):
        field = draw(st.sampled_from(["title", "text"]))
        start = draw(st.integers(0, len(document.field(field))))
        end = draw(st.integers(start, min(start + 12, len(document.field(field)))))
        found.append(Mention(draw(st.sampled_from(MENTIONS)), field, start, end))
    analysis = analyser.analyse(document, found)
    told = {"army": draw(st.sampled_from(["ru", "ua"])), "stage": "verdict"}
    analysis.find_facets = lambda _: told
    return analysis
