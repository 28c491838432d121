"""A filter's text as nodes: what the grammar cannot say is decided here, on its tree.

Which mixtures are refused, what may stand inside NEAR, which names and values there are: each
refusal says where it stands and how to mend it. Word groups are read where they are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from filters.anchors import anchored, positional
from filters.elsewhere import VALUES
from filters.errors import QueryError
from filters.mentions import entity
from filters.meta import FACET_FIELDS, META_FIELDS, facet, meta
from filters.nodes import (
    Facet,
    Group,
    In,
    Meta,
    Near,
    Node,
    Not,
    NotNear,
    Phrase,
    Regex,
    Unit,
    Word,
    conj,
    disj,
)
from filters.normalize import normalize_word, words
from filters.printing import print_node
from filters.refusals import (
    MIN_PREFIX,
    explained,
    refuse_early,
    refuse_habits,
    refuse_stars,
    replaced,
    start_of,
)
from filters.regex import MAX_REGEXES, problem
from filters.syntax import PLAIN_ITEM, PLAIN_LIST, grammar, lists_opened
from filters.word_groups import led_to
from filters.words_written import with_gaps, word_of

if TYPE_CHECKING:
    from lark import Token, Tree

    _Tree = Tree[Token]

__all__ = ["MAX_DISTANCE", "read"]

MAX_CHAIN: Final = 20
MAX_DISTANCE: Final = 100
MAX_GROUPS_DEEP: Final = 8

_UNITS: Final[Mapping[str, Unit]] = {"s": "sentence", "p": "paragraph"}
_HANDLE: Final = re.compile(r"[a-z]\w{4,}", re.ASCII)


def read(
    text: str,
    groups: Mapping[str, str],
    inside: tuple[str, ...],
    *,
    ask: bool = True,
    free: bool = False,
) -> Node:
    """The root of a filter; `inside` are the groups that it stands in, `ask` and `free` as in
    `filters.query.parse`. Raises QueryError."""
    from lark.exceptions import UnexpectedInput

    refuse_early(text, ask=ask)
    body = lists_opened(text.rstrip(" \t\r\n,"))
    builder = _Builder(body, groups, inside)
    try:
        if PLAIN_LIST.fullmatch(body):
            node = builder.plain_list(body, 0)
        else:
            node = builder.expr(_child(grammar(plain_lists=True).parse(body)), "")
    except (UnexpectedInput, QueryError):
        # The usual way explains what is wrong, and where.
        try:
            tree = grammar(plain_lists=False).parse(body)
        except UnexpectedInput as error:
            raise explained(body, error) from None
        node = _Builder(body, groups, inside).expr(_child(tree), "")
    if not free and not anchored(node):
        raise QueryError(
            0,
            "This would match almost everything: say what must be there too, in each alternative.",
            text=body,
        )
    return node


def _child(tree: _Tree) -> _Tree:
    child = tree.children[0]
    assert not isinstance(child, str)
    return child


class _Builder:
    """Turns the grammar's tree into nodes. Depth is bounded before it starts."""

    def __init__(self, text: str, groups: Mapping[str, str], inside: tuple[str, ...]) -> None:
        self.text = text
        self.groups = groups
        self.inside = inside
        self.regexes = 0

    def expr(self, tree: _Tree, field: str) -> Node:
        """Joined factors: all AND or all OR, else both readings are shown."""
        factors: list[Node] = []
        joints: list[str] = []
        waiting = ""
        first_change = 0
        for child in tree.children:
            assert not isinstance(child, str)
            if child.data == "joint":
                token = child.children[0]
                assert isinstance(token, str)
                waiting = "and" if token.type == "AND" else "or"
                continue
            if factors:
                joints.append(waiting or "and")
                if joints[-1] != joints[0] and not first_change:
                    first_change = start_of(child)
            waiting = ""
            factors.append(self.factor(child, field))
        if len(set(joints)) > 1:
            raise self._mixed(factors, joints, first_change)
        return disj(factors) if joints and joints[0] == "or" else conj(factors)

    def _mixed(self, factors: list[Node], joints: list[str], at: int) -> QueryError:
        tight_and = disj(conj(run) for run in _runs(factors, joints, "or"))
        tight_or = conj(disj(run) for run in _runs(factors, joints, "and"))
        readings = tuple(print_node(node) for node in (tight_and, tight_or) if anchored(node))
        return QueryError(
            at,
            "AND and OR are mixed: which do you mean?",
            text=self.text,
            readings=readings,
            mend=readings[0] if readings else "",
        )

    def factor(self, tree: _Tree, field: str) -> Node:
        *nots, near = tree.children
        assert not isinstance(near, str)
        node = self.near(near, field)
        return Not(node) if len(nots) % 2 else node

    def near(self, tree: _Tree, field: str) -> Node:
        first, *rest = tree.children
        node = self.item(first, field)
        if not rest:
            return node
        if len(rest) // 2 >= MAX_CHAIN:
            raise self._error(rest[0], "Too many NEAR in a row.")
        self._near_operand(node, first)
        for operator, operand in zip(rest[::2], rest[1::2], strict=True):
            right = self.item(operand, field)
            self._near_operand(right, operand)
            node = self._joined(node, right, operator)
        return node

    def _near_operand(self, node: Node, where: Token | _Tree) -> None:
        if not positional(node):
            raise self._error(
                where,
                "Beside NEAR may stand words, phrases, groups, other NEAR, or a list of these "
                "joined by OR; AND, NOT and fields go outside.",
            )

    def _joined(self, left: Node, right: Node, operator: Token | _Tree) -> Near | NotNear:
        assert isinstance(operator, str)
        name, _, reach = operator.upper().partition("/")
        unit = _UNITS.get(reach.lower(), "words")
        distance = 0 if unit != "words" else self._distance(operator, name, reach)
        if name in {"NOT", "НЕ"}:
            return NotNear(left, right, distance, unit)
        return Near(left, right, distance, unit, ordered=name == "BEFORE")

    def _distance(self, operator: Token, name: str, reach: str) -> int:
        distance = int(reach) if len(reach) < 4 else MAX_DISTANCE + 1
        if not 1 <= distance <= MAX_DISTANCE:
            raise self._error(
                operator,
                "The distance may be from 1 to {most} words; for more use NEAR/s (sentence) or "
                "NEAR/p (paragraph).",
                {"most": str(MAX_DISTANCE)},
                mend=replaced(self.text, operator, f"{name}/s"),
            )
        return distance

    def item(self, item: Token | _Tree, field: str) -> Node:
        if not isinstance(item, str):
            if item.data == "paren":
                return self.expr(_child(item), field)
            return self._scoped(item, field)
        if item.type == "PLAIN":
            return self.plain_list(item[1:-1], (item.start_pos or 0) + 1)
        if field in META_FIELDS:
            return self._meta(item, field)
        if item.type == "FACET":
            return self._facet(item)
        if item.type == "ENTITY":
            found = entity(str(item))
            if found is None:
                raise self._error(
                    item, "An entity is written so: person:name, law:ru:337, count>=10."
                )
            return found
        if item.type == "GROUP":
            return self._group(item)
        if item.type == "REGEX":
            return self._regex(item)
        return self._phrase(item) if item.type == "PHRASE" else self._word(item)

    def plain_list(self, text: str, at: int) -> Node:
        """Any of a list of words, phrases and groups, which stands at `at` of the filter."""
        from lark import Token

        made = {"@": ("GROUP", self._group), '"': ("PHRASE", self._phrase)}
        items: list[Node] = []
        for found in PLAIN_ITEM.finditer(text):
            kind, make = made.get(found[0].lstrip("=")[0], ("WORD", self._word))
            items.append(make(Token(kind, found[0], start_pos=at + found.start())))
        return disj(items)

    def _scoped(self, tree: _Tree, outer: str) -> Node:
        scope, item = tree.children
        assert isinstance(scope, str)
        name = scope[:-1].lower()
        if outer:
            raise self._error(scope, "A field stands inside another field.")
        inner = self.item(item, name)
        return inner if name in META_FIELDS else In(name, inner)

    def _meta(self, token: Token, field: str) -> Meta:
        value = token[1:-1] if token.type == "PHRASE" else str(token)
        if field == "source" and token.type == "WORD" and value.lstrip("#").isdecimal():
            return Meta("source_id", str(int(value.lstrip("#"))))
        found = meta(field, value)
        if isinstance(found, Meta):
            return found
        raise self._error(
            token,
            "“{field}:” takes one of: {values}.",
            {"field": field, "values": ", ".join(found)},
            expected=found,
            mend=self._meant(token, field, value, ""),
        )

    def _meant(self, token: Token, field: str, value: str, before: str) -> str:
        """The filter with a value as it is written here, where people name it otherwise."""
        said = value.strip().strip('"').casefold()
        known = VALUES.get(field, {}).get(said)
        if known is None:
            allowed = FACET_FIELDS.get(field) or meta(field, "?")
            names = dict(VALUES.get(field, {}))
            if isinstance(allowed, tuple):
                names |= {each: each for each in allowed}
            near = get_close_matches(said, names, 1, 0.7)
            known = names[near[0]] if near else None
        return replaced(self.text, token, before + known) if known else ""

    def _facet(self, token: Token) -> Facet:
        field, _, value = token.partition(":")
        found = facet(field.lower(), value)
        if isinstance(found, Facet):
            return found
        raise self._error(
            token,
            "“{field}:” takes one of: {values}.",
            {"field": field.lower(), "values": ", ".join(found)},
            expected=found,
            mend=self._meant(token, field.lower(), value, f"{field.lower()}:"),
        )

    def _regex(self, token: Token) -> Regex:
        pattern, _, flags = token[1:].rpartition("/")
        self.regexes += 1
        if self.regexes > MAX_REGEXES:
            raise self._error(
                token,
                "A filter may have {most} regular expressions; split it.",
                {"most": str(MAX_REGEXES)},
            )
        made = Regex(pattern, flags == "i")
        wrong = problem(made)
        if wrong:
            raise self._error(token, wrong[0], {"reason": wrong[1]})
        return made

    def _group(self, token: Token) -> Node:
        name = token[1:].lower()
        if name not in self.groups:
            near = get_close_matches(name, self.groups, 1, 0.7)
            mend = replaced(self.text, token, "@" + near[0]) if near else ""
            if not near and _HANDLE.fullmatch(name):
                mend = replaced(self.text, token, f"source:{name}")
            raise self._error(
                token,
                "There is no word group “@{name}”.",
                {"name": name},
                expected=tuple("@" + known for known in sorted(self.groups)[:20]),
                mend=mend,
            )
        if name in self.inside:
            raise self._error(
                token, "The word group “@{name}” leads back to itself.", {"name": name}
            )
        if len(self.inside) >= MAX_GROUPS_DEEP:
            raise self._error(
                token,
                "Word groups stand in one another {most} deep at most; “@{name}” is deeper.",
                {"name": name, "most": str(MAX_GROUPS_DEEP)},
            )
        try:
            return Group(
                name,
                _group_node(self.groups[name], led_to(name, self.groups), (*self.inside, name)),
            )
        except QueryError as error:
            raise self._error(
                token,
                "The word group “@{name}” has an error: {error}",
                {"name": name},
                inner=error,
            ) from error

    def _phrase(self, token: Token) -> Node:
        exact = token.startswith("=")
        inner = token[2:-1] if exact else token[1:-1]
        found: list[Word] = []
        pieces = inner.split()
        if "*" in pieces[1:-1]:
            raise self._error(
                token,
                "In a phrase “*” stands at the end of a word; for a gap write BEFORE/n.",
                mend=replaced(self.text, token, with_gaps(pieces)),
            )
        for piece in pieces:
            if not words(piece.strip("=*")):
                continue
            found += self._words(token, ("=" if exact and piece[0] != "=" else "") + piece)
        if not found:
            raise self._error(token, "There is no letter or digit between the quotation marks.")
        return found[0] if len(found) == 1 else Phrase(tuple(found))

    def _word(self, token: Token) -> Node:
        refuse_habits(token, self.text)
        found = self._words(token, str(token))
        return found[0] if len(found) == 1 else Phrase(tuple(found))

    def _words(self, token: Token, piece: str) -> list[Word]:
        """The words of a piece without spaces: «пресс-служба» is two in a row."""
        refuse_stars(token, piece, self.text)
        exact, prefix = piece.startswith("="), piece.endswith("*")
        parts = words(piece.strip("=*"))
        if not parts:
            raise self._error(token, "There is no letter or digit in “{word}”.", {"word": piece})
        found = [word_of(part, "exact" if exact else "form") for part in parts]
        if prefix:
            last = normalize_word(parts[-1])
            if len(last) < MIN_PREFIX:
                raise self._error(
                    token,
                    "A beginning needs {least} letters or more before “*”.",
                    {"least": str(MIN_PREFIX)},
                )
            found[-1] = Word(last, "prefix")
        return found

    def _error(
        self,
        where: Token | _Tree,
        hint: str,
        values: Mapping[str, str] | None = None,
        *,
        expected: tuple[str, ...] = (),
        mend: str = "",
        inner: QueryError | None = None,
    ) -> QueryError:
        return QueryError(
            start_of(where),
            hint,
            values,
            expected=expected,
            mend=mend,
            text=self.text,
            inner=inner,
        )


def _runs(factors: list[Node], joints: list[str], cut: str) -> Iterator[list[Node]]:
    run = [factors[0]]
    for joint, factor in zip(joints, factors[1:], strict=True):
        if joint == cut:
            yield run
            run = [factor]
        else:
            run.append(factor)
    yield run


@lru_cache(maxsize=2048)
def _group_node(text: str, used: tuple[tuple[str, str], ...], inside: tuple[str, ...]) -> Node:
    # Its words were asked about when the group was kept: a question since then stops no filter.
    return read(text, dict(used), inside, ask=False)
