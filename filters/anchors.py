"""Which nodes ask for something to be there, and which have places in the text."""

from __future__ import annotations

from filters.nodes import (
    And,
    Entity,
    Facet,
    Group,
    In,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Phrase,
    Regex,
    Word,
)

__all__ = ["anchored", "positional"]


def anchored(node: Node) -> bool:
    """Whether something must be there for the node to hold."""
    if isinstance(node, And):
        return any(anchored(item) for item in node.items)
    if isinstance(node, Or):
        return all(anchored(item) for item in node.items)
    if isinstance(node, Group | In):
        return anchored(node.item)
    return not isinstance(node, Not | Facet)


def positional(node: Node) -> bool:
    """Whether a node has places in the text, as NEAR needs."""
    if isinstance(node, Group):
        return positional(node.item)
    if isinstance(node, Or):
        return all(positional(item) for item in node.items)
    return isinstance(node, Word | Phrase | Near | NotNear | Entity | Regex)
