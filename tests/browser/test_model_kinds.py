"""Every kind of model in JupyterLab: all layers are shown, and labels give what was recorded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from expected import number
from model_cells import BEGINNING, CELLS
from notebook import Notebook, OpenNotebook
from numpy.typing import NDArray
from playwright.sync_api import expect
from short_form import short_form
from view import View, box_of

from actwidget.numerics.mosaic import Mosaic, mosaic_for


@dataclass
class Shown:
    """One stop of the layer slider."""

    path: str
    kind: str
    depth: int
    is_image: bool
    maps: NDArray[np.float32]

    @property
    def in_colours(self) -> bool:
        """Whether it is an image whose channels are its colours."""
        return self.is_image and self.maps.shape[-1] == 3

    @property
    def volume(self) -> NDArray[np.float32]:
        """All slices, ``(images, depth, height, width, tiles)``."""
        return self.maps.reshape(len(self.maps), self.depth, -1, *self.maps.shape[2:])

    @property
    def mosaic(self) -> Mosaic:
        _, _, height, width, tiles = self.volume.shape
        return mosaic_for(tiles, height, width)

    def where(self, slice_number: int, tile: int, row: int, column: int) -> str:
        """What the label must say of a place."""
        if self.kind == "units":
            return f"unit {tile}"
        if self.kind == "sequence":
            return f"time {row} · channel {column}"
        start = f"slice {slice_number} · " if self.depth > 1 else ""
        return f"{start}channel {tile} · row {row} · column {column}"


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    notebook = open_notebook("model-kinds", [BEGINNING, *CELLS.values()])
    notebook.run_cell(0)
    return notebook


def run(notebook: Notebook, kind: str) -> View:
    """Show a model in place of the one before it."""
    before = notebook.page.locator(".actwidget").element_handles()
    number = list(CELLS).index(kind) + 1
    notebook.run_cell(number)
    view = View(notebook)
    for old in before:
        old.wait_for_element_state("hidden")
    expect(notebook.cell(number).locator(".actwidget-header")).to_contain_text(
        "max", timeout=60_000
    )
    view.wait_for_picture()
    return view


def stop_of(notebook: Notebook, number: int) -> Shown:
    path, kind, depth, is_image = notebook.value(
        f"[[e.path, e.kind, e.depth, e.is_image] for e in w.recording.values()][{number}]"
    )
    return Shown(path, kind, depth, is_image, notebook.maps(path))


def read(view: View, stop: Shown, place: tuple[int, int, int], slice_number: int = 0) -> None:
    """Point at a unit of the first image, and check what the label says of it."""
    tile, row, column = place
    if stop.in_colours:
        view.point(view.unit(stop.mosaic, 0, row, column))
        values, where = view.label()[:2]
        assert where == f"row {row} · column {column}"
        named = dict(part.split() for part in values.split(" · "))
        assert list(named) == ["red", "green", "blue"]
        read_values = [number(value) for value in named.values()]
        assert read_values == pytest.approx(stop.maps[0, row, column].tolist(), rel=1e-6)
        return
    view.point(view.unit(stop.mosaic, tile, row, column))
    lines = view.label()
    assert lines[0] == stop.where(slice_number, tile, row, column)
    value = float(stop.volume[0, slice_number, row, column, tile])
    assert number(lines[1].removeprefix("value ")) == pytest.approx(value, rel=1e-6, abs=1e-12)


def middle(stop: Shown) -> tuple[int, int, int]:
    _, _, height, width, tiles = stop.volume.shape
    return tiles // 2, height // 2, width // 3


COMMON = [
    "sequential, unbuilt",
    "nested transfer learning",
    "several inputs and outputs",
    "tokens and attention",
    "volume",
    "tf_keras",
]
"""The kinds that are looked at every time."""


@pytest.mark.parametrize("most", [5, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", short_form(CELLS, COMMON))
def test_layers_are_shown_and_read_as_recorded(notebook: Notebook, kind: str, most: int) -> None:
    notebook._maps.clear()
    view = run(notebook, kind)
    every = notebook.value("len(w.recording) - 1")
    for place in sorted({round(share * every) for share in np.linspace(0, 1, most)}):
        view.move("layer", place)
        stop = stop_of(notebook, place)
        view.expect_layer(stop.path)
        slice_number = 0
        if stop.depth > 1:
            slice_number = int((view.stop("slice") or "").split(" of ")[0])
        read(view, stop, middle(stop), slice_number)
    expect(view.message).to_be_hidden()


# Volumes


@pytest.fixture
def volume(notebook: Notebook) -> View:
    notebook._maps.clear()
    view = run(notebook, "volume")
    view.show(layer="conv")
    return view


def test_the_slice_slider_moves_through_a_volume(volume: View) -> None:
    conv = stop_of(volume.notebook, 1)
    slider = volume.slider("slice")
    expect(slider).to_have_attribute("aria-label", "depth slice")
    volume.expect_stop("slice", "4 of 0–8")
    for key, number_ in (("ArrowRight", 5), ("End", 8), ("ArrowLeft", 7), ("Home", 0)):
        volume.press("slice", key)
        volume.expect_stop("slice", f"{number_} of 0–8")
        expect(volume.header).to_contain_text(f" · slice {number_} · ")
        read(volume, conv, (2, 3, 4), number_)
        volume.expect_agreement()
        assert volume.notebook.value("w.slice") == number_


def test_statistics_and_colours_are_those_of_all_slices(volume: View) -> None:
    numbers = volume.parts[-4:]
    limits = [volume.trace()[end] for end in ("zmin", "zmax")]
    volume.press("slice", "Home")
    volume.expect_stop("slice", "0 of 0–8")
    expect(volume.header).to_contain_text(" · slice 0 · ")
    assert [part for part in volume.parts[-4:] if "slice" not in part] == [
        part for part in numbers if "slice" not in part
    ]
    expect(volume.header).to_contain_text("(all slices)")
    assert [volume.trace()[end] for end in ("zmin", "zmax")] == limits


def test_the_next_layer_keeps_the_slice_if_it_has_it_and_shows_its_middle_otherwise(
    volume: View,
) -> None:
    volume.press("slice", "End", "ArrowLeft")
    volume.expect_stop("slice", "7 of 0–8")
    volume.press("layer", "ArrowRight")
    volume.expect_layer("pool")
    volume.expect_stop("slice", "2 of 0–3")
    assert volume.expect_agreement()["stops"]["slice"] == "2 of 0–3"
    volume.press("layer", "ArrowRight")
    volume.expect_layer("transposed")
    volume.expect_stop("slice", "2 of 0–7")
    assert volume.expect_agreement()["stops"]["slice"] == "2 of 0–7"


def test_a_layer_without_slices_disables_the_slider_and_nothing_moves(volume: View) -> None:
    slider = volume.slider("slice")
    volume.press("slice", "End")
    volume.expect_stop("slice", "8 of 0–8")
    before = [box_of(volume.stage)["y"], slider.bounding_box()]
    volume.press("layer", "End")
    volume.expect_layer("dense")
    volume.expect_stop("slice", "no slices")
    expect(slider).to_be_disabled()
    # A strip of units takes a smaller frame than maps do.
    assert [box_of(volume.stage)["y"], slider.bounding_box()] == before
    volume.notebook.python("w.layer = 'conv'")
    volume.expect_layer("conv")
    volume.expect_stop("slice", "8 of 0–8")
    expect(slider).to_be_enabled()
    volume.expect_agreement()


def test_keys_step_through_slices(volume: View) -> None:
    volume.stage.focus()
    volume.stage.press("PageDown")
    volume.expect_stop("slice", "5 of 0–8")
    volume.stage.press("PageUp")
    volume.stage.press("PageUp")
    volume.expect_stop("slice", "3 of 0–8")
    volume.expect_agreement()


def test_a_dragged_slice_slider_ends_where_it_is_left(volume: View) -> None:
    volume.show(layer="pool")
    volume.drag_slider("slice", 1)
    volume.expect_stop("slice", "3 of 0–3")
    volume.drag_slider("slice", 0.34)
    assert volume.expect_agreement()["stops"]["slice"] == "1 of 0–3"


def test_python_moves_the_slice(volume: View) -> None:
    conv = stop_of(volume.notebook, 1)
    volume.notebook.python("w.slice = 1")
    volume.expect_stop("slice", "1 of 0–8")
    read(volume, conv, (4, 9, 10), 1)
    volume.expect_agreement()


# Sequences


@pytest.fixture
def sequence(notebook: Notebook) -> View:
    notebook._maps.clear()
    view = run(notebook, "convolution over time")
    view.show(layer="conv")
    return view


def test_the_axes_of_a_sequence_are_time_and_channel(sequence: View) -> None:
    expect(sequence.header).to_contain_text("· 38 × 16 (time × channels) ·")
    titles = sequence.chart.evaluate("(el) => el.layout.annotations.map(({ text }) => text)")
    assert titles == ["time", "channel"]
    ticks = sequence.chart.evaluate(
        "({ layout }) => [layout.xaxis, layout.yaxis].map(({ ticktext }) => ticktext.join())"
    )
    # There is room for each channel: a sequence fills its stage.
    assert ticks == [",".join(map(str, range(16))), ",".join(map(str, range(0, 38, 2)))]


def test_a_click_on_a_sequence_frames_the_channel_and_leaves_the_picture(sequence: View) -> None:
    conv = stop_of(sequence.notebook, 1)
    axes, cells = sequence.axes(), sequence.trace()
    place = sequence.unit(conv.mosaic, 0, 20, 11)
    sequence.click(place)
    expect(sequence.header).to_contain_text(" · channel 11 framed · ")
    assert sequence.expect_agreement()["stops"]["channel"] == "11"
    assert (sequence.axes(), sequence.trace()) == (axes, cells)
    sequence.click(place)
    expect(sequence.header).not_to_contain_text("framed")
    assert sequence.expect_agreement()["stops"]["channel"] == "all"


def test_the_channel_slider_of_a_sequence_counts_its_columns(sequence: View) -> None:
    sequence.press("channel", "End")
    expect(sequence.header).to_contain_text(" · channel 15 framed · ")
    assert sequence.expect_agreement()["channels"] == 15


# Models without an image


def test_without_an_input_image_there_is_no_frame_for_one(notebook: Notebook) -> None:
    view = run(notebook, "tokens and attention")
    expect(view.input).to_be_hidden()
    expect(view.root.locator("figcaption", has_text="input")).to_be_hidden()


def test_each_of_several_inputs_is_a_stop_and_the_prediction_is_of_the_output_that_fits(
    notebook: Notebook,
) -> None:
    view = run(notebook, "several inputs and outputs")
    paths = notebook.value("[layer['path'] for layer in w.layers]")
    assert [path for path in paths if path.startswith("input")] == [
        "input:left",
        "input:right",
        "input:age",
    ]
    output = notebook.maps("kind")[0, 0, 0]
    best = "abcd"[int(np.argmax(output))]
    expect(view.answers.first).to_have_text(f"{best}{output.max():.2f}")
