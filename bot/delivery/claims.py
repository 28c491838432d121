"""Claims: messages marked as `sending`, from the choice to the call or to an end without one.

Marked and committed first; then read with the chat as stored at that moment, so that whoever has
unsubscribed, paused or blocked meanwhile gets nothing; then called for, or made ready to be called
for as soon as the limits allow. Every claim ends with an outcome, on every path.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.backoff import backoff
from bot.botapi.pacing import Gate, Permit
from bot.clock import Clock
from bot.delivery.backlog import Backlog, Chosen
from bot.delivery.calls import Calls
from bot.delivery.expand import Expander
from bot.delivery.outcomes import Unprepared
from bot.delivery.preparation import Preparation
from bot.errors import LeaseLost, NotSent
from bot.model import ChatState, MessageKind
from bot.model.rendered import Rendered
from bot.store import Store, chats, lease_row, message_views, messages, notices
from bot.store.connection import Connection
from bot.store.message_rows import Message, Work
from bot.store.message_views import MessageView

__all__ = ["Claims"]

_HELD_READY = 1.0  # seconds; what the limits keep back longer is claimed again
_WITHOUT_NOTICE = (MessageKind.REPLY, MessageKind.CHART)  # they tell no notice to reconsider


@dataclass(frozen=True, slots=True)
class _Ready:
    """A send that is claimed and rendered and waits for the limits; since when (monotonic)."""

    view: MessageView
    shown: Rendered
    since: float


class Claims:
    """See the module. Times named `at` are monotonic seconds."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        gate: Gate,
        backlog: Backlog,
        expander: Expander,
        preparation: Preparation,
        calls: Calls,
    ) -> None:
        self._store = store
        self._clock = clock
        self._gate = gate
        self._backlog = backlog
        self._expander = expander
        self._preparation = preparation
        self._calls = calls
        self._ready: list[_Ready] = []

    def __len__(self) -> int:
        """How many are ready and wait for the limits."""
        return len(self._ready)

    @property
    def chats(self) -> set[int]:
        """Telegram's numbers of the chats with a claim that is ready."""
        return {each.view.message.chat.address.chat_id for each in self._ready}

    def give_up(self) -> None:
        """End what is ready without a call: it is due again."""
        self._let_go(self._ready)

    def start_ready(self, at: float) -> bool:
        """Call for what is claimed, as far as the limits allow; whether for any."""
        ready, late = [], []
        for each in self._ready:
            message = each.view.message
            permit = self._backlog.permit(message, Work.SEND)
            if isinstance(permit, Permit):
                self._calls.begin(each.view, Work.SEND, permit, each.shown)
            elif at - each.since > _HELD_READY:
                late.append(each)
            else:
                ready.append(each)
                self._backlog.note_soonest(permit)
        started = len(ready) + len(late) < len(self._ready)
        self._ready = ready + late
        self._let_go(late)
        return started

    def _let_go(self, ready: Collection[_Ready]) -> None:
        """End claims without a call: they are due again."""
        gone = {each.view.message.id for each in ready}
        self._ready = [each for each in self._ready if each.view.message.id not in gone]
        for each in ready:
            self._calls.settle(each.view.message, Work.SEND, error=NotSent("Its turn did not come"))

    async def start(self, chosen: Sequence[Chosen], now: datetime) -> None:
        """Commit `sending`, then read what each chat shall see, then call or make ready.

        Whatever fails, every claimed message gets an outcome and every permit is given back.
        """
        permits = {message.id: permit for message, _, permit in chosen}
        claimed: dict[int, Message] = {}  # in `sending`, and neither called for nor settled yet
        try:
            sends = {m.id: m for m, work, _ in chosen if work is Work.SEND}
            async with self._store.write() as conn:
                if not await lease_row.holds(conn, self._store.epoch):
                    raise LeaseLost
                for each in await messages.mark_sending(conn, list(sends), self._store.epoch):
                    claimed[each] = sends[each]
                await self._expander.reconsider(conn, sorted(claimed))
            wanted = [(m, w) for m, w, _ in chosen if w is not Work.SEND or m.id in claimed]
            refused: list[tuple[Message, Work]] = []
            for (message, work), call in zip(
                wanted, await self._preparation.read(wanted, now), strict=True
            ):
                if isinstance(call, Unprepared):
                    if claimed.pop(message.id, None) is not None:
                        self._calls.settle(message, work, error=call)
                elif call is None:
                    refused.append((message, work))
                else:
                    view, shown = call
                    claimed.pop(message.id, None)
                    permit = permits.pop(message.id)
                    if work is Work.SEND and permit is None and shown is not None:
                        self._ready.append(_Ready(view, shown, self._clock.monotonic()))
                    else:
                        self._calls.begin(view, work, permit, shown)
            await self._withdraw(refused, claimed)
        except BaseException as err:
            self._backlog.read_again()
            for message in claimed.values():
                self._calls.settle(
                    message, Work.SEND, error=NotSent("stopped: {why}", why=repr(err))
                )
            raise
        finally:
            for left in permits.values():
                self._give_back(left)

    def _give_back(self, permit: Permit | None) -> None:
        if permit is not None:
            self._gate.give_back(permit)

    async def _withdraw(
        self, refused: Sequence[tuple[Message, Work]], claimed: dict[int, Message]
    ) -> None:
        """Settle what was chosen but shall not be called for; what is settled leaves `claimed`."""
        if not refused:
            return
        now = self._clock.now()
        async with self._store.write() as conn:
            for message, work in refused:
                await self._take_back(conn, message, work, now)
        for message, _ in refused:
            claimed.pop(message.id, None)

    @staticmethod
    async def _take_back(conn: Connection, message: Message, work: Work, now: datetime) -> None:
        chat = await chats.get(conn, message.chat.id)
        if work is not Work.SEND:
            fresh = await messages.get(conn, message.id)
            if fresh is not None and fresh.work(now) is work:
                # As chosen: what was wanted since is still due.
                await messages.mark_edited(conn, message.id, message.wanted_version, now)
        elif chat is not None and chat.state is not ChatState.ACTIVE:
            await messages.mark_retry(conn, message.id, now, "chat closed")
            await notices.hold_notices(conn, chat.id)
        elif (
            message.kind not in _WITHOUT_NOTICE
            and await message_views.view(conn, message.id) is not None
        ):
            # A topic was left since it was claimed; it is reconsidered with the claim.
            wait = backoff(message.attempts, 1.0, 300.0) if message.attempts else 0
            again = now + timedelta(seconds=wait)
            await messages.mark_retry(conn, message.id, again, "choices changed")
        else:
            await messages.mark_dead(conn, message.id, "no longer wanted")
