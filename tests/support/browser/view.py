"""One view of a widget as a person has it: the sliders, the header, the picture, the label."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
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
"""The slider's stops, and how the colour bar's title begins."""


class View:
    """The `number`-th view on the page of a notebook.

    Where units lie is worked out here, from the layout in Python and the axes on the screen, and
    not asked of the page's own arithmetic.
    """

    def __init__(self, notebook: WatchedPage, number: int = 0, *, widget: str = "w") -> None:
        # What asks the kernel or a notebook is for notebooks only.
        self.notebook: Any = notebook
        self.page = notebook.page
        self.widget = widget
        self.root = self.page.locator(".actwidget").nth(number)
        self.box = self.page.locator(".actwidget-box").nth(number)
        self.header = self.root.locator(".actwidget-header")
        self.hover = self.root.locator(".actwidget-hover")
        self.message = self.root.locator(".actwidget-message")
        self.stage = self.root.locator(".actwidget-stage")
        self.chart = self.root.locator(".js-plotly-plot")
        self.back = self.root.get_by_role("button", name="all channels")
        self.input = self.root.locator(".actwidget-input")

    # The picture

    def wait_for_picture(self) -> None:
        """Wait until Plotly has drawn the picture, and bring it into sight."""
        expect(self.chart.locator(".heatmaplayer image")).to_be_attached(timeout=60_000)
        expect(self.header).to_contain_text("max")
        self.scroll_into_sight()

    def scroll_into_sight(self) -> None:
        self.root.evaluate(
            "(el) => (el.closest('.actwidget-box') ?? el).scrollIntoView({ block: 'start' })"
        )
        self.next_frame()

    def next_frame(self) -> None:
        """Wait until what has been asked for is drawn, the axes and the colour bar with it."""
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
        expect(self.header).to_have_text(pattern, timeout=10_000)
        self.next_frame()

    def expect_channel(self, channel: int | None, word: str = "channel") -> None:
        """Expect the picture of one channel, or of all."""
        if channel is None:
            expect(self.header).not_to_contain_text(re.compile(rf"· {word} \d+ ·"))
        else:
            expect(self.header).to_contain_text(f" · {word} {channel} · ")
        self.next_frame()

    def expect_normalization(self, name: str) -> None:
        self.page.wait_for_function(
            "([el, start]) => el.layout.annotations[0].text.match(`^${start}`)",
            arg=[self.chart.element_handle(), NORMALIZATIONS[name]],
        )
        self.next_frame()

    def axes(self) -> dict[str, list[float]]:
        """What is in sight: ``x`` from left to right and ``y`` from bottom to top, in tiles."""
        self.next_frame()
        axes: dict[str, list[float]] = self.chart.evaluate(
            "(el) => ({ x: [...el.layout.xaxis.range], y: [...el.layout.yaxis.range] })"
        )
        return axes

    def trace(self) -> dict[str, Any]:
        """The heatmap's cells: how many, where they begin and how large they are."""
        # The cells are on the screen before the chart says so.
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
        """Turn a point of the axes into one of the screen."""
        area, axes = self.area(), self.axes()
        (left, right), (bottom, top) = axes["x"], axes["y"]
        return (
            area["x"] + (x - left) / (right - left) * area["width"],
            area["y"] + (y - top) / (bottom - top) * area["height"],
        )

    def at(self, place: Point) -> Point:
        """Turn a point of the screen into one of the axes."""
        area, axes = self.area(), self.axes()
        (left, right), (bottom, top) = axes["x"], axes["y"]
        return (
            left + (place[0] - area["x"]) / area["width"] * (right - left),
            top + (place[1] - area["y"]) / area["height"] * (bottom - top),
        )

    def unit(self, mosaic: Mosaic, channel: int, row: int, column: int) -> Point:
        """Give the pixel at the centre of a unit among all channels."""
        return self.pixel(*mosaic.unit_centre(channel, row, column))

    def unit_alone(self, mosaic: Mosaic, row: int, column: int) -> Point:
        """Give the pixel at the centre of a unit of a channel that is opened."""
        return self.pixel((column + 0.5) / mosaic.width, (row + 0.5) / mosaic.height)

    def colours(self, points: list[Point]) -> list[NDArray[np.int64]]:
        """Give the colours, red, green and blue, at some pixels."""
        self.leave()
        picture = np.asarray(Image.open(io.BytesIO(self.page.screenshot())).convert("RGB"), int)
        return [picture[int(y), int(x)] for x, y in points]

    # The pointer

    def point(self, place: Point) -> None:
        self.page.mouse.move(*place)

    def leave(self) -> None:
        """Take the pointer away from the picture."""
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
        """Bring the whole picture back into sight."""
        self.root.locator("[data-title^='Reset']").click()
        self.page.wait_for_function(
            "(el) => el.layout.xaxis.range[0] === 0 && el.layout.yaxis.range[1] === 0",
            arg=self.chart.element_handle(),
        )
        self.leave()

    # The sliders

    def slider(self, name: str) -> Locator:
        """The handle of a slider."""
        return self.box.locator(f".actwidget-{name} .noUi-handle")

    @property
    def channel_box(self) -> Locator:
        return self.box.locator(".actwidget-channel input")

    def stop(self, name: str) -> str | None:
        """Where a slider stands, in words."""
        return self.slider(name).get_attribute("aria-valuetext")

    def expect_stop(self, name: str, text: str) -> None:
        expect(self.slider(name)).to_have_attribute("aria-valuetext", text)

    def press(self, name: str, *keys: str) -> None:
        """Move a slider by keyboard."""
        for key in keys:
            self.slider(name).press(key)

    def drag_slider(self, name: str, share: float) -> None:
        """Drag a slider to a share of its length."""
        handle = self.slider(name).bounding_box()
        track = self.box.locator(f".actwidget-{name} .noUi-target").bounding_box()
        assert handle is not None
        assert track is not None
        y = handle["y"] + handle["height"] / 2
        self.drag((handle["x"] + handle["width"] / 2, y), (track["x"] + share * track["width"], y))

    # Agreement

    def on_screen(self) -> dict[str, Any]:
        """What the sliders, the box, the readouts and the header say."""
        parts = self.parts
        alone = next(
            (re.match(r"(?:channel|unit) (\d+)(?: framed)?$", part) for part in parts[4:5]), None
        )
        names = ["layer", "channel", "normalization"]
        names += [name for name in ("slice", "image") if self.slider(name).count()]
        stops = {name: self.stop(name) for name in names}
        title = self.chart.evaluate("(el) => el.layout.annotations[0].text")
        return {
            "stops": stops,
            "box": self.channel_box.input_value(),
            "readouts": [
                self.box.locator(f".actwidget-{name} > .widget-label").last.inner_text()
                for name in names
                if name != "channel"
            ],
            "header": [parts[1], int(alone[1]) if alone else None],
            "colour bar": next(n for n, t in NORMALIZATIONS.items() if re.match(t, title)),
            "channels": int(float(self.slider("channel").get_attribute("aria-valuemax") or -9)),
        }

    def in_kernel(self) -> dict[str, Any]:
        """What the screen should show, as the traits in the kernel have it."""
        w = self.widget
        entry = self._entry
        layer, channel, normalization, image, images, most, slices, depth, deepest = (
            self.notebook.value(
                f"[{w}.layer, {w}.channel, {w}.normalization, {w}.image_index, "
                f"len({w}.recording.images), {entry}.channels - 1, {w}.slice, {entry}.depth, "
                f"max(e.depth for e in ({w}.recording.input, *{w}.recording.values()))]"
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

    def sliders_in_kernel(self) -> list[Any]:
        w = self.widget
        entry = self._entry
        own, sliders = self.notebook.value(
            f"[[{w}.layer, -1 if {w}.channel is None else {w}.channel, {w}.normalization, "
            f"{w}.image_index, {entry}.channels - 1, {w}.slice, {entry}.depth == 1], "
            f"[{w}.layer_slider.value, {w}.channel_slider.value, {w}.normalization_slider.value, "
            f"{w}.image_slider.value, {w}.channel_slider.max, {w}.slice_slider.value, "
            f"{w}.slice_slider.disabled]]"
        )
        return [own, sliders]

    @property
    def _entry(self) -> str:
        """Python for what is shown: the input is no layer of the recording."""
        recording = f"{self.widget}.recording"
        return f"({recording}.get({self.widget}.layer) or {recording}.input)"

    def expect_agreement(self) -> dict[str, Any]:
        """Wait until the screen, the traits and the sliders in the kernel say the same."""

        def agree() -> bool:
            own, sliders = self.sliders_in_kernel()
            return own == sliders and self.on_screen() == self.in_kernel()

        self.notebook.until(
            agree, lambda: (self.on_screen(), self.in_kernel(), self.sliders_in_kernel())
        )
        return self.on_screen()

    def show(self, **traits: object) -> None:
        """Set traits in the kernel and wait until the picture follows."""
        for name, value in traits.items():
            self.notebook.python(f"{self.widget}.{name} = {value!r}")
        self.expect_agreement()
        self.next_frame()

    def start_over(self, **traits: object) -> None:
        """Forget what an earlier test has left."""
        if self.notebook.spoilt:
            self.notebook.run_afresh()
            self.wait_for_picture()
        self.page.evaluate("() => document.activeElement?.blur()")
        self.scroll_into_sight()
        start = {"channel": None, "normalization": "raw", "image_index": 0}
        self.show(**traits, **start)
        self.reset()


def box_of(part: Locator) -> FloatRect:
    """Return the rectangle that a part takes on the screen; it must be there."""
    box = part.bounding_box()
    assert box is not None, part
    return box


OpenView = Callable[..., View]
"""What opens a view for a file of tests: the name of its notebook, then cells or traits."""
