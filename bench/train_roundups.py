"""`python -m bench.train_roundups [STREAM.jsonl.gz …]`: the weights of a roundup's layout.

A logistic regression over what `filters.roundups.described` says of each way to cut the texts
of `bench/data/roundups.jsonl`: those that find a roundup's entries against those that cut a
single story, most of which are there because they are hard, or a roundup elsewhere. Roundups
count once more under a heading that says nothing, a little: headings are known by their words.
Posts of streams beside the project count as single stories, a little, where no heading
announces a roundup. Prints, out of ten folds, how many entries are found where at most one
single story in fifty is cut, and writes the weights, shifted to that threshold, into
`filters/packs/data/roundups.toml`. Needs the extra `train`.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from filters.entries import guesses
from filters.roundups import described
from filters.wording import Wording

__all__ = ["Text", "main", "overlap", "texts"]

_ROOT = Path(__file__).parent.parent
_TEXTS = _ROOT / "bench" / "data" / "roundups.jsonl"
_WORDS = _ROOT / "filters" / "packs" / "data" / "roundups.toml"
_HEADINGS = (
    "Вести края", "По области", "Заметки с юга", "На берегах Волги", "Листок нашего города",
    "Записки гарнизонного двора", "Стрічка краю", "З міст і сіл", "Нотатки кореспондента",
    "Поміж двох річок: село і місто", "Around the province", "Desk notes", "From our towns",
    "Seven seas, one paper", "Papers on the table", "",
)  # fmt: skip
_MOST_CUT = 0.02
# Weights of all texts know more than those of nine tenths: of other hands' 140 single stories none
# more is cut with the threshold so much lower, and more entries are found.
_LOWER = 0.2
_MET = 0.7  # of a place, of the places of a text
_OF_UNTOLD = 0.2  # what a roundup under a heading that says nothing counts
_OF_STREAM = 0.05  # what a post of a stream counts
_POSTS = 5_000
_STRENGTH = 2.0  # of the weights; 1 / regularisation
_FOLDS = 10
_UNSURE = 1.0  # paragraphs that nothing marks and nothing announces must weigh more

Guess = tuple[Mapping[str, float], float]


@dataclass(frozen=True)
class Text:
    """A text's entries and each way to cut it: what it is like, the share of entries it finds.
    `group`: texts of one row stand in one fold."""

    group: int
    entries: int
    guesses: Sequence[Guess]
    counts: float = 1.0


def texts() -> Iterator[Text]:
    """The rows of the file, roundups also under a heading that says nothing."""
    chance = random.Random(1)
    for group, line in enumerate(_TEXTS.read_text("utf-8").splitlines()):
        row = json.loads(line)
        text, places = _marked(row["text"])
        yield Text(group, len(places), _guessed(row.get("title", ""), text, places))
        if places:
            heading = chance.choice(_HEADINGS)
            heading += "\n" if heading else ""
            moved = len(heading) - places[0][0]
            elsewhere = [(start + moved, end + moved) for start, end in places]
            untold = _guessed("", heading + text[places[0][0] :], elsewhere)
            yield Text(group, len(places), untold, _OF_UNTOLD)


def _posts(path: str, count: int) -> Iterator[Text]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    random.Random(5).shuffle(rows)
    for row in rows[:count]:
        found = _guessed(row.get("title") or "", row["text"], ())
        if not any("announced" in each for each, _ in found):
            yield Text(-1, 0, found, _OF_STREAM)


def _guessed(title: str, text: str, places: Sequence[tuple[int, int]]) -> list[Guess]:
    found = []
    said = Wording(text)
    for layout, heading in guesses(title, text):
        if like := described(layout, said, heading):
            met = sum(
                any(overlap(place, each[:2]) >= _MET for each in layout.places) for place in places
            )
            found.append((like, met / len(places) if places else 0.0))
    return found


def overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    """What two places share of what both cover."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, shared) / (max(one[1], other[1]) - min(one[0], other[0]))


def _marked(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without the marks that stand where its entries begin, and their places."""
    *pieces, last = marked.split("‖")
    text = "".join((*pieces, last))
    starts: list[int] = []
    for piece in pieces:
        starts.append(len(piece) + (starts[-1] if starts else 0))
    stops = [*starts[1:], len(text)]
    places = [
        (start, start + len(text[start:stop].rstrip()))
        for start, stop in zip(starts, stops, strict=False)
    ]
    return text, places if len(places) > 1 else []


def _fitted(rows: Sequence[Text]) -> dict[str, float]:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    found: list[tuple[Mapping[str, float], bool, float]] = []
    for row in rows:
        for like, met in row.guesses:
            if met >= _MET:
                found.append((like, True, row.counts))
            elif not row.entries:
                found.append((like, False, row.counts))
            elif met < 0.5:
                found.append((like, False, 0.5))
    vectors = DictVectorizer(sparse=False)
    matrix = vectors.fit_transform([{k: v for k, v in like.items() if k} for like, _, _ in found])
    model = LogisticRegression(C=_STRENGTH, max_iter=5_000)
    model.fit(matrix, [are for _, are, _ in found], sample_weight=[each for _, _, each in found])
    weights = dict(zip(vectors.feature_names_, map(float, model.coef_[0]), strict=True))
    weights[""] = float(model.intercept_[0])
    for name in ("by blocks", "by lines"):
        weights[name] = weights.get(name, 0.0) - _UNSURE
    for name in ("announced by blocks", "announced by lines"):
        weights[name] = weights.get(name, 0.0) + _UNSURE
    return weights


def _best(row: Text, weights: Mapping[str, float]) -> tuple[float, float]:
    """The weight of the weightiest way to cut a text and the share of entries it finds."""
    ways = [
        (sum(weights.get(name, 0.0) * value for name, value in like.items()), met)
        for like, met in row.guesses
    ]
    return max(ways, default=(-99.0, 0.0))


def main(streams: Sequence[str]) -> None:
    """Fit, print, write."""
    rows = list(texts())
    posts = [post for path in streams for post in _posts(path, _POSTS // len(streams))]
    groups = sorted({row.group for row in rows})
    random.Random(2).shuffle(groups)
    fold = {group: at % _FOLDS for at, group in enumerate(groups)}
    held: list[tuple[Text, float, float]] = []
    for number in range(_FOLDS):
        weights = _fitted([*(row for row in rows if fold[row.group] != number), *posts])
        held += ((row, *_best(row, weights)) for row in rows if fold[row.group] == number)
    singles = sorted((weight for row, weight, _ in held if not row.entries), reverse=True)
    threshold = singles[int(_MOST_CUT * len(singles))]
    for told in (True, False):
        asked = [each for each in held if each[0].entries and (each[0].counts == 1.0) is told]
        found = sum(row.entries * met for row, weight, met in asked if weight > threshold)
        under = "their headings" if told else "headings that say nothing"
        print(f"{found:.0f} of {sum(row.entries for row, _, _ in asked)} found under {under}")
    print(f"{int(_MOST_CUT * len(singles))} of {len(singles)} single stories cut")
    weights = _fitted([*rows, *posts])
    weights[""] -= threshold - _LOWER
    cut = sum(_best(post, weights)[0] > 0 for post in posts)
    print(f"{cut} of {len(posts)} posts of streams cut that nothing announces")
    lines = [f'"{name}" = {weight:.2f}' for name, weight in sorted(weights.items())]
    text = _WORDS.read_text("utf-8")
    _WORDS.write_text(
        re.sub(r"(?s)(\[weights\]\n).*", lambda m: m[1] + "\n".join(lines) + "\n", text), "utf-8"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
