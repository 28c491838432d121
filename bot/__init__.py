"""Vigil: watches sources, matches topics, alerts each subscriber to a story once."""

from bot.lean_imports import install

install()
