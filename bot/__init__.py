"""Vigil: watches sources, matches topics, tells each subscriber of a story once."""

from bot.lean_imports import install

install()
