"""Take the README's pictures from the built site.

    python docs/take_pictures.py [NAME ...]

opens pages of `build/site` in the browser of the tests, and writes `docs/images`.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
SITE = DOCS.parent / "build" / "site"
sys.path.insert(0, str(DOCS.parent / "tests" / "support" / "browser"))

from find_browser import find_browser  # noqa: E402

PICTURES = {
    "see": ("get_started.html", 0),
    "why": ("how_to/which_channels.html", 0),
    "live": ("gallery/live.html", 0),
    "compare": ("how_to/compare_epochs.html", 0),
    "survey": ("gallery/what_excites_a_channel.html", 1),
    "nan": ("how_to/nan.html", 0),
}
"""The page of each, and which of its widgets."""

WIDTH = 840


def main() -> None:
    """Write the pictures that are named, or all."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1120, "height": 900}, device_scale_factor=1.5)
        for name in sys.argv[1:] or PICTURES:
            path, number = PICTURES[name]
            page.goto((SITE / path).as_uri())
            widget = page.locator(".actwidget").nth(number)
            widget.locator(".heatmaplayer image").first.wait_for(state="attached")
            widget.scroll_into_view_if_needed()
            page.wait_for_function("document.querySelector('[aria-busy=true]') === null")
            write(widget.screenshot(), DOCS / "images" / f"{name}.png")
        browser.close()


def write(screenshot: bytes, file: Path) -> None:
    """Write a screenshot in a size at which its text can still be read."""
    with Image.open(io.BytesIO(screenshot)) as picture:
        height = round(picture.height * WIDTH / picture.width)
        small = picture.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
        # In all its colours: of a palette small bars are another green, or white is tinted.
        small.save(file, optimize=True)


if __name__ == "__main__":
    main()
