"""Vigil: watches sources, matches topics, tells each subscriber of a story once."""
