"""The lists of `data/roles.toml`, without what only people read, for `filters.roles.lists`."""

from __future__ import annotations

import json
import tomllib
from typing import Any

__all__ = ["compact"]


def compact(text: str) -> str:
    """What a start reads, made of the text of `roles.toml`."""
    data = tomllib.loads(text)
    words = {name: found.split() for name, found in data.pop("words").items()}
    return json.dumps(
        {"words": words, **_patterns(data)}, ensure_ascii=False, separators=(",", ":")
    )


def _patterns(groups: dict[str, Any]) -> dict[str, Any]:
    """Of each group, or each of its parts, only the pattern."""
    return {
        name: "".join(group["pattern"].split()) if "pattern" in group else _patterns(group)
        for name, group in groups.items()
    }
