"""/backtest: counts, examples, a picture and a table of what a filter would have found."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from bot.alerts import charts
from bot.ingest import archive
from tests.chat.test_filters import PARK, saved
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

HAND = "=1+1 Военный оркестр играл в парке."


async def posted_over_weeks(vigil: Vigil) -> None:
    await vigil.add_source("a", title="Pskov Post")
    now = vigil.clock.now()
    await vigil.publish(
        "a",
        Post("1", title="Парк", text=PARK, published=now - timedelta(days=20)),
        Post("2", title=HAND, text=HAND, published=now - timedelta(days=2)),
        Post("3", title="Погода", text="Завтра дождь.", published=now - timedelta(days=2)),
        Post("4", title="Давно", text="Играл оркестр.", published=now - timedelta(days=45)),
    )


async def test_a_query_is_tried_on_the_days_asked_for(vigil: Vigil) -> None:
    """Counts and examples first, then the picture, then every hit as a table."""
    await posted_over_weeks(vigil)
    *_, said, picture, table = await vigil.says(ROOT, "/backtest оркестр 30d")

    assert "Backtest, last 30 days" in said.text
    assert "Read: 3 posts of 1 source." in said.text
    assert "2 hits, 2 stories" in said.styled("bold")
    assert "оркестр" in said.styled("bold")
    assert picture.photo is not None
    assert table.document is not None
    name, content = table.document
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert name.endswith(".csv")
    assert [row["title"] for row in rows] == [f"'{HAND}", "Парк"]  # no formula for a spreadsheet
    assert rows[1]["source"] == "Pskov Post"
    assert "духовой оркестр" in rows[1]["sentence"]


async def test_more_days_find_more_and_a_filter_is_tried_by_its_id(vigil: Vigil) -> None:
    """`/filter backtest f1` is the same command under the name people look for."""
    await posted_over_weeks(vigil)
    await vigil.says(ROOT, "/filter add desertion оркестр")
    await vigil.press(ROOT, "Save")
    [each] = await saved(vigil)
    *_, said, _, _ = await vigil.says(ROOT, f"/filter backtest {each.key} 90d")

    assert "3 hits, 3 stories" in said.styled("bold")


async def test_nothing_found_says_of_how_much(vigil: Vigil) -> None:
    """No empty picture and no empty file."""
    await posted_over_weeks(vigil)
    *_, said = await vigil.says(ROOT, "/backtest трибунал")

    assert "Read: 3 posts of 1 source." in said.text
    assert said.text.endswith("It finds none of them.")


async def test_errors_and_strangers_to_the_command(vigil: Vigil) -> None:
    """A slip is told with its place; subscribers have no such command."""
    await vigil.subscriber(SUBSCRIBER)
    [wrong] = await vigil.says(ROOT, "/backtest (оркестр 30d")
    [bare] = await vigil.says(ROOT, "/backtest 30d")
    [refused] = await vigil.says(SUBSCRIBER, "/backtest оркестр")

    assert "parenthes" in wrong.text
    assert "/backtest самовольн* NEAR/3 оставлен* 30d" in bare.styled("code")
    assert "There is no /backtest" in refused.text


def test_a_month_of_bars_is_drawn() -> None:
    """Days that share a name keep their own bars: two years have one 8 April."""
    from bot.model.rendered import Chart

    same = Chart("Hits", ("8 Apr",) * 40, (("", tuple(range(40))),), "", ())
    apart = Chart("Hits", tuple(map(str, range(40))), (("", (39,) * 40),), "", ())

    assert charts.draw(same).startswith(b"\x89PNG")
    assert charts.draw(same) != charts.draw(apart)


async def test_a_long_one_says_how_far_it_is(vigil: Vigil, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message of its own counts up in per cent, and is gone when the answer is there."""
    monkeypatch.setattr(archive, "_VERIFIED_AT_ONCE", 4)
    matcher = vigil.app.engine.pipeline.matcher
    find = matcher.find

    async def slowly(*asked: Any) -> Any:
        await vigil.clock.sleep(3)
        return await find(*asked)

    monkeypatch.setattr(matcher, "find", slowly)
    await vigil.add_source("a")
    await vigil.publish("a", *(Post(str(n), text=f"Новость {n}. {PARK}") for n in range(16)))
    answers = await vigil.says(ROOT, "/backtest оркестр 30d")

    [progress] = [
        p
        for p in vigil.telegram.place(ROOT).posted.values()
        if p.deleted and p.text.startswith("Reading the last 30 days…")
    ]
    shown = [text for _, text in progress.edits] + [progress.text]
    assert "%" in shown[-1]
    assert not any(p.text.startswith("Reading") for p in answers)
    assert "16 hits" in answers[0].text
