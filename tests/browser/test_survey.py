"""The images that excite an open channel most: beside it, pointed at, explored, and kept."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exported_page import ExportedPage, OpenPage
from notebook import Notebook
from playwright.sync_api import Locator, expect
from short_form import short_form
from surveys import survey_of
from view import OpenView, View, box_of

from actwidget import ActivationWidget, record
from actwidget.examples import shapes_cnn
from actwidget.examples.shapes import CLASS_NAMES, draw_shapes
from actwidget.surveys.survey import Survey

SUPPORT = Path(__file__).parent.parent / "support"

CELL = f"""
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import sys; sys.path.append({str(SUPPORT)!r})
from surveys import survey_of
from actwidget import ActivationWidget, record
from actwidget.examples import shapes_cnn
from actwidget.examples.shapes import draw_shapes
images, labels = draw_shapes(60, seed=5)
model = shapes_cnn.untrained_model()
survey = survey_of(record(model, images), labels.tolist(), shapes_cnn.CLASS_NAMES)
w = ActivationWidget(model, shapes_cnn.images()[0], survey=survey, layer="relu3",
                     class_names=shapes_cnn.CLASS_NAMES)
w
"""
START = "w.explored = None; w.sort = 'number'; w.dead_only = False; w.layer = 'relu3'"

LAPTOP, NARROW, PHONE = 934, 568, 390


@pytest.fixture(scope="module")
def survey() -> Survey:
    images, labels = draw_shapes(60, seed=5)
    recording = record(shapes_cnn.untrained_model(), images)
    return survey_of(recording, labels.tolist(), CLASS_NAMES)


@pytest.fixture(scope="module")
def opened(open_view: OpenView) -> View:
    return open_view("survey", CELL)


@pytest.fixture
def view(opened: View) -> View:
    opened.notebook.python(f"{START}; w.channel = 6")
    opened.leave()
    opened.scroll_into_sight()
    opened.expect_channel(6)
    expect(strip(opened)).to_have_count(9)
    return opened


def strip(view: View) -> Locator:
    return view.root.locator(".actwidget-top-image")


def caption(view: View) -> Locator:
    return view.root.locator(".actwidget-top-caption")


def whole(view: View) -> Locator:
    return view.root.locator(".actwidget-whole")


def expect_explored(view: View, number: int | None) -> None:
    """Expect Python to know which image is explored: the page tells it."""

    def explored() -> object:
        return view.notebook.value("w.explored")

    view.notebook.until(lambda: explored() == number, explored)


def pixels(canvas: Locator) -> np.ndarray:
    """The reds of a canvas."""
    data = canvas.evaluate(
        """(el) => {
          const { data } = el.getContext("2d").getImageData(0, 0, el.width, el.height);
          return [el.height, el.width, [...data].filter((_, k) => k % 4 === 0)];
        }"""
    )
    return np.array(data[2]).reshape(data[:2])


def test_an_opened_channel_shows_its_nine_strongest_images(view: View, survey: Survey) -> None:
    top = survey["relu3"].top(6)
    expect(caption(view)).to_have_text("the 9 strongest of 60 images")
    for place in (0, 8):
        value, label = strip(view).nth(place).locator("span").all_inner_texts()
        assert float(value) == pytest.approx(top.values[place], rel=5e-3)
        assert label == top.labels[place]
    shown = pixels(strip(view).nth(2).locator("canvas"))
    np.testing.assert_allclose(shown, top.pictures[2].reshape(shown.shape), atol=3)
    means = view.root.locator(".actwidget-means-name").all_inner_texts()
    order = np.argsort(-survey["relu3"].class_mean[:, 6], kind="stable")
    assert means == [survey.classes[n] for n in order]
    selectivity = survey["relu3"].class_selectivity[6]
    expect(view.root.locator(".actwidget-means-caption")).to_have_text(
        f"mean by class · selectivity {selectivity:.2f}"
    )


def test_the_strip_goes_with_the_channel(view: View, survey: Survey) -> None:
    first = strip(view).first
    view.stage.press("ArrowRight")
    view.expect_channel(7)
    value = f"{survey['relu3'].top(7).values[0]:.3g}"
    expect(first.locator(".actwidget-top-value")).to_have_text(value)
    view.stage.press("Escape")
    expect(strip(view)).to_have_count(0)


def test_pointing_marks_the_field_in_the_whole_image(view: View, survey: Survey) -> None:
    top = survey["relu3"].top(6)
    strip(view).nth(3).hover()
    expect(whole(view)).to_be_visible()
    expect(view.root.locator(".actwidget-side figcaption").first).to_contain_text(top.labels[3])
    image = draw_shapes(60, seed=5)[0][int(top.images[3]), ..., 0]
    canvas = whole(view).locator("canvas")
    np.testing.assert_array_equal(pixels(canvas), np.rint(image * 255))
    frame, mark = box_of(canvas), box_of(whole(view).locator(".actwidget-whole-seen"))
    scale = frame["width"] / 48
    box = top.boxes[3]
    assert box is not None
    edges = np.clip(box, 0, 48)
    for found, expected in (
        (mark["y"] - frame["y"], edges[0] * scale),
        (mark["x"] - frame["x"], edges[1] * scale),
        (mark["height"], (edges[2] - edges[0]) * scale),
        (mark["width"], (edges[3] - edges[1]) * scale),
    ):
        assert found == pytest.approx(expected, abs=1)
    view.leave()
    expect(whole(view)).to_be_hidden()


def test_a_click_explores_an_image_and_there_is_a_way_back(view: View, survey: Survey) -> None:
    number = int(survey["relu3"].top(6).images[1])
    height = box_of(view.root)["height"]
    before = view.header.inner_text()
    strip(view).nth(1).click()
    expect(strip(view).nth(1)).to_have_attribute("aria-current", "true")
    expect(view.header).not_to_have_text(before)
    expect_explored(view, number)
    view.leave()
    expect(view.root.locator(".actwidget-side figcaption").first).to_contain_text(f"image {number}")
    largest = float(view.notebook.value("float(w.layer_maps.maps[..., 6].max())"))
    assert largest == pytest.approx(survey["relu3"].top(6).values[1], rel=1e-4)
    answers = view.root.locator(".actwidget-answer-name")
    expect(answers).to_have_count(3)
    assert box_of(view.root)["height"] == pytest.approx(height, abs=1)
    # It is the same image in every layer.
    view.move("layer", 3)
    expect(view.root.locator(".actwidget-side figcaption").first).to_contain_text(f"image {number}")
    back = view.root.get_by_role("button", name="back to your image")
    back.click()
    expect(back).to_have_count(0)
    expect_explored(view, None)


def test_python_explores_an_image_too(view: View) -> None:
    view.notebook.python("w.explored = 33")
    figcaption = view.root.locator(".actwidget-side figcaption").first
    expect(figcaption).to_contain_text("image 33")
    image = draw_shapes(60, seed=5)[0][33, ..., 0]
    np.testing.assert_array_equal(pixels(view.input), np.rint(image * 255))
    view.notebook.python("w.explored = None")
    expect(figcaption).not_to_contain_text("image 33")
    first = pixels(view.input)
    np.testing.assert_array_equal(first, np.rint(shapes_cnn.images()[0][..., 0] * 255))


def test_the_keyboard_goes_from_image_to_image(view: View, survey: Survey) -> None:
    strip(view).first.focus()
    view.page.keyboard.press("ArrowRight")
    expect(strip(view).nth(1)).to_be_focused()
    expect(whole(view)).to_be_visible()
    view.page.keyboard.press("End")
    expect(strip(view).nth(8)).to_be_focused()
    view.expect_channel(6)
    view.page.keyboard.press("Enter")
    expect(strip(view).nth(8)).to_have_attribute("aria-current", "true")
    expect_explored(view, int(survey["relu3"].top(6).images[8]))
    view.page.keyboard.press("Escape")
    expect(view.stage).to_be_focused()


def test_an_image_that_is_gone_says_so(view: View, survey: Survey) -> None:
    view.notebook.python("survey.source._unreadable = range(60); w.channel = 9")
    view.expect_channel(9)
    expect(strip(view)).to_have_count(9)
    # One that the page has not asked for before.
    images, known = survey["relu3"].top(9).images, survey["relu3"].top(6).images
    place = next(place for place, image in enumerate(images) if image not in known)
    strip(view).nth(place).click()
    expect(caption(view)).to_contain_text("It cannot be explored: image-")
    expect(caption(view)).to_contain_text("is not there any more")
    expect_explored(view, None)
    view.notebook.python("survey.source._unreadable = ()")


def tiles_begin_with(view: View, channels: list[int]) -> None:
    tiles = view.tiles()
    for place, channel in enumerate(channels):
        view.point(view.pixel(*tiles.unit_centre(place, 0, 0)))
        expect(view.hover).to_contain_text(f"channel {channel} ·")
    view.leave()


def choose(view: View, entry: str) -> None:
    view.root.get_by_role("button", name="order of the tiles").click()
    view.root.get_by_role("menu").get_by_text(entry, exact=True).click()


def test_tiles_are_sorted_by_what_was_found(view: View, survey: Survey) -> None:
    view.notebook.python("w.channel = None")
    view.expect_channel(None)
    for sort, name, sizes in (
        ("selectivity", "most selective first", survey["relu3"].class_selectivity),
        ("activity", "most active first", survey["relu3"].active_share),
    ):
        choose(view, name)
        view.next_frame()
        tiles_begin_with(view, [int(n) for n in np.argsort(-sizes, kind="stable")[:3]])
        is_sorted = f"w.sort == {sort!r}"
        view.notebook.until(partial(view.notebook.value, is_sorted), lambda: "w.sort")
    view.notebook.python("w.sort = 'selectivity'")
    expect(view.root.get_by_role("button", name="order of the tiles")).to_contain_text("selective")


def test_those_that_are_dead_on_all_images_are_told_from_the_others(
    view: View, survey: Survey
) -> None:
    view.notebook.python("w.layer, w.channel = 'relu4', None")
    view.expect_layer("relu4")
    dead = [int(n) for n in np.flatnonzero(survey["relu4"].dead)]
    here = view.notebook.value("int(w.layer_maps.statistics.dead.sum())")
    assert 0 < len(dead) < here
    words = f"{here} dead here, {len(dead)} on all 60 images; here: this image"
    expect(view.header).to_contain_text(words)
    choose(view, "dead on all 60 images")
    expect(view.header).to_contain_text(f"{len(dead)} of 40 dead on all 60 images")
    tiles_begin_with(view, dead)
    view.notebook.python(f"w.channel = {dead[0]}")
    view.expect_channel(dead[0])
    expect(caption(view)).to_have_text("0 on all 60 images")
    expect(view.header).to_contain_text("dead: all 0 on all 60 images")
    choose(view, "dead on all 60 images")
    view.notebook.until(lambda: not view.notebook.value("w.dead_only"), lambda: "w.dead_only")


def test_a_saved_notebook_shows_the_open_channels_images(opened: View, survey: Survey) -> None:
    notebook: Notebook = opened.notebook
    notebook.python(f"{START}; w.channel = 3")
    expect(strip(opened)).to_have_count(9)
    opened.stage.press("ArrowRight")
    value = f"{survey['relu3'].top(4).values[0]:.3g}"
    expect(strip(opened).first.locator(".actwidget-top-value")).to_have_text(value)
    notebook.save()
    saved = json.loads((notebook.folder / "survey.ipynb").read_text())
    assert "top_images" in json.dumps(saved["metadata"]["widgets"])
    notebook.reopen()
    view = View(notebook)
    view.wait_for_picture()
    expect(strip(view)).to_have_count(9)
    expect(strip(view).first.locator(".actwidget-top-value")).to_have_text(value)
    shown = pixels(strip(view).first.locator("canvas"))
    expected = survey["relu3"].top(4).pictures[0].reshape(shown.shape)
    np.testing.assert_allclose(shown, expected, atol=3)
    strip(view).first.click()
    expect(caption(view)).to_have_text("To explore it the model is run on it: run the notebook.")


# Without a kernel


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, survey: Survey) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    options: dict[str, Any] = {"layer": "relu3", "channel": 6, "class_names": CLASS_NAMES}
    model, images = shapes_cnn.untrained_model(), shapes_cnn.images()
    given = ActivationWidget(model, images[0], survey=survey, **options)
    given.to_html(folder / "given.html", top_images="relu*")
    own = ActivationWidget(model, images, **options)
    own.to_html(folder / "own.html")
    return {"given": folder / "given.html", "own": folder / "own.html"}


def page_view(open_page: OpenPage, file: Path, **options: Any) -> View:
    view = View(open_page(file, **options))
    view.wait_for_picture()
    expect(strip(view)).to_have_count(9)
    return view


def test_a_page_without_a_kernel_shows_them(
    open_page: OpenPage, files: dict[str, Path], survey: Survey
) -> None:
    view = page_view(open_page, files["given"])
    top = survey["relu3"].top(6)
    shown = pixels(strip(view).nth(5).locator("canvas"))
    np.testing.assert_allclose(shown, top.pictures[5].reshape(shown.shape), atol=3)
    strip(view).nth(5).click()
    expect(caption(view)).to_have_text("To explore it the model is run on it: run the notebook.")
    choose(view, "most selective first")
    view.back.click()
    order = np.argsort(-survey["relu3"].class_selectivity, kind="stable")
    tiles_begin_with(view, [int(n) for n in order[:3]])
    # Of other layers it was not asked for.
    view.move("layer", 2)
    view.expect_layer("conv1")
    view.move("channel", 2)
    view.expect_channel(2)
    expect(strip(view)).to_have_count(0)


def test_of_a_recordings_own_images_pictures_are_cut_out(
    open_page: OpenPage, files: dict[str, Path]
) -> None:
    view = page_view(open_page, files["own"])
    expect(caption(view)).to_have_text("the 9 strongest among these 12 images")
    recording = record(shapes_cnn.untrained_model(), shapes_cnn.images())
    from actwidget.surveys.of_recording import survey_of_recording

    top = survey_of_recording(recording)["relu3"].top(6)
    box = top.boxes[1]
    assert box is not None
    image = np.rint(shapes_cnn.images()[int(top.images[1]), ..., 0] * 255)
    top_edge, left, bottom, right = np.clip(box, 0, 48)
    inside = image[top_edge:bottom, left:right]
    shown = pixels(strip(view).nth(1).locator("canvas"))
    down, across = top_edge - box[0], left - box[1]
    part = shown[down : down + inside.shape[0], across : across + inside.shape[1]]
    np.testing.assert_array_equal(part, inside)
    strip(view).nth(1).hover()
    expect(whole(view).locator(".actwidget-whole-seen")).to_be_visible()
    strip(view).nth(1).click()
    view.expect_stop("image", str(top.images[1]))
    expect(strip(view).nth(1)).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("width", short_form([1186, LAPTOP, 720, NARROW, PHONE], [LAPTOP, PHONE]))
def test_the_frame_keeps_its_height_and_nothing_overlaps(
    open_page: OpenPage, files: dict[str, Path], width: int
) -> None:
    margin = 0 if width <= 480 else 32
    view = page_view(open_page, files["given"], viewport={"width": width + margin, "height": 768})
    height = box_of(view.root)["height"]
    assert height <= (560 if width >= 480 else 720)
    parts = [".actwidget-top", ".actwidget-scale", ".nsewdrag", ".actwidget-foot"]
    boxes = [box_of(view.root.locator(part).first) for part in parts]
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            across = min(one["x"] + one["width"], other["x"] + other["width"])
            down = min(one["y"] + one["height"], other["y"] + other["height"])
            apart = across <= max(one["x"], other["x"]) + 1 or down <= max(one["y"], other["y"]) + 1
            assert apart, (parts, boxes)
    view.back.click()
    expect(strip(view)).to_have_count(0)
    view.next_frame()
    assert box_of(view.root)["height"] == pytest.approx(height, abs=1)


def test_on_a_phone_a_tap_marks_and_a_second_one_explores(
    open_page: OpenPage, files: dict[str, Path]
) -> None:
    phone = {"viewport": {"width": PHONE, "height": 760}, "has_touch": True, "is_mobile": True}
    view = page_view(open_page, files["own"], **phone)
    target = box_of(strip(view).first)
    assert min(target["width"], target["height"]) >= 44
    image = view.stop("image")
    strip(view).nth(1).tap()
    expect(whole(view)).to_be_visible()
    expect(caption(view)).to_contain_text("Tap again to explore it")
    assert view.stop("image") == image
    strip(view).nth(1).tap()
    expect(strip(view).nth(1)).to_have_attribute("aria-current", "true")
    assert view.stop("image") != image


def test_names_are_text_whatever_they_hold(
    open_page: OpenPage, tmp_path: Path, survey: Survey
) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    images, labels = draw_shapes(12, seed=5)
    recording = record(shapes_cnn.untrained_model(), images)
    names = [f"{hostile}{n}" for n in range(5)]
    other = survey_of(recording, labels.tolist(), names)
    widget = ActivationWidget(
        shapes_cnn.untrained_model(), shapes_cnn.images()[0], survey=other, layer="relu3", channel=6
    )
    widget.to_html(tmp_path / "page.html", top_images=True)
    view = page_view(open_page, tmp_path / "page.html")
    expect(strip(view).first).to_contain_text(hostile)
    assert view.root.locator("img").count() == 0
    page: ExportedPage = view.notebook
    assert page.fetched == []
