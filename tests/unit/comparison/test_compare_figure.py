"""Figures and static pictures of a comparison: its panels beside each other, with one scale."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image
from recordings import of_maps
from small_models import small_cnn

from actwidget import ComparisonWidget, compare
from actwidget.export.preview import MOST_BYTES, preview
from actwidget.export.snapshot_panels import snapshot_panels
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

NAMES = ["before", "after", "much later"]
MAPS = np.random.default_rng(4).random((1, 12, 14, 6)).astype("f4")


@pytest.fixture
def widget() -> Iterator[ComparisonWidget]:
    """Three recordings of one layer, the second three times as strong and its channel 2 dead."""
    generator = np.random.default_rng(3)
    found = {}
    for name, factor in zip(NAMES, (1, 3, 2), strict=True):
        maps = factor * generator.random((1, 12, 14, 6)).astype("f4")
        if name == "after":
            maps[..., 2] = 0
        found[name] = of_maps({"conv": maps})
    made = compare(found, layer="conv")
    yield made
    made.close()


def texts(figure: go.Figure, name: str) -> list[str]:
    return [note.text for note in figure.layout.annotations if note.name == name]


def test_panels_have_their_own_values_and_one_scale(widget: ComparisonWidget) -> None:
    figure = widget.figure()
    heatmaps = [trace for trace in figure.data if trace.type == "heatmap"]
    assert texts(figure, "panel") == NAMES
    for name, trace in zip(NAMES, heatmaps, strict=True):
        maps = widget.comparison.recordings[NAMES.index(name)]["conv"].maps[0]
        assert np.nanmax(np.asarray(trace.z)) == maps.max()
        assert (trace.zmin, trace.zmax) == widget.limits
        assert not trace.showscale
    assert {trace.xaxis for trace in heatmaps} == {"x", "x2", "x3"}
    assert (
        sum(bool(trace.marker.showscale) for trace in figure.data if trace.type == "scatter") == 1
    )
    (meaning,) = texts(figure, "meaning")
    assert "value" in meaning
    # What is dead in one is hatched there alone.
    hatches = [shape for shape in figure.layout.shapes if (shape.name or "").startswith("hatch")]
    assert {shape.xref for shape in hatches} == {"x2"}


@pytest.mark.parametrize("width", [None, 480])
def test_no_panel_lies_over_another(widget: ComparisonWidget, width: float | None) -> None:
    layout = widget.figure(width=width).layout
    assert width is None or layout.width == width
    boxes = [
        (*layout[f"xaxis{number}"].domain, *layout[f"yaxis{number}"].domain)
        for number in ("", 2, 3)
    ]
    for place, (left, right, low, high) in enumerate(boxes):
        for others in boxes[place + 1 :]:
            apart = others[0] >= right or left >= others[1] or others[2] >= high or low >= others[3]
            assert apart
    assert len({box[0] for box in boxes}) == (3 if width is None else 2)


def test_titles_say_which_of_them_is_shown(widget: ComparisonWidget) -> None:
    widget.mode, widget.panel = "flicker", 2
    figure = widget.figure()
    assert "much later" in figure.layout.title.text.partition("conv")[2]
    assert len(figure.data) == 1
    widget.mode = "difference"
    figure = widget.figure()
    assert "much later − before" in figure.layout.title.text
    assert figure.data[0].zmin == -figure.data[0].zmax


@pytest.mark.parametrize("shape", [(1, 12, 14, 3), (1, 9, 8, 6), (1, 1, 1, 4)])
def test_a_layer_of_another_shape_is_drawn_as_it_is(shape: tuple[int, ...]) -> None:
    compared = compare(
        {"one": of_maps({"conv": MAPS}), "other": of_maps({"conv": np.ones(shape, "f4")})},
        layer="conv",
    )
    for compared.channel in (None, 5):
        for compared.panel in (1, 0):
            figure = compared.figure()
            assert set(texts(figure, "panel")) == {"one", "other"}
            assert preview(snapshot_panels(compared))
            compared.mode = "flicker"
            assert compared.figure().data
            compared.mode = "side by side"
    compared.close()


def test_a_column_is_framed_in_every_sequence_that_has_it() -> None:
    sequences = {}
    for name, width in (("one", 6), ("like it", 6), ("narrow", 3)):
        maps = np.ones((1, 9, width, 1), "f4")
        entry = LayerMaps("lstm", "LSTM", None, "sequence", maps)
        sequences[name] = Recording([entry], model_name="net", inputs=maps, images=maps)
    compared = compare(sequences, layer="lstm")
    compared.channel = 4
    frames = [shape for shape in compared.figure().layout.shapes if shape.name == "framed"]
    assert [(frame.x0, frame.xref) for frame in frames] == [(4 / 6, "x"), (4 / 6, "x2")]
    compared.close()


def test_bars_stand_beside_each_other() -> None:
    image = np.zeros((12, 14, 3), "f4")
    compared = compare({"one": small_cnn(), "other": small_cnn()}, image=image)
    compared.layer = compared.choices.paths[-1]
    figure = compared.figure()
    assert [trace.type for trace in figure.data] == ["bar", "bar"]
    assert texts(figure, "panel") == ["one", "other"]
    assert preview(snapshot_panels(compared))
    compared.close()


def test_the_static_picture_has_all_panels(widget: ComparisonWidget) -> None:
    several = preview(snapshot_panels(widget))
    widget.mode = "flicker"
    one = preview(snapshot_panels(widget))
    assert len(several) <= MOST_BYTES
    opened, alone = (Image.open(io.BytesIO(file)) for file in (several, one))
    assert opened.size != alone.size
    # Three pictures of strong colours lie in more than one half of the page.
    red = np.asarray(opened.convert("RGB")).astype(int)
    strong = np.argwhere(red[..., 0] - red[..., 2] > 60)
    assert np.ptp(strong[:, 1]) > opened.width * 0.4


def test_images_that_are_compared_are_named_once() -> None:
    generator = np.random.default_rng(0)
    recording = of_maps({"conv": generator.random((9, 12, 14, 6)).astype("f4")})
    compared = compare(recording, images=[3, 7])
    for mode in ("side by side", "difference", "flicker"):
        compared.mode = mode
        assert "image 0" not in compared.figure().layout.title.text
        assert "image 3" in compared.figure().layout.title.text
    compared.close()
