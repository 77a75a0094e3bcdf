"""A recording's health, against a count of every unit."""

from __future__ import annotations

import numpy as np
import pytest
from recordings import of_maps

from actwidget import record
from actwidget.examples import shapes_cnn
from actwidget.recording.health import Health, LayerHealth
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

BOUNDS = {
    "sigmoid": (0, 1),
    "softmax": (0, 1),
    "tanh": (-1, 1),
}


def one(maps: np.ndarray, activation: str | None = None) -> LayerHealth:
    (row,) = of_maps(activation=activation, layer=maps).health()
    return row


def layers() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    noise = generator.standard_normal((2, 9, 9, 8)).astype("f4")
    silent = noise.copy()
    silent[..., 1] = 0
    silent[..., 2] *= 1e-33
    silent[..., 3] = -0.771
    bad = noise.copy()
    bad[0, :3, 0, 0] = np.nan, np.inf, -np.inf
    bad[..., 5] = np.nan
    return {
        "noise": noise,
        "relu": np.maximum(noise, 0),
        "silent": silent,
        "bad": bad,
        "all_dead": np.zeros((2, 4, 4, 3), "f4"),
        "dense": generator.standard_normal((2, 1, 1, 30)).astype("f4"),
        "dense_dead": np.zeros((2, 1, 1, 30), "f4"),
        "dense_flat": np.full((2, 1, 1, 30), 0.5, "f4"),
    }


def by_force(path: str, maps: np.ndarray) -> LayerHealth:
    """The row of a layer without bounds, channel by channel."""
    single = maps.shape[1:3] == (1, 1)
    groups = [maps] if single else list(np.moveaxis(maps, -1, 0))
    largest = np.abs(maps[np.isfinite(maps)]).max()
    dead = flat = 0
    for group in groups:
        units = group[np.isfinite(group)].astype(np.float64)
        if not units.size or units.max() - units.min() > 1e-6 * largest:
            continue
        if np.abs(units).max() <= 1e-6 * largest:
            dead += 1
        else:
            flat += 1
    return LayerHealth(
        layer=path,
        channels=maps.shape[-1],
        dead=dead,
        flat=flat,
        zeros=float((maps == 0).mean()),
        saturated=None,
        non_finite=int((~np.isfinite(maps)).sum()),
    )


def test_every_layer_has_its_row_in_order() -> None:
    found = of_maps(layers(), activation=None).health()
    for row, (path, maps) in zip(found, layers().items(), strict=True):
        expected = by_force(path, maps)
        assert row.zeros == pytest.approx(expected.zeros, abs=1e-12)
        assert {**vars(row), "zeros": 0} == {**vars(expected), "zeros": 0}


def test_dead_and_flat_channels_are_counted() -> None:
    rows = {row.layer: (row.dead, row.flat) for row in of_maps(layers()).health()}
    assert rows == {
        "noise": (0, 0),
        "relu": (0, 0),
        "silent": (2, 1),
        "bad": (0, 0),
        "all_dead": (3, 0),
        "dense": (0, 0),
        "dense_dead": (1, 0),
        "dense_flat": (0, 1),
    }


@pytest.mark.parametrize("activation", list(BOUNDS))
def test_saturated_units_are_within_a_hundredth_of_the_range_from_a_bound(activation: str) -> None:
    low, high = BOUNDS[activation]
    maps = np.random.default_rng(0).uniform(low, high, (3, 20, 20, 5)).astype("f4")
    near = 0.01 * (high - low)
    expected = float(((maps >= high - near) | (maps <= low + near)).mean())
    assert 0 < expected < 0.1
    assert one(maps, activation).saturated == expected


def test_a_relu6_is_saturated_at_its_upper_bound_only() -> None:
    maps = np.random.default_rng(0).uniform(-3, 9, (3, 20, 20, 5)).clip(0, 6).astype("f4")
    row = one(maps, "relu6")
    assert row.saturated == float((maps >= 5.94).mean())
    assert row.zeros == pytest.approx(float((maps == 0).mean()))


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "gelu", None])
def test_an_activation_without_bounds_is_not_saturated(activation: str | None) -> None:
    assert one(np.ones((1, 3, 3, 2), "f4"), activation).saturated is None


def test_units_that_are_not_finite_are_neither_zero_nor_saturated() -> None:
    maps = np.array([np.nan, 0, 0.5, 1], "f4").reshape(1, 2, 2, 1)
    row = one(maps, "sigmoid")
    assert (row.zeros, row.saturated, row.non_finite) == (0.25, 0.5, 1)


def test_the_shipped_network_is_healthy() -> None:
    recording = record(shapes_cnn.model(), shapes_cnn.images())
    found = recording.health()
    assert [row.layer for row in found] == list(recording.layers)
    for row in found:
        expected = by_force(row.layer, np.asarray(recording[row.layer].maps))
        assert (row.dead, row.flat) == (expected.dead, expected.flat)
        assert row.zeros == pytest.approx(expected.zeros, abs=1e-12)


# As a table


@pytest.fixture
def table() -> Health:
    entries = [
        LayerMaps("<b>conv</b>", "Conv2D", "relu", "maps", layers()["silent"]),
        LayerMaps(
            "out & in", "Dense", "sigmoid", "units", np.array([0, 1], "f4").reshape(1, 1, 1, 2)
        ),
    ]
    zeros = np.zeros((2, 4, 4, 1), "f4")
    return Recording(entries, model_name="net", inputs=zeros, images=zeros).health()


def test_it_is_shown_as_text(table: Health) -> None:
    lines = repr(table).splitlines()
    assert lines[0].split() == [
        *("layer", "channels", "dead", "flat", "zeros", "saturated", "non-finite")
    ]
    assert lines[1].split() == ["<b>conv</b>", "8", "2", "1", "12.5%", "–", "0"]
    assert lines[2].split() == ["out", "&", "in", "2", "0", "0", "50.0%", "100.0%", "0"]
    assert len({len(line) for line in lines}) == 1


def test_html_in_a_layers_name_is_escaped(table: Health) -> None:
    html = table._repr_html_()
    assert "<b>" not in html
    assert ">&lt;b&gt;conv&lt;/b&gt;</td>" in html
    assert ">out &amp; in</td>" in html
    assert html.count("<tr>") == 3
    assert html.count("</th>") == 7


def test_it_converts_to_columns(table: Health) -> None:
    columns = table.to_dict()
    assert columns == {
        "layer": ["<b>conv</b>", "out & in"],
        "channels": [8, 2],
        "dead": [2, 0],
        "flat": [1, 0],
        "zeros": [pytest.approx(0.125), 0.5],
        "saturated": [None, 1.0],
        "non_finite": [0, 0],
    }
    assert list(columns) == list(vars(table[0]))
