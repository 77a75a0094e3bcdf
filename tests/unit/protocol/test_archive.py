"""What a page without a kernel holds of a recording."""

from __future__ import annotations

import numpy as np
import pytest
from archive_reader import kept_maps
from computed import layer_scales
from layer_kinds import KINDS, NOISE
from numpy.typing import NDArray
from recordings import of_maps

from actwidget.numerics.block_reduce import block_extremes
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.protocol.archive import Archive, ArchiveBuilder, shrink_to_fit
from actwidget.protocol.archived_layer import PRECISIONS, Precision
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording


def packed(recording: Recording, precision: Precision = "approximate") -> ArchiveBuilder:
    layers = [recording[path] for path in recording.layers]
    scales = [layer_scales(layer, NORMALIZATIONS) for layer in layers]
    return ArchiveBuilder(layers, scales, "auto", recording, precision=precision)


def blocks_of(archive: Archive) -> list[int]:
    """The finest level of detail of each layer."""
    return [layer["block"] for layer in archive.index["layers"]]


def values(archive: Archive, maps: NDArray[np.float32], image: int) -> NDArray[np.float64]:
    """What a page shows, in the order of the maps."""
    shown = kept_maps(archive.index, archive.data, 0, image)
    return np.moveaxis(shown.reshape(maps.shape[3], *maps.shape[1:3]), 0, -1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("image", [0, 1])
def test_a_value_is_off_by_at_most_a_254th_of_its_channels_range(kind: str, image: int) -> None:
    maps = KINDS[kind]
    shown = values(packed(of_maps(layer=maps)).archive(), maps, image)
    own = maps.astype("f8")
    finite = np.isfinite(own)
    lowest = np.where(finite, own, np.inf).min(axis=(0, 1, 2))
    highest = np.where(finite, own, -np.inf).max(axis=(0, 1, 2))
    span = np.where(finite.any(axis=(0, 1, 2)), highest - lowest, 0)
    seen = finite[image]
    error = np.abs(np.where(seen, shown, 0) - np.where(seen, own[image], 0))
    assert (error <= span / 254).all()
    np.testing.assert_array_equal(shown[~seen], own[image][~seen])


@pytest.mark.parametrize("kind", KINDS)
def test_exact_values_are_the_models_own(kind: str) -> None:
    maps = KINDS[kind]
    archive = packed(of_maps(layer=maps), "exact").archive()
    np.testing.assert_array_equal(values(archive, maps, 1), maps[1])


def test_a_volume_is_kept_slice_by_slice() -> None:
    maps = NOISE.reshape(2, 4 * 5, 21, 5)
    volume = LayerMaps("volume", "Conv3D", None, "maps", maps, depth=4)
    recording = Recording([volume], model_name="net", inputs=maps, images=NOISE[..., :1])
    archive = packed(recording, "exact").archive()
    for number in range(4):
        shown = kept_maps(archive.index, archive.data, 0, 1, number)
        own = volume.slice(number).maps[1]
        np.testing.assert_array_equal(np.moveaxis(shown.reshape(5, 5, 21), 0, -1), own)


def test_a_sequence_is_kept_as_one_map() -> None:
    maps = NOISE[..., :1]
    sequence = LayerMaps("sequence", "LSTM", None, "sequence", maps)
    recording = Recording([sequence], model_name="net", inputs=maps, images=maps)
    archive = packed(recording, "exact").archive()
    np.testing.assert_array_equal(values(archive, maps, 1), maps[1])


def dtype(archive: Archive) -> object:
    """The kind of numbers that the first layer is kept in."""
    return archive.index["layers"][0]["maps"][0][0][0][0][1]


def test_codes_are_used_but_where_they_would_be_seen() -> None:
    assert dtype(packed(of_maps(layer=KINDS["relu"])).archive()) == "uint8"
    # Of each channel one unit is a million times stronger than the rest.
    maps = NOISE.copy()
    maps[0, 0, 0] = 1e6
    assert dtype(packed(of_maps(layer=maps)).archive()) == "float32"
    assert dtype(packed(of_maps(layer=KINDS["units"])).archive()) == "float32"


def of_sizes(**sides: int) -> Recording:
    generator = np.random.default_rng(3)
    return of_maps(
        {
            name: generator.standard_normal((1, side, side, 8)).astype("f4")
            for name, side in sides.items()
        }
    )


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_limit_is_kept_by_a_coarser_level_on_the_largest_layer_first(
    precision: Precision,
) -> None:
    builder = packed(of_sizes(small=10, large=60, middle=20), precision)
    whole = builder.size
    size = shrink_to_fit([builder], whole - 1)
    archive = builder.archive()
    assert size < whole
    assert blocks_of(archive) == [1, 2, 1]
    assert size == len(archive.data)


def test_a_coarser_level_keeps_each_blocks_strongest_unit() -> None:
    recording = of_sizes(large=60)
    builder = packed(recording, "exact")
    shrink_to_fit([builder], builder.size // 3)
    archive = builder.archive()
    (block,) = blocks_of(archive)
    reduced = block_extremes(recording["large"].maps[0], block)
    assert block > 1
    np.testing.assert_array_equal(values(archive, reduced[np.newaxis], 0), reduced)


def test_the_picture_is_laid_out_at_what_is_kept() -> None:
    builder = packed(of_sizes(large=60))
    shrink_to_fit([builder], builder.size // 30)
    archive = builder.archive()
    assert archive.mosaics[0].block == blocks_of(archive)[0] > 1


def test_of_several_widgets_the_largest_layer_of_all_is_first() -> None:
    small, large = packed(of_sizes(small=30)), packed(of_sizes(large=60))
    shrink_to_fit([small, large], small.size + large.size - 1)
    assert (blocks_of(small.archive()), blocks_of(large.archive())) == ([1], [2])


def test_what_does_not_fit_is_as_coarse_as_can_be() -> None:
    builder = packed(of_sizes(large=60))
    assert shrink_to_fit([builder], 10) == builder.size > 10
    assert builder.layers[0].block >= 60
