"""One view of a widget as a person uses it: its controls, header, picture and label."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import FloatRect, Locator, expect
from watched_page import WatchedPage

from actwidget.numerics.mosaic import Mosaic

Point = tuple[float, float]

NORMALIZATIONS = {
    "raw": "value",
    "symmetric": "share of (own|the layer’s) largest \\|x\\|",
    "channel percentile": "share of (own|the layer’s) 1st to 99th percentile",
    "channel min-max": "share of (own|the layer’s) range",
    "channel z-score": "standard deviations from (own|the layer’s) mean",
}
"""The slider's stops, and how the meaning of the colours begins."""

START = {
    "channel": None,
    "normalization": "raw",
    "image_index": 0,
    "hold_scale": False,
    "sort": "number",
    "alive_only": False,
    "alpha_overlay": 1,
}
"""What a test finds, unless it asks for something else."""

THUMB = 16
"""Pixels that a slider's thumb is wide."""


@dataclass(frozen=True)
class Tiles:
    """How the page has laid out a layer's tiles, for the room that it has.

    Attributes
    ----------
    columns : int
        Tiles in a row.
    down, across : float
        Units from one tile to the next.
    """

    columns: int
    down: float
    across: float

    def rows(self, tiles: int) -> int:
        return -(-tiles // self.columns)

    def unit_centre(self, place: int, row: int, column: int) -> Point:
        """Return the (x, y) of a unit of the tile in a place, on the picture's axes."""
        tile_row, tile_column = divmod(place, self.columns)
        return tile_column + (column + 0.5) / self.across, tile_row + (row + 0.5) / self.down


class View:
    """The `number`-th view on the page of a notebook, or within a part of it.

    Where units lie is computed here, from the page's layout and the axes on the screen, so that the
    page's own arithmetic is tested.
    """

    def __init__(
        self,
        notebook: WatchedPage,
        number: int = 0,
        *,
        widget: str = "w",
        within: Locator | None = None,
    ) -> None:
        # Methods that ask the kernel are for notebooks only.
        self.notebook: Any = notebook
        self.page = notebook.page
        self.widget = widget
        self.root = (within or self.page).locator(".actwidget").nth(number)
        self.header = self.root.locator(".actwidget-header")
        self.hover = self.root.locator(".actwidget-hover")
        self.message = self.root.locator(".actwidget-message")
        self.stage = self.root.locator(".actwidget-stage")
        self.chart = self.root.locator(".js-plotly-plot")
        self.back = self.root.get_by_role("button", name="all channels")
        self.input = self.root.locator(".actwidget-input")
        self.toolbar = self.root.locator(".actwidget-toolbar")
        self.scale = self.root.locator(".actwidget-scale")
        self.meaning = self.root.locator(".actwidget-meaning")
        self.answers = self.root.locator(".actwidget-answer")

    # The picture

    def wait_for_picture(self) -> None:
        """Wait until Plotly has drawn the picture, and scroll to it."""
        expect(self.chart.locator(".heatmaplayer image")).to_be_attached(timeout=60_000)
        expect(self.header).to_contain_text("max")
        self.scroll_into_sight()

    def scroll_into_sight(self) -> None:
        self.root.evaluate("(el) => el.scrollIntoView({ block: 'start' })")
        self.next_frame()

    def next_frame(self) -> None:
        """Wait until everything is drawn, including axes and colour bar."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        self.page.wait_for_function(
            "(el) => el?.querySelector('.actwidget-plot').ariaBusy !== 'true'",
            arg=self.root.element_handle() if self.root.count() else None,
        )

    @property
    def parts(self) -> list[str]:
        """The header's parts."""
        return self.header.inner_text().split(" · ")

    def expect_layer(self, path: str) -> None:
        pattern = re.compile(rf"^\d+/\d+ · {re.escape(path)} · .* · max ")
        expect(self.header).to_have_text(pattern)
        self.next_frame()

    def expect_channel(self, channel: int | None, word: str = "channel") -> None:
        """Expect the picture of one channel, or of all."""
        if channel is None:
            expect(self.header).not_to_contain_text(re.compile(rf"· {word} \d+ ·"))
        else:
            expect(self.header).to_contain_text(f" · {word} {channel} · ")
        self.next_frame()

    def expect_normalization(self, name: str) -> None:
        expect(self.meaning).to_have_text(re.compile(f"^{NORMALIZATIONS[name]}"))
        self.next_frame()

    def axes(self) -> dict[str, list[float]]:
        """The visible range, in tiles: ``x`` from left to right and ``y`` from bottom to top."""
        self.next_frame()
        axes: dict[str, list[float]] = self.chart.evaluate(
            "(el) => ({ x: [...el.layout.xaxis.range], y: [...el.layout.yaxis.range] })"
        )
        return axes

    def trace(self) -> dict[str, Any]:
        """The heatmap's cells: their number, origin and size."""
        # The canvas shows them before the chart has them.
        self.next_frame()
        trace: dict[str, Any] = self.chart.evaluate(
            """(el) => {
              const [{ z, x0, y0, dx, dy, zmin, zmax }] = el.data;
              return { rows: z.length, columns: z[0].length, x0, y0, dx, dy, zmin, zmax };
            }"""
        )
        return trace

    def area(self) -> FloatRect:
        """The rectangle that the axes span on the screen."""
        return box_of(self.root.locator(".nsewdrag"))

    def pixel(self, x: float, y: float) -> Point:
        """Return the pixel at a point of the axes."""
        area, axes = self.area(), self.axes()
        (left, right), (bottom, top) = axes["x"], axes["y"]
        return (
            area["x"] + (x - left) / (right - left) * area["width"],
            area["y"] + (y - top) / (bottom - top) * area["height"],
        )

    def at(self, place: Point) -> Point:
        """Return the point of the axes at a pixel."""
        area, axes = self.area(), self.axes()
        (left, right), (bottom, top) = axes["x"], axes["y"]
        return (
            left + (place[0] - area["x"]) / area["width"] * (right - left),
            top + (place[1] - area["y"]) / area["height"] * (bottom - top),
        )

    def tiles(self) -> Tiles:
        """Return how the picture's tiles are laid out."""
        self.next_frame()
        layout = json.loads(self.stage.get_attribute("data-layout") or "")
        return Tiles(layout["columns"], *layout["period"])

    def unit(self, _: Mosaic, channel: int, row: int, column: int) -> Point:
        """Return the pixel at the centre of a unit among all channels."""
        return self.pixel(*self.tiles().unit_centre(channel, row, column))

    def unit_alone(self, mosaic: Mosaic, row: int, column: int) -> Point:
        """Return the pixel at the centre of a unit of an opened channel."""
        return self.pixel((column + 0.5) / mosaic.width, (row + 0.5) / mosaic.height)

    def colours(self, points: list[Point]) -> list[NDArray[np.int64]]:
        """Return the colours (red, green, blue) at some pixels."""
        self.leave()
        picture = np.asarray(Image.open(io.BytesIO(self.page.screenshot())).convert("RGB"), int)
        return [picture[int(y), int(x)] for x, y in points]

    # The pointer

    def point(self, place: Point) -> None:
        self.page.mouse.move(*place)

    def leave(self) -> None:
        """Move the pointer off the picture; a cursor that keys have set goes with it."""
        if self.stage.is_visible():
            area = box_of(self.stage)
            self.page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
        self.page.mouse.move(2, 2)
        expect(self.hover).to_be_hidden()

    def click(self, place: Point) -> None:
        self.page.mouse.click(*place)

    def drag(self, start: Point, end: Point) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        self.page.mouse.move(*end)
        self.page.mouse.up()

    def label(self) -> list[str]:
        """The hover label's lines, once it holds the model's own number."""
        expect(self.hover).to_be_visible()
        expect(self.hover).not_to_contain_text("≈")
        return self.hover.inner_text().split("\n")

    def reset(self) -> None:
        """Show the whole picture again."""
        self.tool("Reset").click()
        self.page.wait_for_function(
            "(el) => el.layout.xaxis.range[0] === 0 && el.layout.yaxis.range[1] === 0",
            arg=self.chart.element_handle(),
        )
        self.leave()

    # The controls

    def tool(self, name: str) -> Locator:
        """A button at the end of the toolbar, which is opened where it has no room."""
        more = self.root.get_by_role("button", name="more", exact=True)
        if more.is_visible() and more.get_attribute("aria-expanded") == "false":
            more.click()
        return self.root.get_by_role("button", name=re.compile(f"^{name}"))

    def slider(self, name: str) -> Locator:
        """A slider, by the name that its row has."""
        label = "depth slice" if name == "slice" else name
        return self.root.get_by_role("slider", name=label, exact=True)

    @property
    def controls(self) -> Locator:
        return self.root.locator(".actwidget-controls")

    @property
    def channel_box(self) -> Locator:
        return self.root.get_by_role("textbox", name="channel number, or all")

    def readout(self, name: str) -> Locator:
        """The text that goes with a slider; the channel has a box in its place."""
        if name == "layer":
            return self.root.locator(".actwidget-name")
        return self.root.locator(f"[data-of='{name}']")

    def stop(self, name: str) -> str | None:
        """Where a slider stands, in words."""
        return self.slider(name).get_attribute("aria-valuetext")

    def expect_stop(self, name: str, text: str) -> None:
        expect(self.slider(name)).to_have_attribute("aria-valuetext", text)

    def press(self, name: str, *keys: str) -> None:
        """Move a slider by keyboard."""
        for key in keys:
            self.slider(name).press(key)

    def move(self, name: str, stop: int) -> None:
        """Move a slider to a stop at once."""
        self.slider(name).fill(str(stop))

    def drag_slider(self, name: str, share: float) -> None:
        """Drag a slider to a share of its length."""
        self.drag(self.thumb(name), self.thumb(name, share))

    def thumb(self, name: str, share: float | None = None) -> Point:
        """Where the centre of a slider's thumb is, or is at a share of the slider's length."""
        slider = self.slider(name)
        if share is None:
            share = slider.evaluate("(el) => (el.value - el.min) / (el.max - el.min)")
        track = box_of(slider)
        # The thumb stays within the track with all its width.
        x = track["x"] + THUMB / 2 + share * (track["width"] - THUMB)
        return x, track["y"] + track["height"] / 2

    # Agreement

    def on_screen(self) -> dict[str, Any]:
        """What the sliders, the box, the readouts and the header say."""
        parts = self.parts
        alone = next(
            (re.match(r"(?:channel|unit) (\d+)(?: framed)?$", part) for part in parts[4:5]), None
        )
        names = ["layer", "channel", "normalization"]
        names += [name for name in ("slice", "image") if self.slider(name).count()]
        title = self.meaning.text_content() or ""
        # Bars of classes have no colours that mean anything.
        meaning = (
            self.stop("normalization")
            if not title
            else next(
                (name for name, start in NORMALIZATIONS.items() if re.match(start, title)), title
            )
        )
        return {
            "stops": {name: self.stop(name) for name in names},
            "box": self.channel_box.input_value(),
            "readouts": [self.readout(name).text_content() for name in names if name != "channel"],
            "header": [parts[1], int(alone[1]) if alone else None],
            "colour bar": meaning,
            "channels": int(self.slider("channel").get_attribute("max") or -9),
        }

    def in_kernel(self) -> dict[str, Any]:
        """What the screen should show, according to the traits in the kernel."""
        w = self.widget
        entry = f"{w}.recording[{w}.layer]"
        layer, channel, normalization, image, images, most, slices, depth, deepest = (
            self.notebook.value(
                f"[{w}.layer, {w}.channel, {w}.normalization, {w}.image_index, "
                f"len({w}.recording.images), {entry}.channels - 1, {w}.slice, {entry}.depth, "
                f"max(e.depth for e in {w}.recording.values())]"
            )
        )
        text = "all" if channel is None else str(channel)
        stops = {"layer": layer, "channel": text, "normalization": normalization}
        if deepest > 1:
            stops["slice"] = f"{slices} of 0–{depth - 1}" if depth > 1 else "no slices"
        if images > 1:
            stops["image"] = str(image)
        return {
            "stops": stops,
            "box": text,
            "readouts": [stop for name, stop in stops.items() if name != "channel"],
            "header": [layer, channel],
            "colour bar": normalization,
            "channels": most,
        }

    def expect_agreement(self) -> dict[str, Any]:
        """Wait until the screen and the traits in the kernel say the same."""
        said: dict[str, Any] = {}

        def agree() -> bool:
            nonlocal said
            said = self.on_screen()
            return said == self.in_kernel()

        self.notebook.until(agree, lambda: (self.on_screen(), self.in_kernel()))
        return said

    def show(self, **traits: object) -> None:
        """Set traits in the kernel and wait until the picture follows."""
        lines = [f"{self.widget}.{name} = {value!r}" for name, value in traits.items()]
        self.notebook.python("\n".join(lines))
        self.expect_agreement()
        self.next_frame()

    def start_over(self, **traits: object) -> None:
        """Undo what an earlier test did."""
        if self.notebook.spoilt:
            self.notebook.run_afresh()
            self.wait_for_picture()
        self.page.evaluate("() => document.activeElement?.blur()")
        self.scroll_into_sight()
        self.show(**traits, **START)
        self.reset()


def box_of(part: Locator) -> FloatRect:
    """Return the rectangle that a part takes on the screen; it must be there."""
    box = part.bounding_box()
    assert box is not None, part
    return box


OpenView = Callable[..., View]
"""What opens a view for a file of tests: the name of its notebook, then cells or traits."""
