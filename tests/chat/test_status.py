"""/status: an admin sees on one screen whether it keeps up."""

from __future__ import annotations

from importlib.metadata import version

from tests.chat.test_filters import PARK
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil


async def test_status_counts_what_came_and_waits(vigil: Vigil) -> None:
    """Versions, queues, rates, size; nothing of it for subscribers."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER)
    await vigil.publish("a", Post("1", text=PARK))
    [said] = await vigil.says(ROOT, "/status")
    [refused] = await vigil.says(SUBSCRIBER, "/status")

    assert f"Vigil {version('vigil')}" in said.styled("bold")
    assert "Messages waiting: 0\n" in said.text
    assert "Items: 1 in an hour, 1 in 24 h" in said.text
    assert "SQLite 3." in said.text
    assert " MB" in said.text
    assert "There is no /status" in refused.text
