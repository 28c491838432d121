"""Matching measured: our FilterSet beside a loop of regexes, SQLite FTS5 and tantivy.

All times are CPU time of this process, peers in the same run. Two sets of filters: names
and domain terms (words mostly written with a capital, and words of armies and courts), and
common words only. The filters are of kinds every peer can express (beginnings, phrases,
AND, OR, NOT, NEAR), with words "as written" and, as people write filters, "in all forms":
there the peers are given each form of a word that occurs in the texts. On the texts both
saw, the match sets must be equal or the run fails. Peers get the texts already normalised
and, tantivy, its queries already built, and that is not counted against them. Everyone
answers with the filters of each text; nobody is asked where the words stand.
"""

from __future__ import annotations

import argparse
import random
import re
import sqlite3
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from time import process_time
from typing import Any

import tantivy
from rich.console import Console
from rich.table import Table

from bench.texts import generate, load
from filters.analysis import Analyser, Analysis
from filters.document import Document
from filters.index import FilterSet
from filters.nodes import And, Near, Node, Not, Or, Phrase, Query, Word
from filters.normalize import normalize_word, words
from filters.packs import load_packs
from filters.query import parse
from filters.reading import Reader

__all__ = ["main", "run"]

SIZES = (100, 1_000, 10_000, 100_000)
PEERS_UP_TO = 10_000  # filters: beyond, a peer takes minutes and the question is growth
POSTS = 2_000
WHOLE_POSTS = 500  # of these, read whole
REGEX_TESTS = 200_000  # filters x texts: a slow peer is shown fewer texts
BATCH = 200
ROUNDS = 3  # of ours the best counts, of slow peers there is time for one


@dataclass(frozen=True)
class World:
    """Texts with their normalised words, and what the filters are drawn from."""

    texts: list[str]
    norms: list[str]
    common: list[str]
    names: list[str]
    pairs: list[tuple[str, str]]

    @classmethod
    def of(cls, texts: list[str]) -> World:
        cut = [[normalize_word(word) for word in words(text)] for text in texts]
        counts = Counter(word for found in cut for word in set(found))
        good = [w for w, _ in counts.most_common() if len(w) > 3 and w.isalpha()]
        pairs = [pair for found in cut for pair in pairwise(found)]
        names = _names(texts, good)
        return cls(texts, [" ".join(found) for found in cut], good[30:400], names, pairs)


# Beginnings of the words of our domain, in three languages.
_DOMAIN_WORDS = """
солдат военн военкомат мобилиз контракт армия рота батальон полк бригад дивизи фронт штурм окоп
позици командир офицер рядов сержант приказ служб дезертир самовол отказ побег розыск суд судья
приговор обвин прокур следств стать колони арест задерж адвокат гарнизон часть повестк уклон
військ мобіліз бригад позиці наказ служб дезерт самовіл відмов вирок слідч прокур ухил
soldier militar deploy desert refus court sentenc verdict brigad regiment command draft convict
"""
_DOMAIN = tuple(_DOMAIN_WORDS.split())


def _names(texts: Sequence[str], ranked: Sequence[str]) -> list[str]:
    """Words mostly written with a capital inside a sentence, and words of the domain.

    Texts made up from a seed have no names: their rarer words stand for them.
    """
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        for found in re.finditer(r"(?<=[^\W\d_],\s)\w+|(?<=[^\W\d_]\s)\w+", text):
            (capital if found[0].istitle() else small)[normalize_word(found[0])] += 1
    names = [w for w in ranked if capital[w] > 2 * small[w] or w.startswith(_DOMAIN)]
    return names if len(names) > 500 else list(ranked[300:12_000])


def make_queries(world: World, kind: str, count: int) -> list[Query]:
    """`count` filters, no two equal: of names and domain terms ("names") or of common words only
    ("common").
    """
    chosen = random.Random(f"{kind}{count}")
    pool = world.common if kind == "common" else world.names
    inside = set(pool)
    pairs = [pair for pair in world.pairs if pair[0] in inside and pair[1] in inside]
    made: dict[Query, None] = {}
    while len(made) < count:
        a, b, c = (Word(w, "exact") for w in chosen.sample(pool, 3))
        x, y = (Word(w, "exact") for w in chosen.choice(pairs))
        prefix = Word(a.text[: max(3, len(a.text) - 2)], "prefix")
        nodes: tuple[Node, ...] = (
            And((a, b)),
            Phrase((x, y)),
            Near(x, y, chosen.randint(2, 8)) if x != y else And((a, b)),
            And((prefix, b)),
            And((Or((a, c)), b)),
            And((x, y, Not(c))) if x != y else And((a, Not(c))),
        )
        made[Query(chosen.choices(nodes, (30, 20, 20, 10, 10, 10))[0])] = None
    return list(made)


def in_all_forms(node: Node) -> Node:
    """The same filter as a person writes it: words in all forms."""
    match node:
        case Word(mode="exact"):
            return Word(node.text)
        case Phrase():
            return Phrase(tuple(Word(w.text) for w in node.words))
        case Near():
            return Near(in_all_forms(node.left), in_all_forms(node.right), node.distance)
        case And():
            return And(tuple(in_all_forms(item) for item in node.items))
        case Or():
            return Or(tuple(in_all_forms(item) for item in node.items))
        case Not():
            return Not(in_all_forms(node.item))
        case _:
            return node


# --- the peers -----------------------------------------------------------------


class Forms:
    """A word as the peers must be told it: every form of it that occurs."""

    def __init__(self, world: World, analyser: Analyser) -> None:
        self._by_key: dict[str, set[str]] = {}
        self._analyser = analyser
        for form in {form for norm in world.norms for form in norm.split()}:
            for key in analyser.token_keys(form):
                self._by_key.setdefault(key, set()).add(form)

    def __call__(self, word: Word) -> list[str]:
        if word.mode != "form":
            return [word.text]
        found = {word.text}
        for key in self._analyser.word_keys(word):
            found |= self._by_key.get(key, set())
        return sorted(found)


def as_regexes(node: Node, forms: Forms) -> Callable[[str], bool]:
    """A filter as a person with `re` would write it, on normalised words and spaces."""
    match node:
        case And():
            parts = [as_regexes(item, forms) for item in node.items]
            return lambda text: all(part(text) for part in parts)
        case Or():
            pattern = "|".join(_pattern(item, forms) for item in node.items)
            return _searching(f"(?<![^ ])(?:{pattern})(?![^ ])")
        case Not():
            inner = as_regexes(node.item, forms)
            return lambda text: not inner(text)
        case Near():
            left, right = _pattern(node.left, forms), _pattern(node.right, forms)
            gap = rf" (?:[^ ]+ ){{0,{node.distance - 1}}}"
            return _searching(f"(?<![^ ])(?:{left}{gap}{right}|{right}{gap}{left})(?![^ ])")
        case _:
            return _searching(f"(?<![^ ]){_pattern(node, forms)}(?![^ ])")


def _searching(pattern: str) -> Callable[[str], bool]:
    search = re.compile(pattern).search
    return lambda text: search(text) is not None


def _pattern(node: Node, forms: Forms) -> str:
    if isinstance(node, Phrase):
        return " ".join(_pattern(word, forms) for word in node.words)
    assert isinstance(node, Word)
    if node.mode == "prefix":
        return re.escape(node.text) + "[^ ]*"
    known = [re.escape(form) for form in forms(node)]
    return known[0] if len(known) == 1 else "(?:" + "|".join(known) + ")"


def as_fts(node: Node, forms: Forms) -> str:
    """A filter in FTS5's language; forms of a phrase are multiplied out, it has no other way."""
    match node:
        case Word(mode="prefix"):
            return f'"{node.text}"*'
        case Word():
            return "(" + " OR ".join(f'"{form}"' for form in forms(node)) + ")"
        case Phrase():
            rows = product(*(forms(word) for word in node.words))
            return "(" + " OR ".join('"' + " ".join(row) + '"' for row in rows) + ")"
        case Near():
            assert isinstance(node.left, Word)
            assert isinstance(node.right, Word)
            rows = product(forms(node.left), forms(node.right))
            reach = node.distance - 1
            return "(" + " OR ".join(f'NEAR("{a}" "{b}", {reach})' for a, b in rows) + ")"
        case Or():
            return "(" + " OR ".join(as_fts(item, forms) for item in node.items) + ")"
        case And():
            wanted = [as_fts(item, forms) for item in node.items if not isinstance(item, Not)]
            out = [as_fts(item.item, forms) for item in node.items if isinstance(item, Not)]
            joined = "(" + " AND ".join(wanted) + ")"
            return joined + "".join(f" NOT {text}" for text in out)
        case _:
            raise TypeError(type(node).__name__)


def fts_batch(norms: Sequence[str], asked: Sequence[str]) -> list[set[int]]:
    """The filters of each text, by loading texts into FTS5 and asking every filter."""
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE t USING fts5"
        "(body, tokenize = \"unicode61 remove_diacritics 0 tokenchars ''''\")"
    )
    database.executemany("INSERT INTO t(rowid, body) VALUES (?, ?)", enumerate(norms))
    found: list[set[int]] = [set() for _ in norms]
    for number, query in enumerate(asked):
        for (row,) in database.execute("SELECT rowid FROM t WHERE t MATCH ?", (query,)):
            found[row].add(number)
    database.close()
    return found


class Tantivy:
    """Filters as tantivy queries, built once and held against batches of texts."""

    def __init__(self, queries: Sequence[Query], forms: Forms) -> None:
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("body", tokenizer_name="words", index_option="position")
        self._schema = schema.build()
        self._forms = forms
        self._queries = [
            tantivy.Query.const_score_query(self._query(query.root), 1.0) for query in queries
        ]

    def batch(self, norms: Sequence[str]) -> list[set[int]]:
        """The filters of each text, by indexing the texts in memory and asking every filter."""
        index = tantivy.Index(self._schema)
        words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer("words", words)
        writer = index.writer(15_000_000, num_threads=1)
        for norm in norms:
            writer.add_document(tantivy.Document(body=norm))
        writer.commit()
        index.reload()
        searcher = index.searcher()
        assert searcher.num_segments == 1  # so that a document's number is its place
        found: list[set[int]] = [set() for _ in norms]
        for number, query in enumerate(self._queries):
            for _, place in searcher.search(query, limit=len(norms), count=False).hits:
                found[place.doc].add(number)
        return found

    def _any(self, queries: list[tantivy.Query]) -> tantivy.Query:
        if len(queries) == 1:
            return queries[0]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])

    def _phrase(self, words: Sequence[str], slop: int = 0) -> tantivy.Query:
        return tantivy.Query.phrase_query(self._schema, "body", list(words), slop=slop)

    def _query(self, node: Node) -> tantivy.Query:
        forms, schema = self._forms, self._schema
        match node:
            case Word(mode="prefix"):
                return tantivy.Query.regex_query(schema, "body", re.escape(node.text) + ".*")
            case Word():
                terms = (tantivy.Query.term_query(schema, "body", w, "basic") for w in forms(node))
                return self._any(list(terms))
            case Phrase():
                rows = product(*(forms(word) for word in node.words))
                return self._any([self._phrase(row) for row in rows])
            case Near():
                assert isinstance(node.left, Word)
                assert isinstance(node.right, Word)
                rows = product(forms(node.left), forms(node.right))
                slop = node.distance - 1
                return self._any(
                    [self._phrase(row, slop) for a, b in rows for row in ((a, b), (b, a))]
                )
            case Or():
                return self._any([self._query(item) for item in node.items])
            case And():
                parts = [
                    (tantivy.Occur.MustNot, self._query(item.item))
                    if isinstance(item, Not)
                    else (tantivy.Occur.Must, self._query(item))
                    for item in node.items
                ]
                return tantivy.Query.boolean_query(parts)
            case _:
                raise TypeError(type(node).__name__)


# --- measuring -----------------------------------------------------------------


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = process_time()
    done = work()
    return process_time() - started, done


def measure(world: World, kind: str, size: int, *, all_forms: bool) -> dict[str, Any]:
    """One column: a kind and a number of filters, words as written or in all forms."""
    queries = make_queries(world, kind, size)
    if all_forms:
        queries = [Query(in_all_forms(query.root)) for query in queries]
    analyser = Analyser()
    forms = Forms(world, analyser)
    filters, build = built(analyser, queries)
    documents = [Document(text=text) for text in world.texts]
    analyses = [analyser.analyse(document) for document in documents]
    found = [numbers(filters, analysis) for analysis in analyses]  # warms the caches
    rounds = [timed(lambda: [filters.match(a).keys for a in analyses])[0] for _ in range(ROUNDS)]
    ours = min(rounds) / len(analyses)
    counts = filters.counts
    row: dict[str, Any] = {
        "kind": kind,
        "words": "all forms" if all_forms else "as written",
        "filters": size,
        "match_per_s": 1 / ours,
        "build_s": build,
        "hits_per_post": sum(map(len, found)) / len(found),
        "verified_per_match": counts.verified / max(1, counts.held),
    }
    if size <= PEERS_UP_TO:
        row |= against_regexes(world, queries, forms, found, ours)
        row |= against_batches(world, queries, forms, found, ours)
    row |= whole(analyser, filters, documents, ours)
    row["fresh_per_s"] = fresh(queries, documents)
    row |= reading(analyser, queries, documents, ours)
    return row


def fresh(queries: Sequence[Query], documents: Sequence[Document]) -> float:
    """Posts a second from text to match where no word was seen before, but those of the filters:
    as a process reads its first posts.
    """
    analyser = Analyser()
    filters, _ = built(analyser, queries)
    time, _ = timed(lambda: [filters.match(analyser.analyse(each)).keys for each in documents])
    return len(documents) / time


def built(analyser: Analyser, queries: Sequence[Query]) -> tuple[FilterSet, float]:
    filters = FilterSet(analyser)

    def add() -> None:
        for number, query in enumerate(queries):
            filters.add(str(number), query)

    return filters, timed(add)[0]


def numbers(filters: FilterSet, analysis: Analysis) -> set[int]:
    found = filters.match(analysis)
    if found.failures:
        raise RuntimeError(found.failures)
    return {int(key) for key in found.keys}


def against_regexes(
    world: World, queries: Sequence[Query], forms: Forms, found: list[set[int]], ours: float
) -> dict[str, Any]:
    shown = max(10, min(len(world.norms), REGEX_TESTS // len(queries)))
    compiled = [as_regexes(query.root, forms) for query in queries]
    time, theirs = timed(
        lambda: [
            {number for number, holds in enumerate(compiled) if holds(text)}
            for text in world.norms[:shown]
        ]
    )
    assert theirs == found[:shown], "the loop of regexes matched other filters"
    return {"regex_per_s": shown / time, "x_regex": time / shown / ours}


def against_batches(
    world: World, queries: Sequence[Query], forms: Forms, found: list[set[int]], ours: float
) -> dict[str, Any]:
    """FTS5 and tantivy, which index a batch of texts and are asked every filter."""
    shown = min(len(world.norms), BATCH * (5 if len(queries) <= 1000 else 2))
    told = [number for number, query in enumerate(queries) if _sayable(query.root, forms)]
    asked = [as_fts(queries[number].root, forms) for number in told]
    engine = Tantivy([queries[number] for number in told], forms)
    expected = [{at for at, n in enumerate(told) if n in hits} for hits in found[:shown]]
    row: dict[str, Any] = {}
    for name, batch in (("fts", lambda norms: fts_batch(norms, asked)), ("tantivy", engine.batch)):
        time, theirs = timed(lambda batch=batch: _in_batches(world.norms[:shown], batch))
        assert theirs == expected, f"{name} matched other filters"
        row |= {f"{name}_per_s": shown / time, f"x_{name}": time / shown / ours}
    return row


def _in_batches(
    norms: Sequence[str], batch: Callable[[Sequence[str]], list[set[int]]]
) -> list[set[int]]:
    return [
        matched
        for start in range(0, len(norms), BATCH)
        for matched in batch(norms[start : start + BATCH])
    ]


def _sayable(node: Node, forms: Forms) -> bool:
    """Peers let one word be both sides of a NEAR: forms in common mean another thing there."""
    if not isinstance(node, Near):
        return True
    return set(forms(node.left)).isdisjoint(forms(node.right))  # type: ignore[arg-type]


def whole(
    analyser: Analyser, filters: FilterSet, documents: Sequence[Document], ours: float
) -> dict[str, Any]:
    """From text to match without entities and facets, and a change while living."""

    def read(document: Document) -> float:
        return timed(lambda: filters.match(analyser.analyse(document)).keys)[0]

    rounds = [[read(document) for document in documents] for _ in range(ROUNDS)]
    each = sorted(min(rounds, key=sum))
    extra = parse("приказ* NEAR/3 отмен*")

    def change() -> None:
        filters.add("extra", extra)
        filters.remove("extra")

    changes = sorted(timed(change)[0] for _ in range(21))
    after = timed(lambda: filters.match(analyser.analyse(documents[0])))[0]
    return {
        "text_per_s": len(documents) / sum(each),
        "text_of_match": ours * len(documents) / sum(each),
        "text_p99_ms": each[int(len(each) * 0.99)] * 1e3,
        "change_ms": changes[10] * 1e3,
        "after_change_ms": after * 1e3,
    }


def reading(
    analyser: Analyser, queries: Sequence[Query], documents: Sequence[Document], ours: float
) -> dict[str, Any]:
    """The whole reading: what matches, all else to be asked for; then all that can be asked.

    "Whole" is what a text costs whoever wants to know what matches: entities and facets
    are worked out only if a filter asks. "All" has every entity and the facets of every
    text; "hits" the places, the sentence and the facets of every hit besides.
    """
    packs = load_packs()
    reader = Reader(FilterSet(analyser), analyser, packs.entities)
    for number, query in enumerate(queries):
        reader.add_filter(str(number), "topic", query)
    shown = documents[:WHOLE_POSTS]
    page = Document(text=" ".join(" ".join(d.text for d in documents).split()[:20_000]))

    def asked(document: Document) -> None:
        assert not reader.read(document).failed

    def all_of(document: Document) -> None:
        analysis = reader.analyse(document)
        assert not reader.match(analysis).failures
        assert analysis.facets
        assert analysis.mentions is not None

    def hits(document: Document) -> None:
        reader.read(document).settle()

    row: dict[str, Any] = {}
    for name, work, texts in (
        ("whole", asked, documents),
        ("all", all_of, shown),
        ("hits", hits, shown),
    )[: 3 if len(queries) <= PEERS_UP_TO else 2]:
        rounds = [
            [timed(lambda d=document, work=work: work(d))[0] for document in texts]
            for _ in range(ROUNDS)
        ]
        each = sorted(min(rounds, key=sum))
        row |= {
            f"{name}_per_s": len(each) / sum(each),
            f"{name}_of_match": ours * len(each) / sum(each),
            f"{name}_p99_ms": each[int(len(each) * 0.99)] * 1e3,
            f"{name}_page_ms": min(timed(lambda work=work: work(page))[0] for _ in range(2)) * 1e3,
        }
    return row


def memory(world: World, size: int) -> dict[str, Any]:
    """What a set of filters weighs: the set and its queries, not the dictionaries."""
    queries = make_queries(world, "names", size)
    analyser = Analyser()
    built(analyser, queries)  # lemmas are the analyser's, not the set's
    tracemalloc.start()
    filters, _ = built(analyser, queries)
    size_mb = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    return {"filters": size, "set_mb": size_mb, "kept": len(filters)}


_START = """
from time import process_time
from filters.analysis import Analyser
from filters.document import Document
from filters.index import FilterSet
from filters.packs import load_packs
from filters.query import parse
from filters.reading import Reader
analyser = Analyser()
filters = FilterSet(analyser)
filters.add("f", parse("самовольн* NEAR/3 оставлен*, самоволка, дезертир, відмова, deserter"))
filters.match(analyser.analyse(Document(text="Самовольное оставление части. Він відмовився.")))
print(process_time())
"""


def start() -> dict[str, Any]:
    """CPU seconds of a fresh process until its first match, dictionaries included."""
    done = subprocess.run(
        [sys.executable, "-c", _START], capture_output=True, text=True, check=True
    )
    return {"start_s": float(done.stdout)}


def cold(world: World) -> dict[str, Any]:
    """Reading with no lemma known, with lemmas kept from an earlier process, and warm."""
    queries = [Query(in_all_forms(q.root)) for q in make_queries(world, "names", 1_000)]
    documents = [Document(text=text) for text in world.texts]

    def read(analyser: Analyser) -> tuple[float, FilterSet]:
        filters, _ = built(analyser, queries)
        time, _ = timed(lambda: [filters.match(analyser.analyse(d)) for d in documents])
        return len(documents) / time, filters

    first = Analyser()
    cold_rate, filters = read(first)
    warm_time, _ = timed(lambda: [filters.match(first.analyse(d)) for d in documents])
    kept = first.cache()
    kept_rate, _ = read(Analyser(kept))
    return {
        "cold_per_s": cold_rate,
        "kept_per_s": kept_rate,
        "warm_per_s": len(documents) / warm_time,
        "cache_kb": len(kept) / 1e3,
    }


def run(data: Path | None = None, sizes: Sequence[int] = SIZES) -> list[dict[str, Any]]:
    """Measures, prints a table, returns its rows. `data` is a file of JSON lines with texts."""
    texts = load(data, POSTS) if data else generate(POSTS)
    world = World.of(texts)
    console = Console(width=150)
    rows = []
    for kind, all_forms, size in product(("names", "common"), (False, True), sizes):
        rows.append(measure(world, kind, size, all_forms=all_forms))
        console.print(f"[dim]{kind} {size} done", highlight=False)
    console.print(_table(rows))
    others = memory(world, min(10_000, max(sizes))) | start() | cold(world)
    console.print({name: round(value, 3) for name, value in others.items()})
    return [*rows, others]


_COLUMNS = {
    "kind": "set",
    "words": "words",
    "filters": "filters",
    "match_per_s": "match/s",
    "regex_per_s": "regex/s",
    "x_regex": "× regex",
    "fts_per_s": "FTS5/s",
    "x_fts": "× FTS5",
    "tantivy_per_s": "tantivy/s",
    "x_tantivy": "× tantivy",
    "verified_per_match": "verified/match",
    "hits_per_post": "hits/post",
    "text_per_s": "text to match/s",
    "text_of_match": "of match only",
    "text_p99_ms": "p99 ms of that",
    "whole_per_s": "whole/s",
    "whole_of_match": "of match only",
    "whole_p99_ms": "p99 ms of that",
    "whole_page_ms": "20,000 words ms",
    "all_per_s": "with all entities and facets/s",
    "all_of_match": "of match only",
    "all_p99_ms": "p99 ms of that",
    "all_page_ms": "20,000 words ms",
    "hits_per_s": "with every hit's places/s",
    "hits_p99_ms": "p99 ms of that",
    "hits_page_ms": "20,000 words ms",
    "build_s": "build s",
    "change_ms": "add+remove ms",
    "after_change_ms": "next match ms",
}


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="Matching, CPU time, one post at a time (FTS5, tantivy: batches of 200)")
    table.add_column("", justify="right")
    for _ in rows:
        table.add_column("", justify="right")
    for name, title in _COLUMNS.items():
        table.add_row(title, *(_shown(row.get(name, "")) for row in rows))
    return table


def _shown(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def main() -> None:
    """`python -m bench.matching [--data FILE] [--sizes 100,1000]`"""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    given = parser.parse_args()
    run(given.data, tuple(int(size) for size in given.sizes.split(",")))


if __name__ == "__main__":
    main()
