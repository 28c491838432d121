"""The bench measures the same answers."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from bench.matching import World, in_all_forms, make_queries, measure
from bench.texts import generate, load
from filters.query import parse, print_query


@pytest.fixture(scope="module")
def world() -> World:
    return World.of(generate(40, seed=3))


@pytest.mark.parametrize("all_forms", [False, True])
@pytest.mark.parametrize("kind", ["names", "common"])
def test_peers_match_the_same(world: World, kind: str, all_forms: bool) -> None:
    """Regexes, FTS5 and tantivy agree with us, or the comparison would compare nothing."""
    row = measure(world, kind, 30, all_forms=all_forms)

    assert row["hits_per_post"] > 0
    assert row["x_regex"] > 0
    assert row["x_fts"] > 0
    assert row["x_tantivy"] > 0


def test_the_filters_of_the_bench_are_filters(world: World) -> None:
    """They could have been typed."""
    for query in make_queries(world, "names", 50):
        assert parse(print_query(query)) == query
        in_all_forms(query.root)


def test_texts_are_the_same_for_a_seed() -> None:
    """Two runs measure one thing."""
    assert generate(3, seed=5) == generate(3, seed=5)
    assert generate(3, seed=5) != generate(3, seed=6)


def test_real_texts_are_read_plain_or_packed(tmp_path: Path) -> None:
    """As many as asked for, in order."""
    lines = "\n".join(json.dumps({"text": f"т\u2028{i}"}, ensure_ascii=False) for i in range(5))
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_text(lines, encoding="utf-8")
    packed.write_bytes(gzip.compress(lines.encode()))

    assert load(plain, 2) == load(packed, 2) == ["т\u20280", "т\u20281"]
