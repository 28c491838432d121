"""The measuring of quality: files are told by their rows, and strange ones do no harm."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from bench.quality import (
    files_of,
    kind_of,
    measure_topics,
    rows,
    stream_section,
    topic_table,
)
from tests.support.readers import shipped_reader


def test_files_are_told_by_their_rows_whatever_their_names(tmp_path: Path) -> None:
    """A set handed over under any name is measured as what it is."""
    texts = [{"lang": "en", "text": "x", "labels": ["none"]}]
    posts = [{"channel": "a", "id": 1, "text": "x"}]
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "anything.jsonl").write_text(json.dumps(texts[0]) + "\n\n")
    (tmp_path / "zipped.jsonl.gz").write_bytes(gzip.compress(json.dumps(posts[0]).encode()))
    (tmp_path / "notes.txt").write_text("no rows")

    kinds = {path.name: kind_of(list(rows(path))) for path in files_of(tmp_path)}

    assert kinds == {"anything.jsonl": "topics", "zipped.jsonl.gz": "posts"}
    assert kind_of([]) == kind_of([{"story": 1}]) == kind_of([{"text": "x", "labels": "no"}]) == ""


def test_texts_of_unknown_language_are_counted_apart() -> None:
    """A row without a language, a title or a known label neither fails nor joins another's row."""
    row = {
        "text": "Three soldiers of the 72nd brigade were jailed for desertion.",
        "title": None,
        "labels": ["desertion", "else"],
    }

    scores = measure_topics(shipped_reader(), [row])

    assert scores.core["all"].recall == 1.0
    assert [line.split(" | ")[0] for line in topic_table(scores)[2:]] == ["| other", "| all"]


def test_a_stream_counts_what_nobody_judged_as_wrong() -> None:
    """Else a stream that nobody read would look clean."""
    told = {"id": "1", "title": "Soldier sentenced to five years for desertion", "text": ""}
    other = {"id": "2", "title": "A bridge was opened", "text": "It spans the river."}

    [line] = stream_section(shipped_reader(), [told, other], "stream_en")

    assert kind_of([told, other]) == "stream"
    assert line.startswith("2 items. Pushed of a core topic: 1, of these judged right 0 ")
    assert line.endswith("False in 1,000: 500.00.")
