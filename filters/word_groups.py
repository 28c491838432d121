"""Which word groups a text names, and where these lead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["groups_in", "led_to"]

_GROUP_NAME: Final = re.compile(r"@([\w\-]+)")


def groups_in(text: str, groups: Mapping[str, str]) -> frozenset[str]:
    """The word groups that a filter's text names, known or not, and those these lead to.

    `groups` as in `parse`. What the text means changes with one of them, and with no other.
    """
    named = [name.lower() for name in _GROUP_NAME.findall(text)]
    return frozenset(named).union(*([n for n, _ in led_to(name, groups)] for name in named))


def led_to(name: str, groups: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The groups a group's text leads to, itself included: what its meaning hangs on."""
    found: dict[str, str] = {}
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here in groups and here not in found:
            found[here] = groups[here]
            waiting += [other.lower() for other in _GROUP_NAME.findall(groups[here])]
    return tuple(sorted(found.items()))
