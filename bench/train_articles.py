"""Learns what belongs to an article: `python -m bench.train_articles DIRECTORY`.

DIRECTORY is `tests` of trafilatura's repository, as for `bench.articles`. A block that holds a
piece of text which people said to belong to the article is an example for it, one with a piece
that does not an example against it; others teach nothing. Half of the judgement are weights of the
marks (logistic regression), half small trees over them (boosting): alone each is right less often.
Writes bot/sources/article_weights.json, and says what pages that were not learnt from gave: five
folds, pages of one site together. Needs the extra `train`.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from rich.console import Console
from sklearn.ensemble import GradientBoostingClassifier  # type: ignore[import-untyped]
from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from bench.articles import pages, plain
from bot.sources.charset import decode
from bot.sources.main_text import page_blocks

__all__ = ["main"]

_WEIGHTS = Path(__file__).parents[1] / "bot" / "sources" / "article_weights.json"
_PENALTY = 0.05
_LEAST = 0.385
"""The probability from which a block is kept: a lost word weighs more than one too many."""
_TREES, _LEAVES, _LEARNING_RATE = 60, 8, 0.1
_TELLING = 15  # letters by which a block inside a piece is known to be of it


@dataclass
class _Page:
    site: str
    wanted: Sequence[str]
    unwanted: Sequence[str]
    texts: Sequence[str]
    marks: Sequence[dict[str, float]]
    rows: Any = None

    def label(self, number: int) -> int | None:
        """1 for a block of the article, 0 for another, None if nobody has said."""
        text = self.texts[number]
        for label, pieces in ((1, self.wanted), (0, self.unwanted)):
            if any(p in text or (len(text) > _TELLING and text in p) for p in pieces):
                return label
        return None


def _read(directory: Path) -> list[_Page]:
    found = []
    for url, wanted, unwanted, body in pages(directory):
        blocks = page_blocks(decode(body, ""))
        host = urlsplit(url).hostname or url
        found.append(
            _Page(
                ".".join(host.split(".")[-2:]),
                list(map(plain, wanted)),
                list(map(plain, unwanted)),
                [plain(block.text) for block in blocks],
                [block.marks for block in blocks],
            )
        )
    return found


def _examples(read: Sequence[_Page]) -> tuple[Any, Any]:
    rows, labels = [], []
    for page in read:
        for number, row in enumerate(page.rows):
            if (label := page.label(number)) is not None:
                rows.append(row)
                labels.append(label)
    return np.array(rows), np.array(labels)


@dataclass
class _Model:
    """What judges a block: above zero it belongs, more likely than not."""

    weights: Any
    bias: float
    trees: Any
    splits: Sequence[int]  # columns that trees look at: the marks themselves

    def worth(self, rows: Any) -> Any:
        linear = rows @ self.weights + self.bias
        return (linear + self.trees.decision_function(rows[:, self.splits])) / 2


def _fit(read: Sequence[_Page], names: Sequence[str]) -> _Model:
    rows, labels = _examples(read)
    scale = StandardScaler().fit(rows)
    linear = LogisticRegression(C=_PENALTY, max_iter=3000).fit(scale.transform(rows), labels)
    weights = linear.coef_[0] / scale.scale_
    # Steps and products are there for the weights; a tree makes its own.
    splits = [number for number, name in enumerate(names) if "&" not in name and ">" not in name]
    trees = GradientBoostingClassifier(
        init="zero",
        n_estimators=_TREES,
        learning_rate=_LEARNING_RATE,
        max_depth=None,
        max_leaf_nodes=_LEAVES,
        min_samples_leaf=15,
        max_features=0.3,
        subsample=0.7,
        random_state=0,
    ).fit(rows[:, splits], labels)
    return _Model(weights, float(linear.intercept_[0] - weights @ scale.mean_), trees, splits)


def _held_out(read: Sequence[_Page], names: Sequence[str], least: float) -> dict[str, float]:
    """Recall and precision on pages of sites that were not learnt from."""
    sites = sorted({page.site for page in read})
    random.Random(1).shuffle(sites)
    fold = {site: number % 5 for number, site in enumerate(sites)}
    found = wanted = wrong = 0
    for part in range(5):
        model = _fit([page for page in read if fold[page.site] != part], names)
        for page in read:
            if fold[page.site] != part:
                continue
            worth = model.worth(page.rows) if len(page.texts) else []
            text = " ".join(t for t, w in zip(page.texts, worth, strict=True) if w > least)
            found += sum(piece in text for piece in page.wanted)
            wrong += sum(piece in text for piece in page.unwanted)
            wanted += len(page.wanted)
    return {"recall": round(found / wanted, 3), "precision": round(found / (found + wrong), 3)}


def _written(tree: Any, names: Sequence[str], node: int = 0) -> Any:
    """A leaf is a number, another node [mark, step, what follows up to it, what beyond]."""
    low, high = tree.children_left[node], tree.children_right[node]
    if low == high:
        return round(float(tree.value[node][0][0]) * _LEARNING_RATE / 2, 4)
    step = round(float(tree.threshold[node]), 4)
    name = names[tree.feature[node]]
    return [name, step, _written(tree, names, low), _written(tree, names, high)]


def main() -> None:
    """Learn, write the weights, say what they are worth on unseen sites."""
    read = _read(Path(sys.argv[1]))
    table = DictVectorizer(dtype=np.float32)
    table.fit([marks for page in read for marks in page.marks[:50]])
    for page in read:
        page.rows = table.transform(page.marks).toarray() if page.marks else []
    names = list(table.feature_names_)
    least = float(np.log(_LEAST / (1 - _LEAST)))
    Console().print(_held_out(read, names, least))
    model = _fit(read, names)
    split_names = [names[number] for number in model.splits]
    data = {
        "bias": round(model.bias / 2 - least, 4),
        "weights": {
            name: round(float(weight) / 2, 4)
            for name, weight in zip(names, model.weights, strict=True)
            if abs(weight) >= 0.001
        },
    }
    trees = [_written(each.tree_, split_names) for each in model.trees.estimators_[:, 0]]
    lines = ",\n".join(f"  {json.dumps(tree)}" for tree in trees)
    rest = json.dumps(data, indent=1).removesuffix("\n}")
    _WEIGHTS.write_text(f'{rest},\n "trees": [\n{lines}\n ]\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
