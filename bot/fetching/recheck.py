"""Watches whether posts of channels stay: notes what each page shows, and looks again.

Every page that is read for whatever reason is `noted`. Posts that no page has shown for a
while are looked for by `step`, one page at a time: told ones 1 h, 6 h, 24 h, 7 and 30 days
after their publication, others after 6 and 48 hours. `bot.sources.presence` judges; this keeps what
it judged by: the page's address, the time, the hash of its bytes, and where a state rests
on them the bytes themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from bot.clock import Clock
from bot.errors import SourceError
from bot.model import PresenceChange, Source, WatchedPost
from bot.sources.presence import judge, later, next_look, refused
from bot.sources.previews import PreviewPage, Previews
from bot.store import Store, evidence, posts
from bot.store.connection import Connection
from bot.store.evidence import Sighting
from bot.store.posts import DuePost

__all__ = ["Recheck"]

log = structlog.get_logger(__name__)

# A page shows about twenty numbers below the one it is asked for: so far above the post
# that it stands in the middle, between others.
_NUMBERS_ABOVE_POST = 11
_WATCHED_FOR = timedelta(days=31)


def _nobody() -> None:
    return None


class Recheck:
    """See the module. `on_change` is called when messages want an edit."""

    def __init__(
        self,
        store: Store,
        previews: Previews,
        clock: Clock,
        on_change: Callable[[], None] = _nobody,
    ) -> None:
        self._store = store
        self._previews = previews
        self._clock = clock
        self._on_change = on_change

    async def noted(self, source: Source, page: PreviewPage) -> None:
        """Take note of a page of the source whose posts are stored. Raises StoreError.

        Repeating it changes nothing.
        """
        if page.shown.empty:
            return
        ids, now = page.shown.ids, page.at
        spans = {post.ids[0]: post.ids[-1] for post in page.shown.posts if not post.service}
        async with self._store.write() as conn:
            digest = sha256(page.body).hexdigest()
            proved = bool(
                await posts.note(conn, source.id, spans, now, next_look=next_look, sha=digest)
            )
            sightings, same, bumped = [], [], 0
            for post in await posts.within(conn, source.id, ids[0], ids[-1]):
                to = judge(post, ids, now)
                if to is None:
                    continue
                if not to.verdict and to.next_look == post.next_look:
                    same.append(post.item_id)
                    continue
                bumped += await posts.change(conn, post, to, now, digest)
                if to.verdict:
                    sightings.append(Sighting(post.item_id, now, to.verdict, page.url, digest))
            await posts.seen(conn, same, now)
            await evidence.sighted(conn, sightings)
            if proved or sightings:
                await evidence.keep(conn, page.url, page.body, now)
        if sightings:
            log.info("posts.sighted", source=source.id, verdicts=_counted(sightings))
        if bumped:
            self._on_change()

    async def step(self, now: datetime) -> bool:
        """Look for the one post whose time has come; whether there was one. Raises StoreError."""
        async with self._store.read() as conn:
            due = await posts.due(conn, now)
        if due is None:
            return False
        try:
            if due.post.absences > 1:
                await self._ask_itself(due, now)
            else:
                await self._look(due, now)
        except SourceError as error:
            log.info("posts.unseen", source=due.source.id, error=error.key)
            await self._unseen(due, error.key)
        return True

    async def adopt(self, now: datetime) -> None:
        """Recheck posts behind new alerts more often; delete old evidence that nobody needs."""
        async with self._store.write() as conn:
            await posts.adopt(conn, now, now - _WATCHED_FOR, next_look=next_look)
            await evidence.purge(conn, now)

    async def _look(self, due: DuePost, now: datetime) -> None:
        page = await self._previews.page(
            due.source, now, due.post.last_number + _NUMBERS_ABOVE_POST
        )
        await self.noted(due.source, page)
        async with self._store.write() as conn:
            after = await posts.get(conn, due.post.item_id)
            if after is None or after.next_look is None or after.next_look > now:
                return
            if after.absences > 1:
                return  # its own page is asked next
            # Beyond the ends of what is shown, so far: nothing is known of it.
            when = later(after.first_at, now)
            await posts.postpone(conn, {after.item_id: when}, unknown=after.seen_at < now)
            await self._nothing(conn, after, page.url, sha256(page.body).hexdigest(), "")
            await evidence.keep(conn, page.url, page.body, now)

    async def _ask_itself(self, due: DuePost, now: datetime) -> None:
        page = await self._previews.post(due.source, due.post.number, now)
        async with self._store.write() as conn:
            post = await posts.get(conn, due.post.item_id)
            if post is None or post.absences < 2:
                return  # a page has shown it meanwhile
            to: PresenceChange = refused(post, page.missing, now)
            digest = await evidence.keep(conn, page.url, page.body, now)
            bumped = await posts.change(conn, post, to, now, digest)
            await evidence.sighted(
                conn, [Sighting(post.item_id, now, to.verdict, page.url, digest)]
            )
        log.info("posts.asked", source=due.source.id, item=post.item_id, verdict=to.verdict)
        if bumped:
            self._on_change()

    async def _unseen(self, due: DuePost, why: str) -> None:
        """The look failed: neither present nor gone is known."""
        now = self._clock.now()
        async with self._store.write() as conn:
            when = later(due.post.first_at, now)
            await posts.postpone(conn, {due.post.item_id: when})
            await self._nothing(conn, due.post, f"t.me/{due.source.address}", "", why)

    async def _nothing(
        self, conn: Connection, post: WatchedPost, url: str, digest: str, why: str
    ) -> None:
        now = self._clock.now()
        await evidence.sighted(conn, [Sighting(post.item_id, now, "unknown", url, digest, why)])


def _counted(sightings: list[Sighting]) -> dict[str, int]:
    verdicts = [each.verdict for each in sightings]
    return {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))}
