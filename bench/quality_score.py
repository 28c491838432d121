"""How sure matches are: figures of labelled texts by kind (real ones apart), and reliability."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from filters.packs import TOPICS
from filters.reading import Reading

__all__ = [
    "FRESH_SEEN",
    "OBLIQUE_SEEN",
    "PAIRS_SEEN",
    "PLAIN_SEEN",
    "SEVERAL_SEEN",
    "Judged",
    "certainty_table",
    "judged",
    "pairs_table",
    "reliability_table",
    "several_table",
]

PLAIN_SEEN = (
    "News of one sentence and titles alone, reports and traps, written by us and kept apart from",
    "training. When first seen, by the weights before: of the reports sure 31 of 38 in English, 25",
    "of 35 in Russian, 27 of 35 in Ukrainian; of the traps sure 0 of 26, 3 of 24, 3 of 24.",
    "Of those in plain.jsonl, trained on since: sure 73 of 130, 71 of 110, 63 of 106.",
    "The 84 short ones are what somebody types to try it; when first seen, by the weights before",
    "the last: of the reports sure 15 of 18 in English, 18 of 18 in Russian and in Ukrainian; of",
    "the traps sure 0, 1 and 2 of 10. Kinds that failed were mended since.",
)
FRESH_SEEN = (
    "60 texts a language, headlines and posts as papers and channels write them, half of them",
    "traps, written by one of us before the weights were made and labelled by nobody else; tried",
    "once with the weights before and once with those after: precision .98 and .98, sure recall",
    ".70 and .78; macro-F1 English .77 and .83, Russian .76 and .77, Ukrainian .79 and .87.",
)
OBLIQUE_SEEN = (
    "Texts of two independent hands, half of them traps, told around the word more often than",
    "published reports are; kept apart from training (docs/score.md says why). When first seen, by",
    "the weights before: the first 350 precision .82, sure recall .46, macro-F1 .61; the others,",
    "most of punishment, wounds and evasion, .91, .34 and .38.",
)
PAIRS_SEEN = (
    "Both right: the first surely told of a core topic, the second not. The first lot was written",
    "before roles were mended on it: 54 of 90 then. The second was written after that and measured",
    "once by the weights before and by those after: 13 of 30 by both. The third and the fourth",
    "have new verbs, subjects and constructions; at first sight 11 and 7 of 30. Roles were mended",
    "on the second and the third, never on the fourth: 20 of 30 after. The fifth was written last",
    "by the same hand, indirect on purpose, and counted once: 10 of 20, no second side wrong.",
    "The sixth has rare trades, peoples and units as agents, orders told without a refusing verb,",
    "futures, passives and participles: 37 of 67 at first sight; kinds were mended on it. The",
    "seventh was written with it, of the same kinds, and kept aside: 10 of 30 before the mending.",
    "The eighth was written after that: 13 of 30 at first sight (10 by the rules before), and",
    "mended on since.",
)
SEVERAL_SEEN = (
    "When first seen, by the weights before: found .94, sure .85, stage .80; since then a verdict",
    "is asked of the sentences that tell the topic more than any other. The second lot (15 texts)",
    "was written later and measured before anything was mended: found .79, sure .65, stage .70.",
    "A third lot (60 texts of another hand, 128 matches) was measured before its kinds of stages",
    "were mended: found .70, stage .76, army .92, era .98.",
)
_STEPS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled text as read: its topics, those told surely and possibly, all scores."""

    kind: str
    lang: str
    labels: frozenset[str]
    sure: frozenset[str]
    possible: frozenset[str]
    scores: dict[str, float]


def judged(
    read: Callable[[dict[str, Any]], Reading], texts: Iterable[dict[str, Any]]
) -> list[Judged]:
    """Labelled texts, read; those whose labels are in doubt left out."""
    found = []
    for row in texts:
        if row.get("ambiguous"):
            continue
        reading = read(row)
        found.append(
            Judged(
                kind=row.get("kind") or "own",
                lang=row.get("lang") or "other",
                labels=frozenset(row["labels"]) - {"none"},
                sure=frozenset(reading.topics),
                possible=frozenset(reading.possible),
                scores=dict(reading.scores),
            )
        )
    return found


def certainty_table(found: Sequence[Judged], core: frozenset[str]) -> list[str]:
    """Core precision and recall of sure and of possible matches, by kind and language."""
    parts: dict[str, list[Judged]] = defaultdict(list)
    for each in found:
        parts[each.kind].append(each)
        parts[f"{each.kind}, {each.lang}"].append(each)
    lines = [
        "| texts | number | true | sure: precision | recall | sure or possible: recall "
        "| false and possible |",
        "|---" * 7 + "|",
    ]
    for name in sorted(parts):
        texts = parts[name]
        true = [each for each in texts if each.labels & core]
        sure = [each for each in texts if each.sure & core]
        right = sum(bool(each.labels & core) for each in sure)
        told = sum(bool((each.sure | each.possible) & core) for each in true)
        vain = sum(
            bool(each.possible & core) and not each.sure & core and not each.labels & core
            for each in texts
        )
        lines.append(
            f"| {name} | {len(texts)} | {len(true)} | {_share(right, len(sure))} "
            f"({len(sure) - right} false) | {_share(right, len(true))} "
            f"| {_share(told, len(true))} | {vain} |"
        )
    return lines


def pairs_table(
    read: Callable[[dict[str, Any]], Reading], pairs: Iterable[dict[str, Any]], core: frozenset[str]
) -> list[str]:
    """Pairs that share their words, one told of those who serve and one not: how many have
    both sides right, the first sure and the second not."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for pair in pairs:
        told, kept = ({*read({"text": pair[side]}).topics} & core for side in ("told", "kept"))
        for part, here in enumerate((True, bool(told), not kept, bool(told) and not kept)):
            counts[pair["lot"], pair["lang"]][part] += here
    lines = ["| lot | language | pairs | both right | told | kept |", "|---" * 6 + "|"]
    for (lot, lang), (number, told_right, kept_right, both) in counts.items():
        lines.append(f"| {lot} | {lang} | {number} | {both} | {told_right} | {kept_right} |")
    return lines


def several_table(
    read: Callable[[dict[str, Any]], Reading], texts: Iterable[dict[str, Any]]
) -> list[str]:
    """Texts of several topics, by lot: the matches found, and of these the facets that are
    right."""
    lots: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in texts:
        lots[row.get("lot", "first")].append(row)
    lines = [
        "| lot | matches | found | sure | sure and not told | army where claimed | stage | era |",
        "|---" * 8 + "|",
    ]
    for lot, found in lots.items():
        lines.append(f"| {lot} | {_several(read, found)} |")
    return lines


def _several(read: Callable[[dict[str, Any]], Reading], texts: Iterable[dict[str, Any]]) -> str:
    """The cells of a lot."""
    total = found = sure = more = 0
    facets: dict[str, list[int]] = {name: [0, 0] for name in ("army", "stage", "era")}
    for row in texts:
        reading = read(row)
        matches = {match.topic: match for match in reading.matches}
        more += len(set(reading.topics) - set(row["matches"]))
        for topic, told in row["matches"].items():
            total += 1
            match = matches.get(topic)
            if match is None:
                continue
            found += 1
            sure += match.certainty == "sure"
            for name, counts in facets.items():
                here = getattr(match.facets, name)
                counts[0] += here != "unknown"
                counts[1] += here == told[name]
    shares = " | ".join(_share(right, claimed) for claimed, right in facets.values())
    return f"{total} | {_share(found, total)} | {_share(sure, total)} | {more} | {shares}"


def reliability_table(found: Sequence[Judged]) -> list[str]:
    """Of the topics scored so high, how many were true."""
    counts: dict[int, list[float]] = defaultdict(lambda: [0, 0.0, 0])
    for each in found:
        for topic in TOPICS:
            if topic in each.scores:
                row = counts[min(_STEPS - 1, int(each.scores[topic] * _STEPS))]
                row[0] += 1
                row[1] += each.scores[topic]
                row[2] += topic in each.labels
    lines = ["| score | topics | mean score | true |", "|---|---|---|---|"]
    for step in sorted(counts):
        number, total, true = counts[step]
        lines.append(
            f"| {step / _STEPS:.1f} to {(step + 1) / _STEPS:.1f} | {number:.0f} "
            f"| {total / number:.2f} | {true / number:.2f} |"
        )
    return lines


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"
