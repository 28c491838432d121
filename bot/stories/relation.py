"""Which story an item belongs to: a copy of a text, the same event, a next stage, or new. Pure.

In this order: keys (identity), near copies (copies), the same event in other words
(likeness) within three days, the next stage of a known case. Where a rule can err it errs
towards new: two alerts annoy, while a swallowed story is lost.

A development is a story of its own that knows the one it comes of, so that its copies and
reports gather around it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Final, Literal, TypeAlias

from bot.stories.copies import (
    CONTAINED,
    Shingles,
    apart,
    are_of_size,
    copied,
    may_be_copy,
    numbers_of,
    shingles,
    template,
)
from bot.stories.event_features import (
    EventFeatures,
    alike,
    event_features,
    feature_keys,
)
from bot.stories.event_stages import stage_of
from bot.stories.identity import body_text, whole_text
from bot.stories.lexicon import lexicon
from bot.stories.likeness import (
    case_likeness,
    contradict,
    features,
    reasons,
    substance,
    weights,
)

__all__ = [
    "CASE_WINDOW",
    "COPY_WINDOW",
    "SAME_WINDOW",
    "KnownReport",
    "Relation",
    "RelationKind",
    "TextProfile",
    "copy_score",
    "relate",
    "relate_texts",
    "text_profile",
    "unlike",
]

RelationKind: TypeAlias = Literal["new", "copy", "same", "development"]

COPY_WINDOW: Final = timedelta(days=31)
SAME_WINDOW: Final = timedelta(hours=72)
CASE_WINDOW: Final = timedelta(days=400)
"""Between a report and a verdict or an appeal lie months."""

_LATER_STAGES: Final = ("charge", "answer", "verdict", "appeal")
_LATER_STAGE_GAP: Final = timedelta(hours=24)
_SCORE_TIE: Final = 0.15
_BULLETIN_GAP: Final = timedelta(hours=12)
_CONTAINED_AFTER_GAP: Final = 0.90  # later a bulletin comes again with little changed
_TRACE_SHARE: Final = 0.40  # of the grams: two Russian texts of one length share some .10 to .25
_UNLIKE_SCORE: Final = 0.30
_SURE_ANSWER_SCORE: Final = 0.85
_THRESHOLD_RISE_A_DAY: Final = 0.08  # a day: a later text about a place usually tells another event
_ALIKE_COSINE: Final = 0.90  # cosine of what may be one event though no name or number says so


@dataclass(frozen=True)
class TextProfile:
    """The parts of a text that are compared. Grams and features are computed on first use.

    `clean` are its words as `identity.whole_text` gives them, `body` is the text without
    footers. Most items share nothing with any, and most of the cost is in grams and features.
    """

    clean: str
    title: str = ""
    body: str = ""
    vector: tuple[float, ...] = ()
    _scores: dict[int, tuple[TextProfile, float]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def numbers(self) -> frozenset[str]:
        return numbers_of(self.clean)

    @cached_property
    def shingles(self) -> Shingles:
        return shingles(self.clean, self.numbers)

    @cached_property
    def event_features(self) -> EventFeatures:
        return event_features(self.title, self.body)

    @cached_property
    def feature_keys(self) -> tuple[int, ...]:
        """Under which the event is looked up, and stored."""
        return feature_keys(self.event_features)

    @cached_property
    def headline(self) -> str:
        """The stage that the first sentence gives the case."""
        return stage_of(f"{self.title}. {self.body.strip().split(chr(10))[0].split('. ')[0]}")


@dataclass(frozen=True, slots=True)
class KnownReport:
    """An earlier item that may be related. `at` is when it was published or seen."""

    item_id: int
    story_id: int
    at: datetime
    text_profile: TextProfile


@dataclass(frozen=True, slots=True)
class Relation:
    """`story_id` is None for an item that begins a story; `of` the item it is related to.

    Of a development `story_id` is the story it comes of. `score` is 1 for keys, a
    containment for copies, else a probability.
    """

    kind: RelationKind
    story_id: int | None = None
    of: int | None = None
    score: float = 0.0
    reasons: tuple[str, ...] = ()


def text_profile(title: str, text: str, vector: tuple[float, ...] = ()) -> TextProfile:
    """Of an item's title and text as they came."""
    return TextProfile(whole_text(title, text), title, body_text(text), vector)


def may_repeat(new: TextProfile, old: TextProfile) -> bool:
    """Whether one may be a near copy of the other; lengths and numbers, which cost little and
    tell most forms apart, are asked before grams.
    """
    if not are_of_size(len(new.clean), len(old.clean)) or apart(new.numbers, old.numbers):
        return False
    return may_be_copy(new.shingles, old.shingles)


def copy_score(new: TextProfile, old: TextProfile) -> float:
    """How far one text is a near copy of the other, `CONTAINED` to 1; 0 where it is none.

    Features, which cost more than grams, are computed only where the grams leave it open. A text
    is placed twice among the same ones, and remembers what it was then.
    """
    known = new._scores.get(id(old))
    if known is None:
        known = new._scores[id(old)] = old, _copy_score(new, old)
    return known[1]


def _copy_score(new: TextProfile, old: TextProfile) -> float:
    if not may_repeat(new, old):
        return 0.0
    return copied(new.shingles, old.shingles, new.event_features, old.event_features)


def unlike(one: TextProfile, other: TextProfile) -> bool:
    """Whether a text that replaced the other surely tells another event."""
    a, b = one.shingles.grams, other.shingles.grams
    if a and b and len(a & b) >= _TRACE_SHARE * min(len(a), len(b)):
        return False
    if contradict(one.event_features, other.event_features):
        return True
    return case_likeness(_values(one, other, _cosine(one, other))) < _UNLIKE_SCORE


def relate(found: Collection[int], alerted: Collection[int] = ()) -> Relation:
    """The relation of an item whose keys belong to the stories `found`.

    Of several stories the alerted one wins, then the oldest: a chat that got its alert must not
    get another one for the same event. `alerted` are those of `found`
    that have an alert.
    """
    if not found:
        return Relation("new")
    story = min(found, key=lambda story: (story not in alerted, story))
    return Relation("copy", story, None, 1.0, ("key",))


def relate_texts(
    new: TextProfile,
    at: datetime,
    near: Sequence[KnownReport],
    splits: Mapping[int, Collection[int]] | None = None,
    *,
    copies_only: bool = False,
) -> Relation:
    """The relation of a text that shares no key, to earlier ones that may be near.

    `near` may be any superset of what is related. `splits` are, by item, stories that people
    said it is not of: what is nearest to such an item joins none of these either, but a text
    that is nearer to those others may. `copies_only` for what no filter found: nobody needs
    to hear of it.
    """
    best = _best_copy(new, at, near)
    if best is not None or copies_only:
        return best or Relation("new")
    return _best_case(new, at, near, splits or {})


def _best_copy(new: TextProfile, at: datetime, near: Sequence[KnownReport]) -> Relation | None:
    best: tuple[float, Relation] | None = None
    for each in near:
        if abs(at - each.at) > COPY_WINDOW:
            continue
        old = each.text_profile
        score = copy_score(new, old)
        if score < (CONTAINED if abs(at - each.at) <= _BULLETIN_GAP else _CONTAINED_AFTER_GAP):
            continue
        # Of several that it contains, or that contain it, the one most alike on both sides.
        a, b = new.shingles.grams, old.shingles.grams
        shared = len(a & b) / len(a | b)
        if best is None or shared > best[0]:
            best = shared, Relation("copy", each.story_id, each.item_id, score, ("text",))
    return None if best is None else best[1]


def _best_case(
    new: TextProfile,
    at: datetime,
    near: Sequence[KnownReport],
    splits: Mapping[int, Collection[int]],
) -> Relation:
    scored: list[tuple[float, KnownReport, dict[str, float]]] = []
    for each in near:
        if abs(at - each.at) > CASE_WINDOW:
            continue
        old = each.text_profile
        cosine = _cosine(new, old)
        if (cosine is None or cosine < _ALIKE_COSINE) and not substance(
            new.event_features, old.event_features
        ):
            continue  # one town and one subject: two events more often than one
        if contradict(new.event_features, old.event_features):
            continue
        if template(new.shingles, old.shingles, new.event_features, old.event_features):
            continue
        values = _values(new, old, cosine)
        scored.append((case_likeness(values), each, values))
    if scored:
        nearest = max(scored, key=lambda entry: entry[0])[1]
        vetoed = splits.get(nearest.item_id, ())
        scored = [entry for entry in scored if entry[1].story_id not in vetoed]
    if not scored:
        return Relation("new")
    row = weights()["with_embeddings" if new.vector else "plain"]
    by_story: dict[int, list[tuple[float, KnownReport, dict[str, float]]]] = {}
    for entry in scored:
        by_story.setdefault(entry[1].story_id, []).append(entry)
    ranked = sorted(by_story.values(), key=lambda entries: -_story_score(entries))
    found: list[tuple[bool, Relation]] = []
    for entries in ranked:
        score = _story_score(entries)
        if score < row["threshold"]:
            break
        distance = min(abs(at - known.at) for _, known, _ in entries)
        if (
            score < row["threshold"] + _THRESHOLD_RISE_A_DAY * (distance / timedelta(days=1))
            and distance < SAME_WINDOW
        ):
            continue
        top = max(entries, key=lambda entry: entry[0])
        story = [known for _, known, _ in entries]
        kind = _kind(new, at, story, top[2], score)
        if kind is not None:
            stage = _rank(new.event_features.stage) == max(
                _rank(k.text_profile.event_features.stage) for k in story
            )
            relation = Relation(
                kind, top[1].story_id, top[1].item_id, round(score, 4), reasons(top[2])
            )
            found.append((kind == "same" and stage, relation))
    if not found:
        return Relation("new", score=round(_story_score(ranked[0]), 4))
    # A second report of an appeal is of the appeal, though the verdict may be worded nearer.
    best = found[0][1]
    close = [each for fits, each in found if fits and each.score > best.score - _SCORE_TIE]
    return close[0] if close else best


def _values(new: TextProfile, old: TextProfile, cosine: float | None = None) -> dict[str, float]:
    a, b = new.shingles.grams, old.shingles.grams
    contained = len(a & b) / min(len(a), len(b)) if a and b else 0.0
    return features(new.event_features, old.event_features, contained, cosine)


def _cosine(new: TextProfile, old: TextProfile) -> float | None:
    if not new.vector or not old.vector:
        return None
    return sum(x * y for x, y in zip(new.vector, old.vector, strict=True))


def _story_score(entries: Sequence[tuple[float, KnownReport, dict[str, float]]]) -> float:
    """The nearest of the story's items, a little less where the others are far."""
    scores = sorted((score for score, _, _ in entries), reverse=True)
    return 0.75 * scores[0] + 0.25 * sum(scores[:3]) / len(scores[:3])


def _kind(
    new: TextProfile,
    at: datetime,
    story: Sequence[KnownReport],
    values: dict[str, float],
    score: float,
) -> RelationKind | None:
    """Same or development; None where it is neither: an old case without a next stage."""
    reached = max(_rank(each.text_profile.event_features.stage) for each in story)
    last = max(each.at for each in story)
    stage = new.headline
    if at - last > _LATER_STAGE_GAP and new.event_features.stage in _LATER_STAGES:
        stage = new.event_features.stage
    surely = values.get("person") or _surname(new.event_features, story) or values.get("unit")
    if stage == "answer" and score >= _SURE_ANSWER_SCORE:
        surely = True  # of men in a cellar nobody tells names or units
    if stage in _LATER_STAGES and _rank(stage) > reached and surely:
        return "development"
    if _earlier_stage(new, story):
        return None
    return "same" if min(abs(at - each.at) for each in story) <= SAME_WINDOW else None


def _rank(stage: str) -> int:
    return _ranks()[stage]


@cache
def _ranks() -> Mapping[str, int]:
    return {stage: rank for rank, stage in enumerate(lexicon().stages)}


def _earlier_stage(new: TextProfile, story: Sequence[KnownReport]) -> bool:
    """Whether a verdict's text would join the story of its appeal: it is of the verdict's."""
    if new.event_features.stage != "verdict":
        return False
    return all(each.text_profile.event_features.stage == "appeal" for each in story)


def _surname(new: EventFeatures, story: Sequence[KnownReport]) -> bool:
    surnames = {pair[-1] for each in story for pair in each.text_profile.event_features.people}
    return any(alike(name, surname) for name in new.any_names for surname in surnames)
