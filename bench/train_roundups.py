"""`python -m bench.train_roundups`: the weights of a roundup that no heading announces.

A logistic regression over what `filters.entries.untold` says of each list of three entries or
more in `bench/data/roundups.jsonl`: roundups under a heading that says nothing (the real one is
taken away, since headings are known by their words) against the lists of single stories, most
of which are there because they are hard. Prints how many roundups ten folds find where at most
one list in forty are cut wrongly, and writes the weights, shifted to that threshold,
into `filters/packs/data/roundups.toml`. Needs the extra `train`.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from filters.entries import lists, untold

__all__ = ["examples", "main"]

_ROOT = Path(__file__).parent.parent
_TEXTS = _ROOT / "bench" / "data" / "roundups.jsonl"
_WORDS = _ROOT / "filters" / "packs" / "data" / "roundups.toml"
_HEADINGS = (
    "Вести края", "По области", "Заметки с юга", "На берегах Волги", "Листок нашего города",
    "Записки гарнизонного двора", "Стрічка краю", "З міст і сіл", "Нотатки кореспондента",
    "Поміж двох річок: село і місто", "Around the province", "Desk notes", "From our towns",
    "Seven seas, one paper", "Papers on the table", "",
)  # fmt: skip
_MOST_CUT = 0.025
_NEAR = 3  # letters between a place as labelled and as found


def examples() -> Iterator[tuple[Mapping[str, float], bool]]:
    """What each list is like, and whether it is a roundup's."""
    chance = random.Random(1)
    for line in _TEXTS.read_text("utf-8").splitlines():
        row = json.loads(line)
        title, text, places = (
            row.get("title", ""),
            row["text"].replace("‖", ""),
            _places(row["text"]),
        )
        if len(places) < 2:
            yield from ((untold(*found), False) for found, _ in lists(title, text))
            continue
        heading = chance.choice(_HEADINGS)
        heading += "\n" if heading else ""
        moved = len(heading) - places[0]
        for found, starts in lists("", heading + text[places[0] :]):
            met = sum(any(abs(place + moved - at) <= _NEAR for at in starts) for place in places)
            if met >= 0.6 * len(places):
                yield untold(*found), True
                break


def _places(marked: str) -> list[int]:
    places: list[int] = []
    for piece in marked.split("‖")[:-1]:
        places.append(len(piece) + (places[-1] if places else 0))
    return places


def main() -> None:
    """Fit, print, write."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    rows = list(examples())
    vectors = DictVectorizer(sparse=False)
    matrix = vectors.fit_transform([{k: v for k, v in found.items() if k} for found, _ in rows])
    are = [is_one for _, is_one in rows]
    model = LogisticRegression(C=1.0, max_iter=5_000)
    folds = StratifiedKFold(10, shuffle=True, random_state=1)
    margins = cross_val_predict(model, matrix, are, cv=folds, method="decision_function")
    against = sorted(
        (m for m, is_one in zip(margins, are, strict=True) if not is_one), reverse=True
    )
    threshold = float(against[int(_MOST_CUT * len(against))])
    found = sum(m > threshold for m, is_one in zip(margins, are, strict=True) if is_one)
    cut = int(_MOST_CUT * len(against))
    print(f"{found} of {sum(are)} roundups found, {cut} of {len(against)} lists cut")
    model.fit(matrix, are)
    weights = {"": float(model.intercept_[0]) - threshold}
    weights |= dict(zip(vectors.feature_names_, map(float, model.coef_[0]), strict=True))
    lines = [f'"{name}" = {weight:.2f}' for name, weight in sorted(weights.items())]
    text = _WORDS.read_text("utf-8")
    _WORDS.write_text(
        re.sub(r"(?s)(\[weights\]\n).*", lambda m: m[1] + "\n".join(lines) + "\n", text)
    )


if __name__ == "__main__":
    main()
