"""`python -m tests.gallery [names…]`: play the conversations and write docs/gallery."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from tests.gallery.phone import SLOT, Shot, sheet
from tests.gallery.scenes import play

OUT = Path(__file__).parents[2] / "docs" / "gallery"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_SCALE = 2
_MOST_BYTES = 100_000


def main(wanted: list[str]) -> None:
    """See the module. Names pick pictures whose file begins so."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        sys.exit("No Chromium found. On Debian: apt install chromium fonts-inter fonts-noto-core")
    with tempfile.TemporaryDirectory() as scratch:
        shots = asyncio.run(play(Path(scratch)))
        shots = [each for each in shots if not wanted or each.name.startswith(tuple(wanted))]
        OUT.mkdir(parents=True, exist_ok=True)
        for first in range(0, len(shots), 16):  # a larger page is too large for Chromium
            _draw(browser, shots[first : first + 16], Path(scratch))
    print(f"{len(shots)} pictures in {OUT}")


def _draw(browser: str, shots: list[Shot], scratch: Path) -> None:
    page, (width, height), places = sheet(shots)
    source, picture = scratch / "sheet.html", scratch / "sheet.png"
    source.write_text(page, encoding="utf-8")
    subprocess.run(
        [
            browser,
            *("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            f"--force-device-scale-factor={_SCALE}",
            f"--window-size={width},{height}",
            f"--screenshot={picture}",
            f"--user-data-dir={scratch / 'profile'}",
            source.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    Image.MAX_IMAGE_PIXELS = None  # our own
    whole = Image.open(picture).convert("RGB")
    for shot, (x, y) in zip(shots, places, strict=True):
        slot = tuple(_SCALE * n for n in (x, y, x + SLOT[0], y + SLOT[1]))
        cut = whole.crop(slot)  # type: ignore[arg-type]
        behind = Image.new("RGB", cut.size, (255, 0, 255))
        box = ImageChops.difference(cut, behind).getbbox()
        if box is None or box[3] >= SLOT[1] * _SCALE:
            sys.exit(f"{shot.name}: nothing to see, or taller than {SLOT[1]} pixels")
        _save(cut.crop((0, 0, SLOT[0] * _SCALE, box[3])), OUT / f"{shot.name}.png")


def _save(picture: Image.Image, path: Path) -> None:
    """As a PNG of few colours: a chat has few."""
    for colours in (128, 64, 32):
        few = picture.quantize(colours, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        if path.stat().st_size <= _MOST_BYTES:
            return
    sys.exit(f"{path.name}: more than {_MOST_BYTES} bytes")


main(sys.argv[1:])
