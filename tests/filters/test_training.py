"""Weights are fitted: only from what may be trained on, and the same of the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from filters.feature_numbers import ABSENT_NUMBERS, CONTEXT_NUMBERS
from filters.features import Features
from filters.packs import TOPICS, load_examples, load_weights
from filters.reading import Reader, load_reader
from filters.score import Scorer, blank
from filters.training import Sample, gather, train
from filters.training_texts import OWN
from filters.training_thresholds import Told, thresholds

# Texts of each topic that a labelled set may hold.
TOLD = {
    "refusal": ("Soldiers refused to fight.", "Marines refused to attack, an officer says."),
    "desertion": ("A soldier deserted his unit.", "Two soldiers fled their unit with rifles."),
    "self-harm": ("He shot himself to avoid combat.", "He feigned illness to leave the army."),
    "pressure": ("Refusers are held in a pit.", "Soldiers who refused to fight were beaten."),
    "draft-evasion": ("A student was jailed for draft evasion.", "He hid from the draft."),
}  # fmt: skip
NONE = ("Soldiers were refused leave.", "A soldier refused a vaccine.", "Soldiers retreated.")


def rows(path: Path, *texts: dict[str, object]) -> None:
    path.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small folder of labelled texts, a stream and texts of our own."""
    folder = tmp_path_factory.mktemp("texts")
    told = {"title": "", "kind": "real", "ambiguous": False, "split": "train"}
    labelled = [
        {**told, "id": f"{topic} {number}", "labels": [topic], "text": text}
        for topic, texts in TOLD.items()
        for number, text in enumerate(texts)
    ]
    labelled += [{**told, "id": text, "labels": [], "text": text} for text in NONE]
    kept = {**told, "id": "kept", "labels": ["refusal"], "text": "Marines refused to go."}
    rows(
        folder / "labelled.jsonl",
        *({**row, "source": row["id"]} for row in labelled),
        {**kept, "source": "kept", "split": "validation"},
    )
    rows(
        folder / "stream_en.jsonl",
        {"id": "1", "title": "", "text": "Marines refused to go."},
        {"id": "2", "title": "", "text": "Soldiers refused a swim."},
    )
    for name, _ in OWN:
        rows(folder / f"{name}.jsonl", {"title": "", "text": "A deserter.", "labels": ["none"]})
    (folder / "streams_judged.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def reader() -> Reader:
    """One that knows no weights yet."""
    return load_reader(weights=blank(TOPICS))


def gathered(reader: Reader, folder: Path) -> list[Sample]:
    """What it gathers of the folder, and of some examples of the packs."""
    examples = list(load_examples())[::25]
    return gather(reader, folder, folder, lambda name: None, examples)


@pytest.fixture(scope="module")
def samples(reader: Reader, folder: Path) -> list[Sample]:
    return gathered(reader, folder)


@pytest.fixture(scope="module")
def weights(samples: list[Sample]) -> bytes:
    return train(samples).data


def test_rows_kept_for_validation_are_never_trained_on(samples: list[Sample]) -> None:
    """Nor is a stream's copy of a text that is labelled."""
    names = {sample.id for sample in samples}

    assert {"refusal 0", "stream_en/2"} <= names
    assert names.isdisjoint({"kept", "stream_en/1"})


def test_a_whole_run_gives_the_same_weights_again(
    reader: Reader, folder: Path, weights: bytes
) -> None:
    """Bit for bit, from the files to the weights: whoever doubts the weights can make them."""
    assert weights == train(gathered(reader, folder)).data
    assert Scorer(weights).topics == TOPICS


def test_what_stands_beside_never_speaks_against(weights: bytes) -> None:
    """Nor does what is missing speak for: else a sentence more could silence a report. The
    weights that ship keep to it as those of any run do."""
    for data in (weights, load_weights()):
        plain = Scorer(data)._plain

        assert min(min(plain.sums((n,))) for n in CONTEXT_NUMBERS) == 0
        assert max(max(plain.sums((n,))) for n in ABSENT_NUMBERS) <= 0


def test_enough_of_what_is_sure_is_right() -> None:
    """The threshold is the lowest from which nine of ten held-out texts are right, of the
    verbatim ones and of our own by themselves."""
    fired = Features()

    def told(kind: str, margin: float, *labels: str) -> Told:
        sample = Sample("", kind, "", frozenset(labels), passages=[({"f": "refusal"}, fired)])
        return Told(sample, dict.fromkeys(TOPICS, margin))

    texts = [told("real", 0.2, "refusal") for _ in range(9)]
    texts += [told("real", 0.1), *(told("real", -0.2) for _ in range(3))]
    lines = dict.fromkeys(TOPICS, (1.0, 0.0))
    verbatim = thresholds(texts, lines)
    both = thresholds([*texts, told("plain", 0.5), told("plain", 0.7, "refusal")], lines)

    assert (verbatim["refusal"].sure, verbatim["pressure"].sure) == (0.46, 0.46)
    assert both["refusal"].sure == 0.63


def test_a_topic_moves_a_little_from_the_threshold_that_all_share() -> None:
    """To where it is told better, if core topics stay right: what it adds below is taken when it
    is right, left when it is wrong; one text in hundreds moves nothing."""
    fired = Features()

    def told(margin: float, topic: str, *labels: str) -> Told:
        sample = Sample("", "plain", "", frozenset(labels), passages=[({"f": topic}, fired)])
        return Told(sample, {name: margin if name == topic else -9.0 for name in TOPICS})

    texts = [told(1.0, "refusal", "refusal") for _ in range(200)]
    texts += [told(-0.3, "desertion") for _ in range(9)]
    texts += [told(1.0, "desertion", "desertion") for _ in range(90)]
    texts += [told(-0.8, "self-harm", "self-harm") for _ in range(12)]
    texts += [told(1.0, "pressure", "pressure") for _ in range(20)]
    texts += [told(-0.8, "pressure", "pressure"), *(told(-0.8, "pressure") for _ in range(30))]
    lines = dict.fromkeys(TOPICS, (1.0, 0.0))
    found = thresholds(texts, lines)
    one = thresholds([*texts, told(-0.8, "refusal", "refusal")], lines)

    assert found["refusal"].sure == found["pressure"].sure == 0.35
    assert (found["self-harm"].sure, found["desertion"].sure) == (0.3, 0.45)
    assert one["refusal"].sure == 0.35
