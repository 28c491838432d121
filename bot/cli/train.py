"""`vigil train`: the weights of the score, fitted to labelled texts."""

from __future__ import annotations

import json
from pathlib import Path

from bot.cli.exit_codes import fail, say
from filters.packs import TOPICS
from filters.reading import load_reader
from filters.score import blank
from filters.training import gather
from filters.training import train as trained

__all__ = ["train"]


def train(data: Path, own: Path, output: Path) -> int:
    """Writes the weights; returns the exit status. Says what it reads and what came out."""
    try:
        samples = gather(load_reader(weights=blank(TOPICS)), data, own, say)
    except (OSError, ValueError, KeyError) as error:
        return fail(f"These texts cannot be read: {error}")
    if not samples:
        return fail(f"No labelled texts under {data}")
    say(f"{len(samples)} texts; fitting")
    try:
        result = trained(samples)
    except ImportError:
        return fail("scikit-learn is not installed: pip install 'vigil[train]'")
    output.write_bytes(result.data)
    head = json.loads(result.data.split(b"\n", 2)[1])
    for topic in head["topics"]:
        sure, possible = head["thresholds"][topic]
        say(f"{topic}: sure from {sure:.2f}, possible from {possible:.2f}")
    say(f"{output}: {len(result.data):,} bytes")
    return 0
