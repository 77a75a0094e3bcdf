"""Figures and static pictures beside the page: the same hatches, dots, order, bars and labels."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from exported_page import ExportedPage, OpenPage
from PIL import Image
from playwright.sync_api import expect
from view import View, box_of

from actwidget import ActivationWidget
from actwidget.export.preview_picture import tile_picture
from actwidget.export.view_snapshot import snapshot_of
from actwidget.numerics.thumbnail import display_image
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

DEAD, GONE = [2, 11], [5, 9]
"""The channels that are dead, and those of which nothing is finite."""

NAMES = ["happy", "neutral", "angry", "sad", "afraid"]

Boxes = list[tuple[float, float, float, float]]


@pytest.fixture(scope="module")
def widget() -> Iterator[ActivationWidget]:
    """Tiles of one strong colour each, but for those that say nothing; and a softmax."""
    maps = np.ones((2, 6, 6, 12), "f4") * np.array([3, -2, 1, -3, 2, 1] * 2, "f4")
    maps[:, ::2, ::2] *= 0.8
    maps[..., DEAD] = 0
    maps[..., GONE] = np.nan
    many = np.random.default_rng(2).standard_normal((2, 8, 8, 80)).astype("f4")
    softmax = np.array([[0.1, 0.6, 0.05, 0.05, 0.2]] * 2, "f4").reshape(2, 1, 1, 5)
    entries = [
        LayerMaps("maps", "Conv2D", None, "maps", maps),
        LayerMaps("many", "Conv2D", None, "maps", many),
        LayerMaps("softmax", "Dense", "softmax", "units", softmax),
    ]
    images = np.random.default_rng(6).random((2, 6, 6, 3)).astype("f4")
    recording = Recording(entries, model_name="by hand", inputs=images, images=images)
    made = ActivationWidget(recording, class_names=NAMES, layer="maps", sort="strongest")
    yield made
    made.close()


@pytest.fixture(scope="module")
def opened(
    widget: ActivationWidget, tmp_path_factory: pytest.TempPathFactory, open_page: OpenPage
) -> ExportedPage:
    file = tmp_path_factory.mktemp("figures") / "page.html"
    widget.to_html(file)
    page = open_page(file)
    View(page).wait_for_picture()
    return page


def drawn(opened: ExportedPage, figure: go.Figure) -> tuple[np.ndarray, Boxes, list[str]]:
    """Draw a figure with the page's own Plotly: its pixels, its tiles and all that it writes."""
    page = opened.page
    page.evaluate(
        """async (figure) => {
          document.querySelector("#figure")?.remove();
          const el = document.createElement("div"), { data, layout } = JSON.parse(figure);
          el.id = "figure";
          el.style = "position: fixed; inset: 0 auto auto 0; z-index: 1000";
          document.body.append(el);
          const [Plotly] = await Promise.all(Object.values(globalThis.__actwidget_plotly));
          await Plotly.newPlot(el, data, layout, { displayModeBar: false });
        }""",
        figure.to_json(),
    )
    el = page.locator("#figure")
    texts = el.evaluate("(el) => [...el.querySelectorAll('text')].map((t) => t.textContent)")
    pixels = np.asarray(Image.open(io.BytesIO(el.screenshot())).convert("RGB"), int)
    frame, area = box_of(el), box_of(el.locator(".nsewdrag"))
    page.evaluate("() => document.querySelector('#figure').remove()")
    left, top = area["x"] - frame["x"], area["y"] - frame["y"]
    across, down = figure.layout.xaxis.range[1], figure.layout.yaxis.range[0]
    scale = area["width"] / across, area["height"] / down
    return pixels, boxes(round(np.ceil(across - 1e-6)), scale, (left, top)), texts


def boxes(columns: int, scale: tuple[float, float], corner: tuple[float, float]) -> Boxes:
    """Return the inner part of twelve tiles: left, top, right and bottom."""
    found = []
    for place in range(12):
        row, column = divmod(place, columns)
        left, top = corner[0] + column * scale[0], corner[1] + row * scale[1]
        found.append(
            (
                left + 0.3 * scale[0],
                top + 0.3 * scale[1],
                left + 0.9 * scale[0],
                top + 0.9 * scale[1],
            )
        )
    return found


def kinds(pixels: np.ndarray, tiles: Boxes) -> list[str]:
    """Say of each tile what an eye sees: hatches over nothing, dots on magenta, red or blue."""
    seen = []
    for left, top, right, bottom in tiles:
        part = pixels[int(top) : int(bottom), int(left) : int(right)].reshape(-1, 3)
        red, green, blue = part.mean(axis=0)
        grey = np.ptp(part, axis=1) < 12
        lines = (grey & (part[:, 0] < 225)).mean()
        dots = (part.max(axis=1) < 40).mean()
        if min(red, blue) > green + 100:
            seen.append("dotted" if 0.03 < dots < 0.3 else "magenta")
        elif grey.all():
            seen.append("hatched" if 0.03 < lines < 0.5 else "grey")
        else:
            seen.append("red" if red > blue else "blue")
    return seen


def test_tiles_look_the_same_in_the_page_in_a_figure_and_in_the_static_picture(
    opened: ExportedPage, widget: ActivationWidget
) -> None:
    figure = widget.figure()
    pixels, tiles, texts = drawn(opened, figure)
    found = kinds(pixels, tiles)
    order = snapshot_of(widget).tiles
    assert [order[place] for place, kind in enumerate(found) if kind == "hatched"] == DEAD
    assert [order[place] for place, kind in enumerate(found) if kind == "dotted"] == GONE
    view = View(opened)
    view.leave()
    shown = np.asarray(Image.open(io.BytesIO(opened.page.screenshot())).convert("RGB"), int)
    area, axes = view.area(), view.axes()
    scale = area["width"] / axes["x"][1], area["height"] / axes["y"][0]
    assert kinds(shown, boxes(view.tiles().columns, scale, (area["x"], area["y"]))) == found
    # What is written: each tile's number, the ends of the colours, and of what it is.
    assert texts[: texts.index("value · one scale for all channels")][-12:] == [
        str(channel) for channel in order
    ]
    labels = view.scale.locator(".actwidget-scale-label").all_inner_texts()
    assert set(labels) <= set(texts)
    assert "by hand · maps · image 0 · raw" in texts
    data, _metadata = widget._repr_mimebundle_()
    static = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB")
    picture = tile_picture(snapshot_of(widget), 512)
    left, top = corner(static, picture.image)
    columns = picture.mosaic.columns
    assert kinds(np.asarray(static, int), boxes(columns, picture.scale, (left, top))) == found


def corner(page: Image.Image, picture: Image.Image) -> tuple[int, int]:
    """Where a picture lies on a page: below the lines above it, at the left margin."""
    inner = np.asarray(picture.convert("L"), int)
    whole = np.asarray(page.convert("L"), int)
    heights = range(whole.shape[0] - inner.shape[0])
    far = [
        np.abs(whole[top : top + inner.shape[0], 10 : 10 + inner.shape[1]] - inner).mean()
        for top in heights
    ]
    return 10, int(np.argmin(far))


def test_a_softmax_has_the_pages_bars(opened: ExportedPage, widget: ActivationWidget) -> None:
    widget.layer = "softmax"
    _, _, texts = drawn(opened, widget.figure())
    widget.layer = "maps"
    view = View(opened)
    view.move("layer", 3)
    bars = view.root.locator(".actwidget-bar")
    expect(bars).to_have_count(5)
    names = bars.locator(".actwidget-bar-name").all_inner_texts()
    values = bars.locator(".actwidget-bar-value").all_inner_texts()
    view.move("layer", 1)
    assert names == ["neutral", "afraid", "happy", "angry", "sad"]
    assert [text for text in texts if text in NAMES] == names
    assert [text for text in texts if text in values] == values


def test_the_input_is_in_colours_and_a_map_lies_over_it(
    opened: ExportedPage, widget: ActivationWidget
) -> None:
    view = View(opened)
    view.move("layer", 0)
    view.next_frame()
    # Each pixel is what it is in the model's input, from the smallest value to the largest.
    image = np.asarray(widget.recording.inputs[0])
    shares = (image - image.min()) / (image.max() - image.min())
    places = [(0, 0), (2, 5), (4, 1)]
    points = [view.pixel((column + 0.5) / 6, (row + 0.5) / 6) for row, column in places]
    for (row, column), colour in zip(places, view.colours(points), strict=True):
        np.testing.assert_allclose(colour, 255 * shares[row, column], atol=2)
    view.point(points[1])
    for name in ("red", "green", "blue", "row 2 · column 5"):
        expect(view.hover).to_contain_text(name)
    view.leave()
    view.root.get_by_role("button", name="channel 1", exact=True).click()
    view.expect_channel(1)
    opacity = view.root.get_by_role("slider", name="opacity over the input")
    expect(opacity).to_be_hidden()
    view.move("layer", 1)
    view.move("channel", 4)
    view.expect_channel(4)
    # Half of the input is seen below the map, stretched to its extent.
    (alone,) = view.colours([view.pixel(0.9, 0.1)])
    view.stage.press("o")
    expect(opacity).to_have_value("50")
    view.next_frame()
    (over,) = view.colours([view.pixel(0.9, 0.1)])
    grey = np.asarray(Image.fromarray(pixels_of(widget)).convert("L"))
    np.testing.assert_allclose(over, (alone + int(grey[0, 5])) / 2, atol=3)
    view.stage.press("o")
    expect(opacity).to_have_value("100")
    view.stage.press("Escape")
    view.expect_channel(None)


def pixels_of(widget: ActivationWidget) -> np.ndarray:
    """The first image, as the page shows it beside the picture."""
    return display_image(np.asarray(widget.recording.images[0]))


def hard_to_fit() -> Recording:
    """Long names, and a great many classes of which some take a sentence."""
    random = np.random.default_rng(4)
    softmax = np.exp(3 * random.standard_normal((1, 1, 1, 1000))).astype("f4")
    entries = [
        LayerMaps("block_" + 290 * "x", "Conv2D", None, "maps", noise(9, 9, 32)),
        LayerMaps("猫" * 60, "LSTM", None, "sequence", noise(40, 7, 1)),
        LayerMaps("softmax", "Dense", "softmax", "units", softmax / softmax.sum()),
    ]
    images = np.zeros((1, 6, 6, 1), "f4")
    name = "a model with a name that takes more room than there is"
    return Recording(entries, model_name=name, inputs=images, images=images)


def noise(*shape: int) -> np.ndarray:
    return 1e-6 * np.random.default_rng(5).standard_normal((1, *shape)).astype("f4")


def test_nothing_is_overprinted(opened: ExportedPage) -> None:
    names = [f"class {n} & <b>what it means</b>, at length" for n in range(1000)]
    widget = ActivationWidget(hard_to_fit(), class_names=names, normalization="channel z-score")
    for layer in widget.choices.paths:
        widget.layer = layer
        for channel in (None, 0):
            widget.channel = channel
            for size in ({}, {"width": 260, "height": 240}, {"width": 420, "height": 200}):
                figure = widget.figure(**size)
                found = written(opened, figure)
                assert found
                assert overprinted(found, figure) == []
    widget.close()


Written = dict[str, Any]


def written(opened: ExportedPage, figure: go.Figure) -> list[Written]:
    """Draw a figure, and return each text with the box that it takes."""
    return list(
        opened.page.evaluate(
            """async (figure) => {
              const el = document.createElement("div"), { data, layout } = JSON.parse(figure);
              el.style = "position: fixed; inset: 0 auto auto 0; z-index: 1000";
              document.body.append(el);
              const [Plotly] = await Promise.all(Object.values(globalThis.__actwidget_plotly));
              await Plotly.newPlot(el, data, layout, { displayModeBar: false });
              const frame = el.getBoundingClientRect();
              const lines = [...el.querySelectorAll("text")].flatMap((text) => {
                const spans = [...text.querySelectorAll("tspan.line")];
                return spans.length ? spans : [text];
              });
              const found = lines.map((text) => {
                const { left, top, right, bottom } = text.getBoundingClientRect();
                return {
                  text: text.textContent,
                  box: [left - frame.left, top - frame.top, right - frame.left, bottom - frame.top],
                };
              });
              el.remove();
              return found.filter(({ text }) => text.trim());
            }""",
            figure.to_json(),
        )
    )


def overprinted(found: list[Written], figure: go.Figure) -> list[tuple[str, str]]:
    """Return texts that lie over each other, or beyond the figure's edge."""
    slack = 3
    wrong = []
    for number, one in enumerate(found):
        left, top, right, bottom = one["box"]
        if min(left, top) < -1 or right > figure.layout.width + 1:
            wrong.append((one["text"], "the edge"))
        if bottom > figure.layout.height + 1:
            wrong.append((one["text"], "the edge below"))
        for other in found[number + 1 :]:
            others = other["box"]
            across = min(right, others[2]) - max(left, others[0])
            down = min(bottom, others[3]) - max(top, others[1])
            if min(across, down) > slack:
                wrong.append((one["text"], other["text"]))
    return wrong
