"""Learns what belongs to an article: `python -m bench.train_articles DIRECTORY`.

DIRECTORY is `tests` of trafilatura's repository, as for `bench.articles`. A block that holds a
piece of text which people said to belong to the article is an example for it, one with a piece
that does not an example against it; others teach nothing. Writes bot/sources/article_weights.json,
and says what pages unseen by the weights gave: five folds, pages of one site together. Needs the
extra `train`.
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


def _fit(read: Sequence[_Page]) -> tuple[Any, float]:
    """Weights of the marks as they are, and the bias."""
    rows, labels = _examples(read)
    scale = StandardScaler().fit(rows)
    model = LogisticRegression(C=_PENALTY, max_iter=3000).fit(scale.transform(rows), labels)
    weights = model.coef_[0] / scale.scale_
    return weights, float(model.intercept_[0] - weights @ scale.mean_)


def _held_out(read: Sequence[_Page], least: float) -> dict[str, float]:
    """Recall and precision on pages of sites that the weights have not seen."""
    sites = sorted({page.site for page in read})
    random.Random(1).shuffle(sites)
    fold = {site: number % 5 for number, site in enumerate(sites)}
    found = wanted = wrong = 0
    for part in range(5):
        weights, bias = _fit([page for page in read if fold[page.site] != part])
        for page in read:
            if fold[page.site] != part:
                continue
            worth = page.rows @ weights + bias if len(page.texts) else []
            text = " ".join(t for t, w in zip(page.texts, worth, strict=True) if w > least)
            found += sum(piece in text for piece in page.wanted)
            wrong += sum(piece in text for piece in page.unwanted)
            wanted += len(page.wanted)
    return {"recall": round(found / wanted, 3), "precision": round(found / (found + wrong), 3)}


def main() -> None:
    """Learn, write the weights, say what they are worth on unseen sites."""
    read = _read(Path(sys.argv[1]))
    table = DictVectorizer(dtype=np.float32)
    table.fit([marks for page in read for marks in page.marks[:50]])
    for page in read:
        page.rows = table.transform(page.marks).toarray() if page.marks else []
    least = float(np.log(_LEAST / (1 - _LEAST)))
    Console().print(_held_out(read, least))
    weights, bias = _fit(read)
    named = {
        name: round(float(weight), 4)
        for name, weight in zip(table.feature_names_, weights, strict=True)
        if abs(weight) >= 0.001
    }
    data = {"bias": round(bias - least, 4), "weights": named}
    _WEIGHTS.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
