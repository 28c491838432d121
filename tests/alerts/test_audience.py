"""Who hears of an item, and under which topic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bot.alerts.audience import Audience, choose_topic, wants
from bot.model import (
    Item,
    ItemMatch,
    Source,
    SourceKind,
    SourceState,
    Subscription,
    Transport,
    Way,
)
from filters.analysis import Analyser
from filters.index import FilterSet
from filters.reading import Reader

NOW = datetime(2024, 4, 8, 6, 14, tzinfo=UTC)
SOURCE = Source(
    *(3, Transport.FEED, "https://pskovpost.example/rss", "https://pskovpost.example/rss"),
    *("Псков Пост", SourceKind.MEDIA, "ru", SourceState.ACTIVE),
)
ITEM = Item(
    *(9, 3, "k", 1, "Отказались ехать", "Контрактники под Псковом отказались ехать.", ""),
    *("ru", NOW, NOW, 1),
    tags=("армия",),
)


def match(
    topic: str = "refusal", army: str = "ru", stage: str = "report", **more: str
) -> ItemMatch:
    return ItemMatch(
        topic,
        f"{topic}/x",
        (("text", 0, 4),),
        ("text", 0, 9),
        army,
        stage,
        **more,  # type: ignore[arg-type]
    )


def sub(
    topic: str = "refusal",
    narrowing: str = "",
    armies: tuple[str, ...] = (),
    stages: tuple[str, ...] = (),
) -> Subscription:
    return Subscription(1, 1, topic, narrowing, armies, stages)


@pytest.mark.parametrize(
    ("subscription", "matches", "wanted"),
    [
        (sub(), [match()], True),
        (sub("pressure"), [match()], False),
        (sub(armies=("ru",)), [match(army="ru")], True),
        (sub(armies=("ua",)), [match(army="ru")], False),
        (sub(armies=("ua",)), [match(army="unknown")], True),
        (sub(stages=("verdict",)), [match()], False),
        (sub(stages=("verdict",)), [match(stage="verdict")], True),
        (sub(), [match(army="other")], False),
        (sub(armies=("other",)), [match(army="other")], True),
        (sub(), [match(era="historical")], False),
        (sub(), [], False),
    ],
)
def test_topic_army_and_stage(
    subscription: Subscription, matches: Sequence[ItemMatch], wanted: bool
) -> None:
    """A subscription gets what its buttons say, and whatever army is not known."""
    assert wants(subscription, matches, lambda _: pytest.fail("no narrowing")) is wanted


def test_topic_that_says_most_is_named() -> None:
    """One post of refusers who were beaten is told once, as a refusal."""
    matches = [match("desertion"), match("pressure"), match("refusal")]
    subs = [sub("pressure"), sub("refusal"), sub("desertion")]

    assert choose_topic(subs, matches, lambda _: True) == "refusal"
    assert choose_topic(subs[:1], matches, lambda _: True) == "pressure"
    assert choose_topic([sub("unheard-of")], matches, lambda _: True) is None
    assert choose_topic([sub("of-ours"), sub()], [match("of-ours"), match()], bool) == "refusal"


@pytest.fixture(scope="module")
def audience() -> Audience:
    analyser = Analyser()
    return Audience(Reader(FilterSet(analyser), analyser, groups={"cities": "Псков, Рязань"}))


@pytest.mark.parametrize(
    ("narrowing", "wanted"),
    [
        ("Псков", True),
        ("Рязань", False),
        ("@cities", True),
        ("source:pskovpost", True),
        ('source:"псков пост"', True),
        ("source:radio_n", False),
        ("kind:media", True),
        ("kind:court", False),
        ("tag:армия", True),
        ("@taken_away", True),
    ],
)
def test_narrowing(audience: Audience, narrowing: str, wanted: bool) -> None:
    """An expression narrows by words and by source; a broken one hides nothing."""
    choose = audience(ITEM, SOURCE, [match()])

    assert choose([sub(narrowing=narrowing)]) == (("refusal", Way.NORMAL) if wanted else None)
    assert choose([sub(narrowing="Рязань"), sub(narrowing=narrowing)]) == choose(
        [sub(narrowing=narrowing)]
    )


def test_narrowings_that_come_later_are_asked_too(audience: Audience) -> None:
    """One first met in the midst of an item's audience counts for that item and the next."""
    choose = audience(ITEM, SOURCE, [match()])

    assert choose([sub(narrowing="Псков")])
    assert choose([sub(narrowing="контрактник NEAR/s отказаться")])
    assert not choose([sub(narrowing="матрос NEAR/s отказаться")])
    again = audience(ITEM, SOURCE, [match()])
    assert again([sub(narrowing="контрактник NEAR/s отказаться")])
    assert not again([sub(narrowing="матрос NEAR/s отказаться")])


def test_a_narrowing_kept_before_its_words_were_questioned_still_narrows() -> None:
    """Read as it was then: it neither lets all pass nor is lost."""
    analyser = Analyser()
    choose = Audience(Reader(FilterSet(analyser), analyser))(ITEM, SOURCE, [match()])

    assert choose([sub(narrowing="155-я бригада")]) is None
    assert choose([sub(narrowing="контрактник\nПсков")]) is not None
