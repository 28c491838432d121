"""Weights made anew: only from what may be trained on, and the same of the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from filters.packs import TOPICS
from filters.reading import load_reader
from filters.score import Scorer, blank
from filters.training import Sample, gather, train


def rows(path: Path, *texts: dict[str, object]) -> None:
    path.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    """What is gathered from a small folder of labelled texts, a stream and texts of our own."""
    folder = tmp_path_factory.mktemp("texts")
    told = {"title": "", "kind": "real", "ambiguous": False, "labels": ["refusal"]}
    rows(
        folder / "labelled.jsonl",
        {**told, "id": "a", "source": "s", "split": "train", "text": "Soldiers refused to fight."},
        {**told, "id": "b", "source": "s", "split": "validation", "text": "Marines refused to go."},
    )
    rows(
        folder / "stream_en.jsonl",
        {"id": "1", "title": "", "text": "Soldiers refused to fight."},
        {"id": "2", "title": "", "text": "Soldiers refused a vaccine."},
    )
    for name in ("topics", "roles", "kinds"):
        rows(folder / f"{name}.jsonl", {"title": "", "text": "A deserter.", "labels": ["none"]})
    (folder / "streams_judged.json").write_text("{}", encoding="utf-8")
    return gather(load_reader(weights=blank(TOPICS)), folder, folder, lambda name: None)


def test_rows_kept_for_validation_are_never_trained_on(samples: list[Sample]) -> None:
    """Nor is a stream's copy of a text that is labelled."""
    gathered = {sample.id for sample in samples if not sample.id.startswith("example")}

    assert {"a", "stream_en/2"} <= gathered
    assert gathered.isdisjoint({"b", "stream_en/1"})


def test_the_same_texts_give_the_same_weights(samples: list[Sample]) -> None:
    """Bit for bit: whoever doubts the weights can make them."""
    pytest.importorskip("sklearn")
    chosen = samples[::8]

    made = train(chosen)

    assert made.data == train(chosen).data
    assert Scorer(made.data).topics == TOPICS
