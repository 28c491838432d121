"""Long lists, a page at a time: which part is shown, the buttons to the others, and their press."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.chat.context import Context
from bot.chat.text import Buttons, is_number
from bot.model.rendered import Button

__all__ = ["Page", "page_of", "turn_to"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list. `number` counts from 0, `pages` is how many there are."""

    items: Sequence[T]
    number: int
    pages: int

    def buttons(self, what: str, end: str = "") -> Buttons:
        """A row with the pages before and behind, as `<what>:<number><end>`; none for one page."""
        row = [
            Button(label, data=f"{what}:{number}{end}")
            for label, number in (
                (f"‹ {self.number}", self.number - 1),
                (f"{self.number + 2} ›", self.number + 1),
            )
            if 0 <= number < self.pages
        ]
        return (tuple(row),) if row else ()


def page_of(found: Sequence[T], number: int, size: int) -> Page[T]:
    """The page of that number; the last one if the list has become shorter than that."""
    pages = max(1, -(-len(found) // size))
    number = min(number, pages - 1)
    return Page(found[size * number :][:size], number, pages)


async def turn_to(
    ctx: Context, value: str, draw: Callable[[Context, int], Awaitable[tuple[str, Buttons]]]
) -> None:
    """Another page was pressed: show in its place what `draw` makes of the number in `value`."""
    if not is_number(value):
        await ctx.out_of_date()
        return
    await ctx.toast()
    await ctx.change(*await draw(ctx, int(value)))
