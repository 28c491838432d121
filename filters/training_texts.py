"""The texts that weights are learnt of (`filters.training`): labelled ones, streams, ours.

A text becomes the features of its passages; whatever it says besides is not kept.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from filters.document import Document
from filters.entries import entries
from filters.features import Features
from filters.packs import Example, load_examples
from filters.reading import Reader

__all__ = ["CORE", "OWN", "Sample", "gather"]

CORE: Final = ("refusal", "desertion", "self-harm", "pressure")
"""Topics of which a text may be one of any."""
OWN: Final = (
    ("topics", "own"), ("roles", "roles"), ("kinds", "own"), ("plain", "plain"), ("news", "news"),
    ("contrasts", "others"), ("long", "others"), ("told", "told"),
)  # fmt: skip
"""Our own texts: the name of a file, its kind."""
_WEIGHTS: Final[Mapping[str, float]] = {
    "real": 2.0, "retold": 1.5, "stream": 1.0, "own": 0.7, "example": 0.5, "roles": 0.7,
    "plain": 1.0, "news": 1.2, "others": 0.3, "told": 0.7,
}  # fmt: skip
_DOUBTFUL: Final = 0.3
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_ALIKE: Final = 120  # letters by which a stream's text is known as one that is labelled


@dataclass(slots=True)
class Sample:
    """A labelled text: its passages' features, each with how many filters of each topic
    touch it. `only` is the one topic an example beside a pack tells of, `letters` the length of
    its longest report."""

    id: str
    kind: str
    group: str
    labels: frozenset[str]
    doubtful: bool = False
    only: str = ""
    letters: int = 0
    passages: list[tuple[Mapping[str, str], Features]] = field(default_factory=list)

    @property
    def weight(self) -> float:
        return _WEIGHTS[self.kind] * (_DOUBTFUL if self.doubtful else 1.0)


def gather(
    reader: Reader,
    data: Path,
    own: Path,
    told: Callable[[str], None],
    examples: Iterable[Example] | None = None,
) -> list[Sample]:
    """All samples: the labelled rows of split `train` and the streams under `data`, our own
    texts under `own`, the packs' examples or those given. `told` hears of each file.

    Raises OSError for files that cannot be read, ValueError for rows that are none.
    """
    samples: list[Sample] = []
    known: set[str] = set()
    for path in sorted(data.rglob("labelled.jsonl*")):
        told(path.name)
        for row in _rows(path):
            known |= {_alike(row["title"], row["text"]), _alike("", row["text"])}
            if row["split"] == "train":
                samples.append(_labelled(reader, row, row["kind"], row["id"], row["source"]))
    for name, kind in OWN:
        told(f"{name}.jsonl")
        for number, row in enumerate(_rows(own / f"{name}.jsonl")):
            group = row.get("pair", f"{name}-{number}")
            samples.append(_labelled(reader, row, kind, f"{name}-{number}", group))
    judged: dict[str, list[str]] = json.loads((own / "streams_judged.json").read_text("utf-8"))
    for path in sorted((*data.rglob("stream_*.jsonl*"), *data.rglob("posts_*.jsonl.gz"))):
        told(path.name)
        name = path.name.partition(".")[0]
        for row in _rows(path):
            title, text = row.get("title") or "", _unmarked(row.get("text") or "")
            if _alike(title, text) in known or _alike("", text) in known:
                continue
            labels = judged.get(f"{name}/{row['id']}", [])
            sample = _sample(reader, title, text, f"{name}/{row['id']}", "stream")
            sample.labels, sample.group = frozenset(labels), name + str(row["id"])
            if sample.passages and labels != ["?"]:
                samples.append(sample)
    told("examples")
    for number, each in enumerate(load_examples() if examples is None else examples):
        sample = _sample(reader, each.title, each.text, f"example-{number}", "example")
        sample.labels = frozenset([each.topic] if each.match else [])
        sample.only, sample.group = each.topic, sample.id
        if each.match and not sample.passages:
            sample = _everywhere(reader, each.title, each.text, sample)
        samples.append(sample)
    return samples


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    data = path.read_bytes()
    for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
        yield json.loads(line)


def _unmarked(text: str) -> str:
    """Without the Markdown that dumps of Telegram hold and readers of it never see."""
    return _LINK.sub(r"\1", text).replace("**", "").replace("__", "")


def _alike(title: str | None, text: str | None) -> str:
    return re.sub(r"\W+", "", f"{title or ''}{text or ''}").casefold()[:_ALIKE]


def _labelled(reader: Reader, row: Mapping[str, Any], kind: str, name: str, group: str) -> Sample:
    title, text = row["title"] or "", row["text"]
    sample = _sample(reader, title, text, name, kind)
    sample.labels = frozenset(row["labels"]) - {"none"}
    sample.group, sample.doubtful = group, bool(row.get("ambiguous"))
    sample.only = row.get("only", "")
    if sample.labels and not sample.passages:
        return _everywhere(reader, title, text, sample)
    return sample


def _sample(reader: Reader, title: str, text: str, name: str, kind: str) -> Sample:
    found = reader.passages(Document(text=text, title=title))
    letters = max(entry.end - entry.start for entry in entries(title, text))
    passages = [(p.fired, p.features) for p in found]
    return Sample(name, kind, name, frozenset(), letters=letters, passages=passages)


def _everywhere(reader: Reader, title: str, text: str, sample: Sample) -> Sample:
    """A report in which no filter finds anything: each of its sentences may be the one."""
    found = reader.passages(Document(text=text, title=title), everywhere=True)
    sample.passages = [(p.fired, p.features) for p in found]
    return sample
