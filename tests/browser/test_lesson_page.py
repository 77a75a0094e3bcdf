"""The lesson's page, on a phone and a laptop: opened from disk, with no network and no kernel."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from exported_page import ExportedPage, OpenPage
from playwright.sync_api import expect
from view import View, box_of

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LAPTOP = {"viewport": {"width": 1366, "height": 768}}
PICTURES = 14
CORE = 4
"""Parts of the lesson itself, each with one picture."""
CHANNEL_ONE = 2
"""The picture of part 3: square, circle and triangle in conv1."""
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); },
});"""


@pytest.fixture(scope="module")
def lesson(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("lesson") / "lesson.html"
    notebook = repository / "notebooks" / "how_a_cnn_sees.ipynb"
    command = [sys.executable, "-m", "actwidget.cli", "page", str(notebook), str(file)]
    subprocess.run(command, check=True, cwd=repository)
    return file


@pytest.fixture(scope="module")
def opened(lesson: Path, open_page: OpenPage) -> ExportedPage:
    return drawn(open_page(lesson, **PHONE))


@pytest.fixture(scope="module")
def laptop(lesson: Path, open_page: OpenPage) -> ExportedPage:
    return drawn(open_page(lesson, **LAPTOP))


def drawn(opened: ExportedPage) -> ExportedPage:
    """Wait until all pictures are drawn."""
    shown = opened.page.locator(".actwidget-page:has(.heatmaplayer image)")
    expect(shown).to_have_count(PICTURES, timeout=60_000)
    return opened


def test_all_of_it_is_on_one_page_of_a_few_megabytes(lesson: Path, opened: ExportedPage) -> None:
    headings = opened.page.get_by_role("heading", level=2).all_inner_texts()

    numbers = [heading.partition(" · ")[0] for heading in headings if " · " in heading]
    assert numbers == [str(number) for number in range(1, 13)]
    assert headings[CORE : CORE + 2] == ["What to take home", "Homework"]
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


def test_the_hand_out_is_one_page_of_a4(repository: Path, open_page: OpenPage) -> None:
    hand_out = open_page(repository / "docs" / "gallery" / "how_a_cnn_sees_handout.html")
    pdf = hand_out.page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert re.findall(rb"/MediaBox \[0 0 (\d+)\.\d+ (\d+)\.\d+\]", pdf) == [(b"594", b"841")]


def test_a_tap_opens_an_answer(opened: ExportedPage) -> None:
    answer = opened.page.locator("details", has_text="Numbers, and nothing else")
    expect(answer.locator("li").first).to_be_hidden()

    answer.locator("summary").tap()

    expect(answer.locator("li").first).to_be_visible()


@pytest.mark.parametrize(("name", "screen"), [("opened", PHONE), ("laptop", LAPTOP)])
def test_task_and_picture_are_on_one_screen(
    request: pytest.FixtureRequest, name: str, screen: dict[str, Any]
) -> None:
    heights = request.getfixturevalue(name).page.evaluate(
        """(core) => [...document.querySelectorAll(".actwidget-page")].slice(0, core).map((el) => {
          const steps = el.previousElementSibling;
          if (steps.tagName !== "OL") throw Error(`a picture follows ${steps.outerHTML}`);
          const bottoms = [...el.querySelectorAll(".heatmaplayer image, .xtick")].map(
            (part) => part.getBoundingClientRect().bottom,
          );
          return Math.max(...bottoms) - steps.getBoundingClientRect().top;
        })""",
        CORE,
    )

    assert len(heights) == CORE
    assert max(heights) <= screen["viewport"]["height"]


def test_what_is_written_stays_and_is_printed_downloaded_and_erased(laptop: ExportedPage) -> None:
    page, answer = laptop.page, "<img src=x onerror=alert(1)>\non the right"
    boxes = page.get_by_role("textbox", name="I predict")
    expect(boxes).to_have_count(12)
    expect(page.get_by_role("textbox", name="I found")).to_have_count(12)

    boxes.nth(2).fill(answer)
    page.reload()

    expect(boxes.nth(2)).to_have_value(answer)
    kept = page.evaluate("Object.fromEntries(Object.entries(localStorage))")
    assert kept == {"actwidget answer: How a CNN sees: s3-write": answer}

    page.emulate_media(media="print")
    expect(page.locator(".lesson-written").nth(4)).to_be_visible()
    assert page.locator(".lesson-written").nth(4).inner_text() == answer
    expect(boxes.nth(2)).to_be_hidden()
    page.emulate_media(media="screen")

    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download my answers").first.click()
    assert downloading.value.suggested_filename == "How_a_CNN_sees_answers.txt"
    text = downloading.value.path().read_text("utf-8")
    assert text.count("\nI predict: ") == text.count("\nI found: ") == 12
    part = text[text.index("\n3 · Who finds which edge\n") : text.index("\n4 · ")]
    assert "\nPredict. The circle below is dark" in part
    assert f"\nI predict: {answer}\n" in part

    erase = page.get_by_role("button", name="Erase my answers").last
    erase.click()
    expect(boxes.nth(2)).to_have_value(answer)
    page.get_by_role("button", name="Press again to erase").click()
    expect(boxes.nth(2)).to_have_value("")
    assert page.evaluate("localStorage.length") == 0


def test_where_nothing_is_kept_the_page_says_so(laptop: ExportedPage) -> None:
    page = laptop.page
    expect(page.get_by_text("kept in this browser").first).to_be_visible()
    page.add_init_script(NO_STORAGE)
    page.reload()
    box = page.get_by_role("textbox", name="I predict").first

    expect(page.get_by_text("This browser keeps nothing for this page").first).to_be_visible()
    box.fill("a number")

    expect(box).to_have_value("a number")


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
