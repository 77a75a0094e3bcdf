from __future__ import annotations

import sys
import time

import numpy as np
import pytest

from actwidget import Recording
from actwidget.recording.layer import LayerMaps
from actwidget.recording.map_array import BLOCK_UNITS


def make_recording(**layers: np.ndarray) -> Recording:
    zeros = np.zeros((2, 8, 8, 1), "f4")
    return Recording(
        [LayerMaps(path, "Conv2D", "relu", "maps", maps) for path, maps in layers.items()],
        model_name="net <1>",
        inputs=zeros,
        images=zeros,
    )


def ramp(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(np.prod(shape), dtype="f4").reshape(shape)


@pytest.fixture
def recording() -> Recording:
    return make_recording(conv1=ramp((2, 3, 4, 5)), zeros=np.zeros((2, 1, 1, 7), "f4"))


def test_text_is_a_table_of_the_layers(recording: Recording) -> None:
    assert repr(recording).splitlines() == [
        "<Recording of net <1>: 2 layers, 2 images, 1.05 kB>",
        "layer  type               shape  memory  min  mean  max   zeros",
        "input  Input          8 × 8 × 1   512 B    0     0    0  100.0%",
        "conv1  Conv2D + relu  3 × 4 × 5   480 B    0  59.5  119    0.8%",
        "zeros  Conv2D + relu  1 × 1 × 7    56 B    0     0    0  100.0%",
    ]


def test_html_is_escaped() -> None:
    recording = make_recording(**{"<script>": ramp((2, 3, 4, 5))})
    shown = recording._repr_html_()
    assert "<script>" not in shown
    assert "net &lt;1&gt;: 1 layer, 2 images" in shown
    assert '<td style="text-align:left">&lt;script&gt;</td>' in shown
    assert ">59.5</td>" in shown


def test_a_closed_recording_is_one_line(recording: Recording) -> None:
    recording.close()
    assert repr(recording) == "<Recording of net <1>: 2 layers, closed>"
    assert recording._repr_html_() == "<p>Recording of net &lt;1&gt;: 2 layers, closed</p>"


def test_a_thousand_layers_are_shown_at_once() -> None:
    recording = make_recording(**{f"layer{n}": ramp((1, 8, 8, 16)) for n in range(1000)})
    began = time.process_time()
    text, shown = repr(recording), recording._repr_html_()
    assert time.process_time() - began < 1
    lines = text.splitlines()
    assert len(lines) == 2 + 2 * 20 + 1
    assert lines[2 + 20] == "… 961 more …"
    assert lines[-1].startswith("layer999 ")
    assert shown.count("<tr>") == 1002


def test_numbers_of_a_huge_recording_are_not_computed_for_a_display(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actwidget.recording.table.UNITS_READ", 258)
    assert sum(entry.maps.size for entry in recording.values()) > 258
    assert repr(recording).splitlines()[4].endswith("–")
    again = make_recording(conv1=ramp((2, 3, 4, 5)), conv2=ramp((2, 3, 4, 5)))
    assert repr(again).splitlines()[4].split()[-4:] == ["–"] * 4
    assert "summary" not in vars(again["conv2"])
    # Once it is known, it is shown.
    assert again["conv2"].summary.maximum == 119
    assert repr(again).splitlines()[4].split()[-4:] == ["0", "59.5", "119", "0.8%"]


def test_a_summary_agrees_with_the_statistics() -> None:
    maps = np.random.default_rng(0).standard_normal((2, 200, 201, 7), dtype="f4")
    assert maps.size > 2 * BLOCK_UNITS
    maps[0, 0, 0] = 0
    maps[1, 5, 5, :3] = np.nan, np.inf, -np.inf
    entry = LayerMaps("a", "Conv2D", None, "maps", maps)
    assert entry.summary.minimum == entry.statistics.layer_minimum
    assert entry.summary.maximum == entry.statistics.layer_maximum
    assert entry.summary.mean == pytest.approx(entry.statistics.layer_mean)
    assert entry.summary.zeros == 7 / maps.size


def test_xarray_names_the_axes(recording: Recording) -> None:
    one = recording.to_xarray("conv1")
    assert one.dims == ("image", "row", "column", "channel")
    assert one.attrs == {"layer_type": "Conv2D", "activation": "relu", "finite": "all"}
    np.testing.assert_array_equal(
        one.isel(channel=3).mean("row"), ramp((2, 3, 4, 5))[..., 3].mean(1)
    )
    every = recording.to_xarray()
    assert list(every) == ["input", "conv1", "zeros"]
    assert every["conv1"].dims == ("image", "conv1 row", "conv1 column", "conv1 channel")
    assert dict(every.sizes)["zeros channel"] == 7
    np.testing.assert_array_equal(every["conv1"], recording["conv1"].maps)
    with pytest.raises(KeyError, match="'conv1'"):
        recording.to_xarray("conv2")


def test_a_missing_xarray_is_reported(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(ImportError, match="pip install xarray"):
        recording.to_xarray()
