"""The Plotly figure of what is shown."""

from __future__ import annotations

import html
import math
import re
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from agreement import NAMES
from recordings import Make, of_maps
from surveys import survey_of

from actwidget import ActivationWidget, Normalization, record
from actwidget.examples import shapes_cnn
from actwidget.export.preview import preview
from actwidget.export.snapshot_panels import Panel, snapshot_panels
from actwidget.numerics.block_reduce import block_extremes
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.colormaps import VIRIDIS, crop_diverging
from actwidget.numerics.mosaic import Mosaic, mosaic_for
from actwidget.numerics.normalization import Affine
from actwidget.numerics.statistics import Statistics
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.utils.number_text import percent_text
from actwidget.view.tile_order import tile_order


@pytest.fixture(scope="module")
def shapes() -> Recording:
    """The shipped network on three of its images."""
    return record(shapes_cnn.model(), shapes_cnn.images()[:3])


def cells(figure: go.Figure, places: np.ndarray) -> np.ndarray:
    """What a figure shows at (x, y) places of its axes."""
    (trace,) = figure.data
    z = np.asarray(trace.z)
    column = np.rint((places[:, 0] - trace.x0) / trace.dx).astype(int)
    row = np.rint((places[:, 1] - trace.y0) / trace.dy).astype(int)
    return z[row, column]


def laid_out(figure: go.Figure, maps: np.ndarray) -> Mosaic:
    """How a figure lays out maps ``(height, width, channels)`` for the room that it has."""
    columns = math.ceil(figure.layout.xaxis.range[1] - 1e-6)
    return mosaic_for(maps.shape[2], *maps.shape[:2], columns=columns)


def meaning(figure: go.Figure) -> str:
    """What a figure says of its colours."""
    (note,) = [note for note in figure.layout.annotations if note.name == "meaning"]
    return str(note.text).replace("<br>", " · ")


def normalized(recording: Recording, layer: str, image: int, name: str) -> np.ndarray:
    """A layer's shown values, with the normalization's own numbers."""
    entry = recording[layer]
    affine = NORMALIZATIONS[NAMES.index(name)](entry.statistics)
    return entry.maps[image].astype(np.float64) * affine.scale + affine.offset


@pytest.mark.parametrize("normalization", NAMES)
@pytest.mark.parametrize("layer", ["centre", "conv1", "relu4", "average", "logits"])
def test_an_overviews_figure_shows_the_normalized_maps(
    make: Make, shapes: Recording, layer: str, normalization: str
) -> None:
    figure = make(shapes, layer=layer, normalization=normalization, image_index=2).figure()
    expected = normalized(shapes, layer, 2, normalization)
    mosaic = laid_out(figure, expected)
    assert mosaic.block == 1
    units = list(np.ndindex(expected.shape))
    places = [mosaic.unit_centre(channel, row, column) for row, column, channel in units]
    np.testing.assert_allclose(
        cells(figure, np.array(places)), [expected[unit] for unit in units], rtol=1e-12
    )


@pytest.mark.parametrize("normalization", NAMES)
def test_a_reduced_overviews_figure_shows_each_blocks_strongest_unit(
    make: Make, by_hand: Recording, normalization: str
) -> None:
    figure = make(by_hand, layer="big", normalization=normalization).figure()
    entry = by_hand["big"]
    mosaic = laid_out(figure, entry.maps[0])
    assert mosaic.block > 1
    affine = NORMALIZATIONS[NAMES.index(normalization)](entry.statistics)
    blocks = block_extremes(entry.maps[0], mosaic.block).astype(np.float64)
    expected = blocks * affine.scale + affine.offset
    units = list(np.ndindex(expected.shape))
    places = [
        mosaic.unit_centre(channel, row * mosaic.block, column * mosaic.block)
        for row, column, channel in units
    ]
    found = cells(figure, np.array(places))
    np.testing.assert_allclose(found, [expected[unit] for unit in units], rtol=1e-12)


def test_a_sequence_has_every_unit_and_fills_its_room(make: Make) -> None:
    maps = np.random.default_rng(3).standard_normal((1, 2400, 30, 1)).astype("f4")
    steps = LayerMaps("steps", "LSTM", None, "sequence", maps)
    images = np.zeros((1, 8, 9, 1), "f4")
    recording = Recording([steps], model_name="net", inputs=images, images=images)
    figure = make(recording, layer="steps").figure()
    np.testing.assert_array_equal(np.asarray(figure.data[0].z), maps[0, ..., 0])
    assert (figure.layout.width, figure.layout.height) == (900, 560)


@pytest.mark.parametrize("normalization", NAMES)
@pytest.mark.parametrize(("layer", "channel"), [("wide", 30), ("big", 63), ("dense", 7)])
def test_a_channels_figure_shows_every_unit(
    make: Make, by_hand: Recording, layer: str, channel: int, normalization: str
) -> None:
    options = {"layer": layer, "channel": channel, "normalization": normalization}
    figure = make(by_hand, **options, image_index=1).figure()
    expected = normalized(by_hand, layer, 1, normalization)[..., channel]
    np.testing.assert_allclose(np.asarray(figure.data[0].z), expected, rtol=1e-12)


@pytest.mark.parametrize("normalization", NAMES)
def test_a_figure_has_the_normalizations_colours(
    make: Make, by_hand: Recording, normalization: str
) -> None:
    figure = make(by_hand, layer="wide", normalization=normalization).figure()
    (trace,) = figure.data
    affine = NORMALIZATIONS[NAMES.index(normalization)](by_hand["wide"].statistics)
    assert (trace.zmin, trace.zmax) == affine.limits
    colours = crop_diverging(affine.colours, affine.limits) if affine.diverging else affine.colours
    assert trace.colorscale == colours
    assert meaning(figure) == affine.title


@pytest.mark.parametrize("channel", [None, 3])
def test_a_figure_is_valid_and_stands_alone(widget: ActivationWidget, channel: int | None) -> None:
    widget.layer, widget.channel = "wide", channel
    figure = widget.figure()
    assert type(figure) is go.Figure
    assert go.Figure(figure.to_dict(), skip_invalid=False) == figure
    assert "wide" in figure.layout.title.text
    widget.close()
    assert "wide" in figure.to_json()


def test_units_that_are_not_finite_are_gaps_in_a_figure(make: Make, by_hand: Recording) -> None:
    maps = by_hand["narrow"].maps
    # The second channel is flat but for one unit: its scale is 0.
    maps[..., 1] = 5
    maps[0, 0, 0] = np.nan, np.inf, -np.inf, 1
    widget = make(by_hand, normalization="channel z-score")
    for channel, gap in enumerate((True, True, True, False)):
        widget.channel = channel
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            z = np.asarray(widget.figure().data[0].z)
        assert np.isnan(z[0, 0]) == gap
        assert np.isfinite(z).sum() == z.size - gap


@pytest.mark.parametrize(
    "name",
    [
        "<b>bold</b>",
        '<a href="https://example.org">x</a>',
        "a<br>b",
        "$x$",
        "$$\\frac{1}{2}$$ and $y$",
        "%{x}",
        "%{customdata[0]}<extra></extra>",
        "a &lt; b &amp; c",
        "50 % of $5",
        '<span style="color:red">x</span>',
        "conv2d_3/relu:0",
    ],
)
def test_a_layers_name_is_text_to_plotly(make: Make, name: str) -> None:
    widget = make(of_maps({name: np.ones((1, 6, 6, 4), "f4")}), layer=name)
    title = widget.figure().layout.title.text
    assert html.unescape(title) == f"net · {name} · image 0 · raw"
    assert not re.search(r"[<>$]|%\{", title)


def test_a_normalizations_title_is_text_to_plotly(make: Make, by_hand: Recording) -> None:
    def affine(statistics: Statistics) -> Affine:
        ones = np.ones_like(statistics.mean)
        return Affine(ones, 0 * ones, (0, 1), VIRIDIS, "<b>share</b> of $x$")

    widget = make(by_hand, normalizations=[Normalization("own", affine)], normalization="own")
    title = meaning(widget.figure())
    assert html.unescape(title) == "<b>share</b> of $x$"
    assert not re.search(r"[<>$]", title)


def test_names_that_utf_8_cannot_hold_are_written_out(make: Make) -> None:
    widget = make(of_maps({"conv\ud800": np.ones((1, 6, 6, 4), "f4")}))
    assert widget.layer == "conv\\ud800"
    figure = widget.figure()
    assert figure.layout.title.text == "net · conv\\ud800 · image 0 · raw"
    figure.to_html().encode("utf-8")


# What lies over the tiles


def names_of(figure: go.Figure, word: str) -> list[int]:
    """The channels of the shapes that a word names."""
    names = [shape.name.split() for shape in figure.layout.shapes if shape.name]
    return [int(name[1]) for name in names if name[0] == word and len(name) > 1]


@pytest.mark.parametrize("sort", ["number", "strongest", "mean", "zeros", "variance", "like 3"])
def test_tiles_have_their_numbers_in_each_order(make: Make, shapes: Recording, sort: str) -> None:
    widget = make(shapes, layer="conv1", sort=sort)
    figure = widget.figure()
    order = tile_order(shapes["conv1"], 0, sort)
    numbers = [int(note.text) for note in figure.layout.annotations if note.name != "meaning"]
    assert numbers == order
    # Too small for numbers.
    small = widget.figure(width=200, height=200)
    assert [note.name for note in small.layout.annotations] == ["meaning"]


def test_dead_and_flat_tiles_are_hatched(make: Make) -> None:
    maps = np.random.default_rng(0).standard_normal((1, 6, 6, 9)).astype("f4")
    maps[..., 2], maps[..., 7] = 0, 0.5
    widget = make(of_maps(layer=maps))
    assert names_of(widget.figure(), "hatch") == [2, 7]
    widget.channel = 7
    assert names_of(widget.figure(), "hatch") == [7]
    widget.channel = 3
    assert names_of(widget.figure(), "hatch") == []


def test_what_is_dead_on_a_whole_data_set_is_hatched_both_ways(make: Make) -> None:
    maps = np.random.default_rng(0).standard_normal((2, 6, 6, 9)).astype("f4")
    maps[..., 2], maps[..., 7], maps[0, ..., 5] = 0, 0.5, 0
    survey = survey_of(of_maps(layer=maps))
    widget = make(of_maps(layer=maps[:1]), survey=survey, layer="layer")
    lines = {
        shape.name: shape.path.count("M")
        for shape in widget.figure().layout.shapes
        if (shape.name or "").startswith("hatch")
    }
    assert lines["hatch 2"] == 2 * lines["hatch 5"] == 2 * lines["hatch 7"]
    (panel,) = snapshot_panels(widget)
    assert panel.shown.crossed == {2}
    one_way = Panel("", replace(panel.shown, dead_on_all=frozenset()))
    assert preview([panel]) != preview([one_way])
    survey.close()


def test_tiles_have_bars_where_colours_cannot_be_compared(make: Make, by_hand: Recording) -> None:
    widget = make(by_hand, layer="narrow")
    for normalization, expected in (("raw", 0), ("symmetric", 1)):
        widget.normalization = normalization
        shapes = [shape for shape in widget.figure().layout.shapes if shape.name == "strength"]
        assert len(shapes) == expected


def test_the_ends_of_the_colours_say_what_lies_beyond(make: Make, by_hand: Recording) -> None:
    widget = make(by_hand)
    widget.layer, widget.limits = "wide", (-1, 1)
    low, *_, high = widget.figure().data[0].colorbar.ticktext
    share = np.mean(np.abs(by_hand["wide"].maps[0]) > 1)
    assert low == "≤ −1"
    assert "≥ 1" in high
    assert percent_text(share) in html.unescape(high)
    widget.limits = (-100, 100)
    assert widget.figure().data[0].colorbar.ticktext == ("−100", "−50", "0", "50", "100")


def test_a_softmax_is_named_bars(make: Make) -> None:
    softmax = np.array([0.1, 0.7, np.nan, 0.2], "f4").reshape(1, 1, 1, 4)
    recording = of_maps(probabilities=softmax, activation="softmax")
    widget = make(recording, layer="probabilities", class_names=["a", "<b>", "c", "d" * 500])
    figure = widget.figure()
    (trace,) = figure.data
    assert trace.type == "bar"
    np.testing.assert_allclose(trace.x, [0.7, 0.2, 0.1, 0], rtol=1e-6)
    assert list(trace.text) == ["0.7", "0.2", "0.1", "NaN"]
    names = [html.unescape(text) for text in figure.layout.yaxis.ticktext]
    assert (names[0], names[2:]) == ("<b>", ["a", "c"])
    assert re.fullmatch("d+…d+", names[1])
    widget.channel = 3
    assert widget.figure().layout.yaxis.ticktext[1].startswith("<b>")


def test_many_classes_are_summed_up(make: Make) -> None:
    softmax = np.linspace(0, 1, 300, dtype="f4").reshape(1, 1, 1, 300)
    widget = make(of_maps(softmax=softmax, activation="softmax"), layer="softmax", channel=5)
    figure = widget.figure()
    units = [text.split()[-1] for text in figure.layout.yaxis.ticktext]
    assert len(units) == 41
    assert units[-1].startswith("5")
    assert figure.layout.annotations[0].text.startswith("259 more, each at most 0.86")


@pytest.mark.parametrize("size", [0, -5, 199, 1e9, float("nan"), "wide", True, [300]])
def test_sizes_that_are_none_are_refused(widget: ActivationWidget, size: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"width is .*; it takes"):
        widget.figure(width=size)
    with pytest.raises((TypeError, ValueError), match=r"height is .*; it takes"):
        widget.figure(height=size)


def test_a_size_that_is_asked_for_is_had(widget: ActivationWidget) -> None:
    for layer in widget.choices.paths:
        widget.layer = layer
        layout = widget.figure(width=333, height=np.float64(444)).layout
        assert (layout.width, layout.height) == (333, 444)
        assert widget.figure().layout.width <= 900
