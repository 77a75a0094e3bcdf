"""Sequences: one picture of time × channels, in which a channel is a column."""

from __future__ import annotations

import numpy as np
import pytest
import traitlets
from recordings import Make

from actwidget import ActivationWidget, record
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording


@pytest.fixture
def sequences() -> Recording:
    random = np.random.default_rng(0)

    def entry(path: str, kind: str, *shape: int) -> LayerMaps:
        maps = random.standard_normal((2, *shape)).astype("f4")
        return LayerMaps(path, "LSTM", None, kind, maps)  # type: ignore[arg-type]

    received = entry("input", "units", 1, 1, 9)
    return Recording(
        [entry("lstm", "sequence", 9, 6, 1), entry("wide", "sequence", 30, 40, 1)],
        model_name="net",
        inputs=received.maps,
        images=np.zeros((2, 0, 0, 1)),
        input=received,
    )


@pytest.fixture
def widget(make: Make, sequences: Recording) -> ActivationWidget:
    return make(sequences, layer="lstm")


def test_channels_are_the_columns_of_one_map(sequences: Recording) -> None:
    entry = sequences["lstm"]
    assert (entry.channels, entry.tiles, entry.sizes) == (6, 1, (9, 6))
    assert repr(entry) == "<LayerMaps lstm: LSTM, 9 × 6>"
    assert "9 × 6 " in repr(sequences)


def test_the_channel_slider_counts_columns(widget: ActivationWidget) -> None:
    assert widget.channel_slider.max == 5
    widget.layer = "wide"
    widget.channel = 39
    assert widget.channel_slider.value == 39
    widget.layer = "lstm"
    assert widget.trait_values()["channel"] is None
    with pytest.raises(traitlets.TraitError, match="channel is 6; lstm has channels 0 to 5"):
        widget.channel = 6


def test_the_figure_shows_all_channels_and_frames_one(
    widget: ActivationWidget, sequences: Recording
) -> None:
    widget.channel = 4
    figure = widget.figure()
    np.testing.assert_array_equal(figure.data[0].z, sequences["lstm"].maps[0, :, :, 0])
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1) == (4 / 6, 5 / 6)
    assert "lstm · channel 4 · " in figure.layout.title.text
    assert [figure.layout.xaxis.title.text, figure.layout.yaxis.title.text] == ["channel", "time"]
    assert figure.layout.xaxis.ticktext == tuple("012345")
    widget.channel = None
    assert "framed" not in [shape.name for shape in widget.figure().layout.shapes]


def test_the_page_is_told_that_there_is_no_input_image(
    make: Make, sequences: Recording, by_hand: Recording
) -> None:
    widget = make(sequences)
    assert not widget.has_input_image
    assert "input" not in widget.shown.overview(1, 0, 0, with_input=True)
    assert make(by_hand).has_input_image


def test_named_axes(sequences: Recording) -> None:
    xarray = pytest.importorskip("xarray")
    one = sequences.to_xarray("lstm")
    assert one.dims == ("image", "time", "channel")
    np.testing.assert_array_equal(one, sequences["lstm"].maps[..., 0])
    assert isinstance(sequences.to_xarray(), xarray.Dataset)
    maps = np.arange(2 * 6 * 2 * 3, dtype="f4").reshape(1, 12, 2, 3)
    deep = LayerMaps("deep", "Conv3D", None, "maps", maps, depth=4)
    recording = Recording([deep], model_name="net", inputs=maps, images=maps)
    assert recording.to_xarray("deep").dims == ("image", "slice", "row", "column", "channel")
    np.testing.assert_array_equal(recording.to_xarray("deep"), deep.volume)


@pytest.mark.parametrize("built", [True, False])
def test_what_a_dense_layer_at_every_time_step_is_given_is_a_sequence(built: bool) -> None:
    import keras

    parts = [keras.layers.TimeDistributed(keras.layers.Dense(4), name="each")]
    model = keras.Sequential([keras.Input((7, 3)), *parts] if built else parts)
    recording = record(model, np.ones((1, 7, 3), "f4"))
    assert recording.input.kind == recording["each"].kind == "sequence"
