"""How well entities are read: sentences of our own, each with what a careful reader finds.

A row of bench/data/entities.jsonl is a sentence with `gold`, the ids found in it and
where they stand, in the order of the text. `kinds` are those it is labelled for; all
where it is left out ("name" stands for known persons, organisations and places). In a
gold id `*` is any one part and a star at the end any rest. Offences by name (`~`) are not
asked for: they hang on the army, which one sentence need not tell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any, Final

from filters.document import Document
from filters.entities import EntityMention
from filters.reading import Reader

__all__ = ["FIRST_SEEN", "KINDS", "SEED", "Counts", "measure", "seed", "table", "wrong"]

KINDS: Final = ("name", "law", "unit", "court", "count", "term", "date")
PUBLISHED: Final = datetime(2024, 5, 20, 12, tzinfo=UTC)
# What was found in each lot before anything was mended on it: seen once, so written down.
FIRST_SEEN: Final = (
    "Sentences of our own in lots a to d, each written and labelled before the rules were",
    "mended on it; lot e is written for what the pages mended. Pages: sentences of public",
    "pages (court releases, registers, agencies, rights groups, history) and some of our own",
    "beside them, labelled, measured and not kept. All published 20 May 2024. What was found",
    "in a lot the first time, precision / recall:",
    "",
    "| lot | sentences | name | law | unit | court | count | term | date |",
    "|---|---|---|---|---|---|---|---|---|",
    "| a, one kind each (the rules before were a first draft) | 515 | .97 / .96 | .78 / .76 "
    "| .81 / .69 | .69 / .44 | .87 / .67 | .95 / .68 | .76 / .67 |",
    "| b, all kinds asked of each | 128 | 1.0 / .98 | .92 / .85 | .88 / .92 | 1.0 / .96 "
    "| .94 / .88 | .96 / .80 | .96 / .96 |",
    "| c, all kinds asked of each | 80 | 1.0 / .96 | 1.0 / .88 | .93 / 1.0 | 1.0 / 1.0 "
    "| .94 / .83 | .86 / .92 | .94 / .94 |",
    "| d, all kinds asked of each | 40 | 1.0 / 1.0 | 1.0 / 1.0 | .90 / .90 | 1.0 / 1.0 "
    "| 1.0 / .89 | .88 / .88 | 1.0 / 1.0 |",
    "| b to d together | 248 | 1.0 / .98 | .96 / .89 | .90 / .94 | 1.0 / .98 | .95 / .87 "
    "| .91 / .84 | .96 / .96 |",
    "| pages 1 | 91 | | 1.0 / .93 | .96 / .87 | .86 / .80 | .94 / .77 | 1.0 / .86 | 1.0 / 1.0 |",
    "| pages 2 | 85 | | .93 / .78 | .87 / .87 | 1.0 / .93 | 1.0 / .87 | .92 / .92 | 1.0 / 1.0 |",
    "| pages 3 | 81 | | .82 / .78 | .96 / .85 | .90 / .90 | .90 / .79 | .89 / .80 | .85 / .94 |",
    "| pages 4 | 82 | | 1.0 / .94 | 1.0 / .86 | .93 / .88 | 1.0 / .76 | 1.0 / .73 | 1.0 / 1.0 |",
    "| pages 5 | 71 | | 1.0 / 1.0 | 1.0 / .86 | 1.0 / 1.0 | 1.0 / .78 | .92 / .79 | 1.0 / 1.0 |",
    "| pages 6 | 68 | 1.0 / .96 | 1.0 / 1.0 | .93 / .93 | 1.0 / 1.0 | 1.0 / .86 | 1.0 / .88 "
    "| 1.0 / .94 |",
    "| after pages, ours | 30 | | 1.0 / 1.0 | 1.0 / 1.0 | 1.0 / 1.0 | 1.0 / .91 | 1.0 / .86 "
    "| 1.0 / 1.0 |",
    "| f, articles whose code is not named, and counts | 111 | | .96 / .37 | | | .97 / .85 | | |",
    "| g, articles and counts in other forms | 60 | | 1.0 / 1.0 | | | .96 / .93 | | |",
    "",
    "Of lot f the 99 sentences are kept that are read as labelled now (law .97 / .95, count",
    ".97 / .98); the others ask for what the rules leave out.",
)

# What the article the mission starts from names, how often at least; its gold table in ids.
SEED: Final[Mapping[str, int]] = {
    "person:chikov": 2,
    "person:shlosberg": 1,
    "person:shoigu": 1,
    "person:kuzmin-nikolai": 1,
    "org:agora": 2,
    "org:rosgvardia": 1,
    "org:hur": 2,
    "org:pskovskaya-gubernia": 2,
    "org:mod-ru": 1,
    "org:afu": 1,
    "org:t4p": 1,
    "place:pskov": 6,
    "place:mariupol": 3,
    "place:luhansk": 1,
    "place:yekaterinburg": 1,
    "place:belarus": 2,
    "place:syria": 1,
    "law:ru:332": 1,
    "law:ru:338~": 1,
    "count:>=60": 1,
    "count:~60": 1,
    "count:60": 1,
    "date:2022-02": 1,
    "date:2022-04-06": 1,
    "date:2014-08": 1,
    "date:2022-04-07": 1,
    "date:2022-04-08": 1,
    "date:2022-03-07": 1,
    "date:2022-04-02..04": 1,
}


@dataclass
class Counts:
    """Found rightly (of these with the very same words), found wrongly, not found."""

    right: int = 0
    exact: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)


def _found(reader: Reader, row: Mapping[str, Any]) -> list[EntityMention]:
    document = Document(text=row["text"], lang=row["lang"], published=PUBLISHED)
    return [m for m in reader.read(document).entities if not m.id.endswith("~")]


def _kind(reader: Reader, id_: str) -> str:
    kind = id_.partition(":")[0]
    return kind if kind == "unit" or id_ not in reader.known else "name"


def wrong(
    reader: Reader, row: Mapping[str, Any]
) -> tuple[list[tuple[str, bool]], list[str], list[str]]:
    """What was found rightly (id, and whether on the very words), what was not found, and
    what should not have been."""
    kinds = row.get("kinds", KINDS)
    left = [m for m in _found(reader, row) if _kind(reader, m.id) in kinds]
    right: list[tuple[str, bool]] = []
    missed: list[str] = []
    for id_, start, end in row["gold"]:
        found = next(
            (m for m in left if _same(id_, m.id) and m.start < end and start < m.end), None
        )
        if found is None:
            missed.append(id_)
        else:
            left.remove(found)
            right.append((id_, (found.start, found.end) == (start, end)))
    return right, missed, [m.id for m in left]


def _same(asked: str, found: str) -> bool:
    return fnmatchcase(found.rstrip("?"), asked)


def measure(reader: Reader, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Counts]:
    """Scores by kind and language (and "all")."""
    scores: defaultdict[tuple[str, str], Counts] = defaultdict(Counts)
    for row in rows:
        right, missed, extra = wrong(reader, row)
        for lang in (row["lang"], "all"):
            for id_, exact in right:
                score = scores[_kind(reader, id_), lang]
                score.right += 1
                score.exact += exact
            for id_ in missed:
                scores[_kind(reader, id_), lang].missed += 1
            for id_ in extra:
                scores[_kind(reader, id_), lang].wrong += 1
    return dict(scores)


def seed(mentions: Iterable[EntityMention]) -> list[str]:
    """The article's reading against SEED, as Markdown."""
    found = Counter(mention.id for mention in mentions)
    missed = sorted(id_ for id_, times in SEED.items() if found[id_] < times)
    extra = sorted(set(found) - set(SEED))
    return [
        f"Of {sum(SEED.values())} mentions in its gold table missed: "
        f"{', '.join(missed) or 'none'}; found beside them: {', '.join(extra) or 'none'}."
    ]


def table(scores: Mapping[tuple[str, str], Counts]) -> list[str]:
    """The scores as Markdown."""
    lines = [
        "| kind | right | on the very words | wrong | missed | precision | recall | ru | uk | en |",
        "|---" * 10 + "|",
    ]
    for kind in KINDS:
        whole = scores.get((kind, "all"))
        if whole is None:
            continue
        langs = (scores.get((kind, lang), Counts()) for lang in ("ru", "uk", "en"))
        cells = " | ".join(f"{each.precision:.2f} / {each.recall:.2f}" for each in langs)
        lines.append(
            f"| {kind} | {whole.right} | {whole.exact} | {whole.wrong} | {whole.missed} "
            f"| {whole.precision:.3f} | {whole.recall:.3f} | {cells} |"
        )
    return lines
