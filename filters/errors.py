"""The errors of filters that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping

from filters.texts import say

__all__ = ["QueryError"]

_EXCERPT = 24


class QueryError(ValueError):
    """A filter that cannot be read.

    `position` counts characters from 0 in the text given; `hint` is an English
    message id with `values` for its braces; `expected` says what might have stood
    there; `mend` is the whole filter put right, or ""; `readings` are the meanings a
    mixture of AND and OR may have, each a valid filter. `inner` is what is wrong in a word group
    that the filter names: its words stand for `{error}` in the hint, in the reader's language.
    """

    def __init__(
        self,
        position: int,
        hint: str,
        values: Mapping[str, str] | None = None,
        *,
        expected: tuple[str, ...] = (),
        mend: str = "",
        readings: tuple[str, ...] = (),
        text: str = "",
        inner: QueryError | None = None,
    ) -> None:
        self.position = position
        self.hint = hint
        self.values: Mapping[str, str] = values or {}
        self.expected = expected
        self.mend = mend
        self.readings = readings
        self.text = text
        self.inner = inner
        super().__init__(self.message())

    def message(self, lang: str = "en") -> str:
        """The error for a person, a few lines, in "en", "ru" or "uk" (else English)."""
        lines = [self._place(lang) + self._said(lang)]
        if self.readings:
            lines += [f"{number}. {reading}" for number, reading in enumerate(self.readings, 1)]
        elif self.mend:
            lines.append(say(lang, "Perhaps: {mend}").format(mend=self.mend))
        elif self.expected:
            names = ", ".join(say(lang, name) for name in self.expected)
            lines.append(say(lang, "Expected: {names}").format(names=names))
        return "\n".join(lines)

    def _said(self, lang: str) -> str:
        values = dict(self.values)
        if self.inner is not None:
            values["error"] = self.inner._said(lang)
        return say(lang, self.hint).format_map(values)

    def _place(self, lang: str) -> str:
        rest = self.text[self.position :]
        if not rest or not self.position:
            return ""
        excerpt = rest[:_EXCERPT] + ("…" if len(rest) > _EXCERPT else "")
        return say(lang, "At “{excerpt}”: ").format(excerpt=excerpt)
