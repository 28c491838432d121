"""What answers teach an installation, and how little without them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from filters.learning import Answer, Effect, Judged, Learned, effect, refit
from filters.score import Certainty, Thresholds

SHIPPED = {"refusal": Thresholds(0.6, 0.05), "desertion": Thresholds(0.5, 0.05)}


def judged(score: float, *filters: str, topic: str = "refusal") -> Judged:
    return Judged(topic, score, filters)


def test_without_answers_nothing_changes() -> None:
    """An installation begins as shipped."""
    learned = refit(SHIPPED, [])

    assert learned == Learned()
    assert learned.certainty(judged(0.61), SHIPPED["refusal"]) == "sure"
    assert learned.certainty(judged(0.59), SHIPPED["refusal"]) == "possible"


def test_a_filter_that_is_often_wrong_here_pulls_its_matches_down() -> None:
    """Ten times ✗ outweigh what the filter is worth elsewhere."""
    answers = [Answer(judged(0.7, "refusal/wide"), true=False) for _ in range(9)]
    learned = refit(SHIPPED, answers)

    assert learned.adjusted(judged(0.7, "refusal/wide")) < 0.6
    assert learned.adjusted(judged(0.7, "refusal/other")) == 0.7


def test_a_topic_confirmed_below_its_threshold_is_pushed_sooner() -> None:
    """Twenty ✓ at .45 lower the threshold there, within its limits."""
    answers = [Answer(judged(0.45), true=True) for _ in range(20)]
    learned = refit(SHIPPED, answers)

    assert learned.certainty(judged(0.46), SHIPPED["refusal"]) == "sure"
    assert "desertion" not in learned.thresholds


def test_the_effect_is_told_before_it_is_used() -> None:
    """So many would have been pushed more, so many fewer."""
    learned = Learned({"refusal": Thresholds(0.4, 0.05), "desertion": Thresholds(0.7, 0.05)})
    of_desertion = judged(0.6, topic="desertion")
    recent = [(judged(0.5), "possible"), (judged(0.3), "possible"), (of_desertion, "sure")]

    found = effect(learned, SHIPPED, recent)  # type: ignore[arg-type]

    assert (found.more, found.fewer) == (1, 1)


def test_what_grammar_told_is_tried_as_such() -> None:
    """A fit that changes no threshold changes nothing that was sure below one: grammar told it,
    with a filter or without, or it stood beside another topic. A stricter one ends what grammar
    told by as much as it is stricter, whichever fit was used until then."""
    low, alone = judged(0.3, "refusal/a"), Judged("refusal", 0.3, tells=True)
    recent: list[tuple[Judged, Certainty]] = [
        (low, "sure"),
        (alone, "sure"),
        (judged(0.05, "refusal/a"), "sure"),
        (judged(0.4, "refusal/a"), "possible"),
    ]
    strict = Learned({"refusal": Thresholds(0.7, 0.05)})

    assert effect(Learned(SHIPPED), SHIPPED, recent) == Effect(0, 0)
    assert effect(strict, SHIPPED, recent) == Effect(0, 2)
    lax = Learned({"refusal": Thresholds(0.4, 0.05)})
    assert effect(Learned(SHIPPED), SHIPPED, [(judged(0.45), "sure")], using=lax) == Effect(0, 1)


ANSWERS = st.builds(
    Answer,
    st.builds(
        Judged,
        st.sampled_from(("refusal", "desertion", "pressure")),
        st.floats(0, 1),
        st.lists(st.sampled_from(("a", "b", "c")), max_size=3).map(tuple),
    ),
    st.booleans(),
)


@given(st.lists(ANSWERS, max_size=60))
def test_a_fit_stays_within_its_limits_whatever_is_answered(answers: list[Answer]) -> None:
    """No row of answers pushes everything, or silences a topic; order changes nothing."""
    learned = refit(SHIPPED, answers)

    assert learned == refit(SHIPPED, sorted(answers, key=repr))
    for topic, found in learned.thresholds.items():
        assert abs(found.sure - SHIPPED[topic].sure) <= 0.2501
        assert found.possible <= found.sure
    for answer in answers:
        assert 0 <= learned.adjusted(answer.match) <= 1
