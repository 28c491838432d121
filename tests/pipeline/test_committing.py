"""A batch is stored, or named, however often others were faster before it failed."""

from __future__ import annotations

from bot.ingest.committing import Committer
from bot.ingest.placement import IncomingText
from bot.ingest.transaction import Arrival
from bot.store.connection import Connection
from bot.stories.identity import identify
from bot.stories.relation import text_profile
from tests.pipeline.conftest import Newsroom, post


async def test_a_batch_that_fails_at_last_is_tried_apart(newsroom: Newsroom) -> None:
    """No survey knows the first item's new words, as if another process wrote them each time; then
    one key comes twice.
    """
    room = newsroom
    source = await room.add_source("a")
    await room.publish("a", post("Посевная началась на юге области.", "1"), post("Тихо.", "2"))
    changed, stored = post("Тихо, без перемен.", "2"), await room.items()
    batch = [
        IncomingText(source, each, 0, identify(each, source), (), text_profile("", each.text))
        for each in (post("Посевная закончилась.", "1"), changed, post("a", "3"), post("b", "3"))
    ]
    finished = []

    async def finish(conn: Connection) -> None:
        finished.append(conn)

    done = await Committer(room.store).commit(
        batch, {1: stored[1].id}, room.now, Arrival.NEWS, finish
    )

    assert (done["new"], done["quarantined"]) == (1, 0)
    assert len(finished) == 1
    assert sorted(each.key for each in await room.items()) == ["1", "2", "3"]
