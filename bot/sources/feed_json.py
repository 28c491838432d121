"""JSON that a stranger's program wrote by hand, or whose end is missing.

bare_object(text)                its object, without what stands before it in a script
loads_as_far_as_whole(text)      what `json.loads` gives, of a cut text all that is whole
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

__all__ = ["bare_object", "loads_as_far_as_whole"]

_REMARK: Final = r"//[^\n]*+|/\*.*?(?:\*/|\Z)"
# Before an object: remarks, what keeps other sites from running it as a script, or `callback(`.
_BEFORE: Final = re.compile(
    rf"(?:\s++|{_REMARK}|\)\]\}}',?|;)*+(?:[\w.$]{{1,60}}\(\s*+)?(?={{)", re.S
)

# What is escaped in a string without end is a match of its own: else each quotation mark in it
# would be tried as a beginning.
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])|[{}\[\]]|\\.', re.S)
_STRING_OR_REMARK: Final = re.compile(rf'"(?:[^"\\]|\\.)*"|{_REMARK}|\\.', re.S)
_DECODER: Final = json.JSONDecoder(strict=False)
_MAX_DEPTH: Final = 20
_CLOSING: Final = {"{": "}", "[": "]"}


def bare_object(text: str) -> str:
    """The text from its object on; "" if something else stands there."""
    found = _BEFORE.match(text)
    return text[found.end() :] if found else ""


def loads_as_far_as_whole(text: str) -> tuple[Any, bool]:
    """The value, and whether its end was there.

    Commas before a closing bracket, remarks as in a script, line breaks in strings and what
    follows the value are forgiven.

    Of a text whose end is missing: without the element of a list that it breaks off in. Raises
    ValueError (RecursionError for what is nested too deep) where nothing can be read.
    """
    try:
        return _DECODER.raw_decode(text)[0], True
    except ValueError:
        without = _STRING_OR_REMARK.sub(lambda found: "" if found[0][0] == "/" else found[0], text)
        without = _TOKEN.sub(lambda found: "" if found[0] == "," else found[0], without)
    try:
        return _DECODER.raw_decode(without)[0], True
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
