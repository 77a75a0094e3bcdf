"""The documentation, opened from disk without a network: every page, and every widget in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from answer_boxes import with_boxes
from exported_page import ExportedPage
from playwright.sync_api import Browser, Locator, expect

pytestmark = pytest.mark.skipif(sys.version_info < (3, 11), reason="the site needs Python 3.11")

SITE = "ACTWIDGET_SITE"
"""The environment's name for a site that is built already."""

INDEX = """# A part of the site

```{toctree}
get_started
lesson
reference/errors
```
"""


LESSON = {
    "cells": [
        {"cell_type": "markdown", "id": name, "metadata": {"tags": tags}, "source": text}
        for name, text, tags in (
            ("title", "# A lesson\n\n## 1 · A part", []),
            ("ask", "**Predict.** Is 1 < 2?\n\n- yes\n\n- no\n\n**I predict:** *click*", ["write"]),
            ("end", "## The end", ["answers"]),
        )
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def build(repository: Path, source: Path, to: Path, *options: str) -> None:
    sphinx: list[str | Path] = [sys.executable, "-m", "sphinx", "-q", "-b", "html"]
    command = [*sphinx, "-c", repository / "docs", *options, source, to]
    result = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        cwd=repository,
    )
    assert result.returncode == 0, result.stdout


@pytest.fixture(scope="module")
def part(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages, one of them executed, as the whole site has them."""
    source = tmp_path_factory.mktemp("docs")
    (source / "index.md").write_text(INDEX, encoding="utf-8")
    (source / "reference").mkdir()
    for page in ("get_started.md", "reference/errors.md"):
        shutil.copyfile(repository / "docs" / page, source / page)
    (source / "lesson.ipynb").write_text(with_boxes(json.dumps(LESSON)), encoding="utf-8")
    # What they refer to is not there.
    build(repository, source, source / "site", "--define=suppress_warnings=myst.xref_missing")
    return source / "site"


@pytest.fixture(scope="module")
def whole(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built without a warning; or the one that the environment names."""
    if os.environ.get(SITE):
        return repository / os.environ[SITE]
    site = tmp_path_factory.mktemp("site")
    build(repository, repository / "docs", site, "--fail-on-warning")
    return site


def pages(site: Path) -> Iterator[Path]:
    yield from sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)


def expect_to_be_alive(page: ExportedPage) -> int:
    """Expect each widget to draw another layer at a key, and return how many there are."""
    widgets = page.page.locator(".actwidget")
    for number in range(widgets.count()):
        expect_another_layer(widgets.nth(number))
    return widgets.count()


def expect_another_layer(widget: Locator) -> None:
    expect(widget.locator(".heatmaplayer image").first).to_be_attached(timeout=60_000)
    header = widget.locator(".actwidget-header")
    slider = widget.get_by_role("slider", name="layer", exact=True)
    if slider.count() == 0:  # its controls are elsewhere
        return
    before = header.inner_text()
    is_last = slider.evaluate("(el) => el.value === el.max")
    slider.press("ArrowLeft" if is_last else "ArrowRight")
    expect(header).not_to_have_text(before)


def views(path: Path) -> int:
    """Count the outputs of a page that are widgets."""
    return path.read_text("utf-8").count("application/vnd.jupyter.widget-view+json")


def check(site: Path, browser: Browser) -> dict[str, int]:
    """Open every page, and return how many living widgets each has that has any."""
    alive = {}
    for path in pages(site):
        name = str(path.relative_to(site))
        page = ExportedPage(browser, path)
        if views(path):
            expect(page.page.locator(".actwidget").first).to_be_attached(timeout=60_000)
            alive[name] = expect_to_be_alive(page)
            expect(page.page.get_by_text("This is a saved picture")).to_have_count(0)
        width = page.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 1280, f"{name} is {width} pixels wide"
        problems = page.close()
        assert page.fetched == [], name
        assert problems == [], name
    return alive


def test_a_page_is_alive_without_a_network(part: Path, browser: Browser) -> None:
    assert check(part, browser) == {"get_started.html": 2}


def test_what_is_written_into_a_lesson_stays(part: Path, browser: Browser) -> None:
    page = ExportedPage(browser, part / "lesson.html")
    box = page.page.get_by_role("textbox", name="I predict")
    expect(page.page.locator(".lesson-asked li")).to_have_text(["yes", "no"])
    box.fill("yes")
    page.page.reload()
    expect(box).to_have_value("yes")

    with page.page.expect_download() as downloading:
        page.page.get_by_role("button", name="Download my answers").click()
    text = downloading.value.path().read_text("utf-8")
    assert "\n1 · A part\n" in text
    assert "\nI predict: yes\n" in text

    page.page.evaluate("window.print = () => {}")
    page.page.get_by_role("button", name="Print my answers").click()
    page.page.emulate_media(media="print")
    expect(page.page.get_by_role("heading", name="The end")).to_be_visible()
    expect(page.page.locator(".lesson-written")).to_have_text("yes")
    expect(page.page.locator(".bd-sidebar-primary")).to_be_hidden()
    assert page.close() == []


@pytest.mark.slow
def test_every_page_opens_and_every_widget_is_alive(whole: Path, browser: Browser) -> None:
    alive = check(whole, browser)

    assert sum(alive.values()) > 40
    lesson = (whole / "gallery" / "how_a_cnn_sees.html").read_text("utf-8")
    assert lesson.count("<textarea") == 24
    assert "double-click" not in lesson
    assert {name.partition("/")[0] for name in alive} >= {"gallery", "how_to", "how_it_works"}
