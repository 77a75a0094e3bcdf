"""The lesson's page on a phone: opened from disk, with no network and no kernel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from exported_page import ExportedPage, OpenPage
from playwright.sync_api import expect
from view import View, box_of

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PICTURES = 14
CHANNEL_ONE = 3
"""The picture of section 3: square, circle and triangle in conv1."""


@pytest.fixture(scope="module")
def lesson(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("lesson") / "lesson.html"
    notebook = repository / "notebooks" / "how_a_cnn_sees.ipynb"
    command = [sys.executable, "-m", "actwidget.cli", "page", str(notebook), str(file)]
    subprocess.run(command, check=True, cwd=repository)
    return file


@pytest.fixture(scope="module")
def opened(lesson: Path, open_page: OpenPage) -> ExportedPage:
    opened = open_page(lesson, **PHONE)
    expect(opened.page.locator(".heatmaplayer image")).to_have_count(PICTURES, timeout=60_000)
    return opened


def test_all_of_it_is_on_one_page_of_a_few_megabytes(lesson: Path, opened: ExportedPage) -> None:
    headings = opened.page.get_by_role("heading", level=2).all_inner_texts()

    assert [heading.partition(" · ")[0] for heading in headings[:12]] == [str(n) for n in range(12)]
    assert opened.page.get_by_role("heading", level=1).inner_text() == "How a CNN sees"
    assert lesson.stat().st_size < 6e6


def test_it_fetches_nothing_and_reports_nothing(opened: ExportedPage) -> None:
    assert opened.fetched == []
    assert opened.take_problems() == []


def test_nothing_is_wider_than_the_phone(opened: ExportedPage) -> None:
    assert opened.page.evaluate("() => document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("number", range(PICTURES))
def test_the_grid_lies_below_the_input(opened: ExportedPage, number: int) -> None:
    root = opened.page.locator(".actwidget").nth(number)
    # A comparison has several of each, of which a phone shows one.
    grid, above = (
        box_of(root.locator(f".actwidget-{name}").locator("visible=true").first)
        for name in ("stage", "input")
    )

    assert grid["width"] > 300
    assert above["y"] + above["height"] <= grid["y"]


def test_a_tap_opens_an_answer(opened: ExportedPage) -> None:
    answer = opened.page.locator("details", has_text="Numbers, and nothing else")
    expect(answer.locator("li").first).to_be_hidden()

    answer.locator("summary").tap()

    expect(answer.locator("li").first).to_be_visible()


def test_there_is_a_box_to_write_in_for_each_prediction(opened: ExportedPage) -> None:
    boxes = opened.page.get_by_role("textbox", name="I predict")
    expect(boxes).to_have_count(12)

    boxes.nth(3).fill("on the right")

    expect(boxes.nth(3)).to_have_value("on the right")


def test_instructions_for_running_cells_are_left_out(opened: ExportedPage) -> None:
    expect(opened.page.get_by_text("Run one cell after the other")).to_have_count(0)


def test_what_a_cell_printed_stands_on_the_page(opened: ExportedPage) -> None:
    expect(opened.page.locator("pre", has_text="1.4032").first).to_be_visible()


def test_the_pictures_respond_to_the_controls(opened: ExportedPage) -> None:
    view = View(opened, CHANNEL_ONE)
    view.scroll_into_sight()
    view.expect_layer("conv1")

    view.move("image", 1)
    view.move("channel", 1)

    view.expect_channel(1)
    # Red on the dark circle's right side.
    reddest = view.chart.evaluate(
        """(el) => {
          const { z, x0, dx } = el.data[0];
          const best = z.map((row) => [...row]).flatMap((row) =>
            row.map((value, column) => [Number.isFinite(value) ? value : -Infinity, column])
          ).sort((a, b) => b[0] - a[0])[0];
          return best[1] / z[0].length;
        }"""
    )
    assert reddest > 0.45
