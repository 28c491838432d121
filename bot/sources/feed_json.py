"""JSON that a stranger's program wrote by hand, or whose end is missing.

loads_as_far_as_whole(text)      what `json.loads` gives, of a cut text all that is whole
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

__all__ = ["loads_as_far_as_whole"]

# A string, a comma with nothing after it, a bracket; and what is escaped in a string without end.
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])|[{}\[\]]|\\.', re.S)
_MAX_DEPTH: Final = 20
_CLOSING: Final = {"{": "}", "[": "]"}


def loads_as_far_as_whole(text: str) -> tuple[Any, bool]:
    """The value, and whether its end was there.

    Commas before a closing bracket and line breaks in strings are forgiven.

    Of a text whose end is missing: without the element of a list that it breaks off in. Raises
    ValueError (RecursionError for what is nested too deep) where nothing can be read.
    """
    try:
        return json.loads(text, strict=False), True
    except ValueError:
        without = _TOKEN.sub(lambda found: "" if found[0] == "," else found[0], text)
    try:
        return json.loads(without, strict=False), True
    except ValueError:
        closed = _closed(without)
        if not closed:
            raise
    return json.loads(closed, strict=False), False


def _closed(text: str) -> str:
    """The text up to the last whole element of a list, its brackets closed; "" without one."""
    open_brackets: list[str] = []
    whole, brackets = 0, ""
    for found in _TOKEN.finditer(text):
        match found[0]:
            case "{" | "[":
                open_brackets.append(found[0])
            case "}" | "]":
                if not open_brackets or _CLOSING[open_brackets.pop()] != found[0]:
                    break
                if open_brackets[-1:] == ["["] and len(open_brackets) < _MAX_DEPTH:
                    whole, brackets = found.end(), "".join(open_brackets)
    return text[:whole] + "".join(_CLOSING[each] for each in reversed(brackets))
