"""The Plotly figure of what is shown."""

from __future__ import annotations

import html
import re
import warnings

import numpy as np
import plotly.graph_objects as go
import pytest
from agreement import NAMES
from recordings import Make, of_maps

from actwidget import ActivationWidget, Normalization, record
from actwidget.examples import shapes_cnn
from actwidget.numerics.block_reduce import block_extremes
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.colormaps import VIRIDIS, crop_diverging
from actwidget.numerics.mosaic import mosaic_for
from actwidget.numerics.normalization import Affine
from actwidget.numerics.statistics import Statistics
from actwidget.recording.recording import Recording


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
    mosaic = mosaic_for(expected.shape[2], *expected.shape[:2])
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
    mosaic = mosaic_for(entry.channels, entry.height, entry.width)
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
    (trace,) = make(by_hand, layer="wide", normalization=normalization).figure().data
    affine = NORMALIZATIONS[NAMES.index(normalization)](by_hand["wide"].statistics)
    assert (trace.zmin, trace.zmax) == affine.limits
    colours = crop_diverging(affine.colours, affine.limits) if affine.diverging else affine.colours
    assert trace.colorscale == colours
    assert trace.colorbar.title.text == affine.title


@pytest.mark.parametrize("channel", [None, 3])
def test_a_figure_is_valid_and_stands_alone(widget: ActivationWidget, channel: int | None) -> None:
    widget.layer, widget.channel = "wide", channel
    figure = widget.figure()
    assert type(figure) is go.Figure
    assert go.Figure(figure.to_dict(), skip_invalid=False) == figure
    assert "wide" in figure.layout.title.text
    widget.close()
    assert "wide" in figure.to_json()


def test_ticks_name_the_rows_first_channels(widget: ActivationWidget) -> None:
    widget.layer = "wide"
    figure = widget.figure()
    columns = widget.shown.mosaics[widget.layer_index].columns
    assert list(figure.layout.yaxis.ticktext) == [str(n) for n in range(0, 40, columns)]
    assert list(figure.layout.xaxis.ticktext) == [f"+{n}" for n in range(columns)]


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
    assert html.unescape(title) == name
    assert not re.search(r"[<>$]|%\{", title)


def test_a_normalizations_title_is_text_to_plotly(make: Make, by_hand: Recording) -> None:
    def affine(statistics: Statistics) -> Affine:
        ones = np.ones_like(statistics.mean)
        return Affine(ones, 0 * ones, (0, 1), VIRIDIS, "<b>share</b> of $x$")

    widget = make(by_hand, normalizations=[Normalization("own", affine)], normalization="own")
    title = widget.figure().data[0].colorbar.title.text
    assert html.unescape(title) == "<b>share</b> of $x$"
    assert not re.search(r"[<>$]", title)


def test_names_that_utf_8_cannot_hold_are_written_out(make: Make) -> None:
    widget = make(of_maps({"conv\ud800": np.ones((1, 6, 6, 4), "f4")}))
    assert widget.layer == "conv\\ud800"
    figure = widget.figure()
    assert figure.layout.title.text == "conv\\ud800"
    figure.to_html().encode("utf-8")
