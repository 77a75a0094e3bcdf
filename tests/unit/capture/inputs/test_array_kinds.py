"""Whatever NumPy can read as an array is an image, and masked values are gaps."""

from __future__ import annotations

import array
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import PIL.Image
import pytest
from keras import layers
from recorded import numbers

from actwidget import Recording, record
from actwidget.capture.inputs.pixels import image_to_array, read_pixels

X = numbers(6, 7, 3)


def cnn() -> keras.Model:
    return keras.Sequential([keras.Input((6, 7, 3)), layers.Conv2D(2, 3, name="conv")], name="cnn")


class HasArray:
    """Not even a shape: all that NumPy needs is a method."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return X if dtype is None else X.astype(dtype)


class HasInterface:
    """The interface as an attribute of the instance."""

    def __init__(self) -> None:
        self.__array_interface__ = X.__array_interface__


class HasDLPack:
    """As CuPy's arrays have it, and many others."""

    def __dlpack__(self, **options: Any) -> Any:
        return X.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return X.__dlpack_device__()


def h5py_dataset() -> Any:
    import h5py  # type: ignore[import-untyped]

    return h5py.File(io.BytesIO(), "w").create_dataset("x", data=X)


def zarr_array() -> Any:
    import zarr

    return zarr.array(X)


def xarray_array() -> Any:
    import xarray

    return xarray.DataArray(X, dims=("row", "column", "channel"))


def jax_array() -> Any:
    import jax

    return jax.numpy.asarray(X)


def tensorflow_variable() -> Any:
    import tensorflow as tf

    return tf.Variable(X)


KINDS: dict[str, Callable[[], Any]] = {
    "h5py": h5py_dataset,
    "zarr": zarr_array,
    "xarray": xarray_array,
    "jax": jax_array,
    "tf.Variable": tensorflow_variable,
    "keras.Variable": lambda: keras.Variable(X),
    "__array__": HasArray,
    "__array_interface__": HasInterface,
    "DLPack": HasDLPack,
    "memoryview": lambda: X.data,
    "big-endian": lambda: X.astype(">f4"),
    "Fortran order": lambda: np.asfortranarray(X),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_numpy_reads_as_an_array_is_an_image(kind: str) -> None:
    np.testing.assert_array_equal(image_to_array(KINDS[kind]()), X)


@pytest.mark.parametrize("kind", ["h5py", "zarr", "xarray", "DLPack"])
def test_it_is_recorded_as_the_array_is(kind: str) -> None:
    model = cnn()
    expected = record(model, X)["conv"].maps
    for given in (KINDS[kind](), [KINDS[kind](), X]):
        np.testing.assert_array_equal(record(model, given)["conv"].maps[0], expected[0])


def test_what_to_xarray_returns_can_be_recorded_again() -> None:
    model = cnn()
    recording = record(model, X)
    again = record(model, recording.to_xarray("input"))
    np.testing.assert_array_equal(again["conv"].maps, recording["conv"].maps)


def test_the_maps_of_a_saved_recording_are_an_image(tmp_path: Path) -> None:
    recording = record(cnn(), X)
    recording.save(tmp_path / "saved.zarr")
    loaded = Recording.load(tmp_path / "saved.zarr")
    again = record(cnn(), loaded.input.maps)
    np.testing.assert_array_equal(again.inputs, recording.inputs)
    loaded.close()


def test_numbers_with_a_buffer_are_a_vector() -> None:
    np.testing.assert_array_equal(image_to_array(array.array("d", [1, 2, 3])), [1, 2, 3])


def test_nested_lists_may_hold_arrays_of_any_kind_at_any_depth() -> None:
    nested = [[h5py_dataset(), HasArray()], [X, KINDS["xarray"]()]]
    assert image_to_array(nested).shape == (2, 2, *X.shape)


def masked(dtype: str, count: int = 4) -> np.ma.MaskedArray[Any, Any]:
    """Pixels of which some are masked, with a fill value that means nothing."""
    mask = np.zeros(X.shape, bool)
    mask.flat[:count] = True
    return np.ma.masked_array((X * 200).astype(dtype), mask, fill_value=99)


@pytest.mark.parametrize("dtype", ["u1", "i2", "i8", "f4", "f8"])
def test_masked_values_are_gaps(dtype: str) -> None:
    given = masked(dtype)
    found, count = read_pixels(given)
    assert count == 4
    assert found.dtype.kind == "f"
    np.testing.assert_array_equal(np.isnan(found), given.mask)
    np.testing.assert_array_equal(found[~given.mask], given.data[~given.mask])


def test_a_mask_without_a_masked_value_changes_nothing() -> None:
    found, count = read_pixels(masked("u1", 0))
    assert count == 0
    assert found.dtype == np.uint8


@pytest.mark.parametrize(
    "given", [lambda: masked("f4"), lambda: [masked("f4"), X], lambda: [[masked("u1")], [X]]]
)
def test_masked_values_are_gaps_in_lists_as_well(given: Callable[[], Any]) -> None:
    assert np.isnan(read_pixels(given()).array).sum() == 4


def test_masked_values_are_warned_of_once_and_recorded_as_gaps() -> None:
    with pytest.warns(
        UserWarning, match=r"image holds 4 NaN or infinite values \(4 of them ma"
    ) as w:
        recording = record(cnn(), masked("f4"))
    assert len(w) == 1
    assert np.isnan(recording.inputs).sum() == 4
    assert recording["conv"].statistics.non_finite


def test_masked_values_of_what_preprocess_returns_are_gaps() -> None:
    recording = record(cnn(), X, preprocess=lambda x: np.ma.masked_greater(x, 0.9))
    assert np.isnan(recording.inputs).sum() == (X > 0.9).sum()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_model_of_integers_is_not_given_gaps(bad: float) -> None:
    model = keras.Sequential([keras.Input((6, 7, 3), dtype="uint8"), layers.Rescaling(1 / 255)])
    image = np.round(X * 255)
    image[0, 0, 0] = bad
    with (
        pytest.warns(UserWarning, match="1 NaN or infinite"),
        pytest.raises(ValueError, match="which has none"),
    ):
        record(model, image)


@pytest.mark.parametrize("image", [np.full((6, 7, 3), 256), np.full((6, 7, 3), -1.0)])
def test_integers_are_not_wrapped_around(image: np.ndarray) -> None:
    model = keras.Sequential([keras.Input((6, 7, 3), dtype="uint8"), layers.Rescaling(1 / 255)])
    with pytest.raises(ValueError, match=r"takes uint8, from 0 to 255: scale them"):
        record(model, image)


def test_palettes_keep_their_colours_in_lists() -> None:
    red = PIL.Image.new("RGB", (3, 2), (255, 0, 0)).convert("P")
    np.testing.assert_array_equal(image_to_array([red, red])[1, 0, 0], [255, 0, 0])


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_finite_values_beyond_float32_are_said_to_become_infinite() -> None:
    image = X.astype("f8")
    image[0, 0, 0], image[1, 1, 1], image[2, 2, 2] = 1e39, -1e300, 3.4028235e38
    with pytest.warns(UserWarning, match=r"image holds 2 finite values beyond ±3.4e38") as caught:
        recording = record(cnn(), image)
    assert caught[0].filename == __file__
    assert np.isinf(recording.inputs).sum() == 2
    with pytest.warns(UserWarning, match="the result of preprocess holds 1 finite value"):
        record(cnn(), X, preprocess=lambda x: np.where(x == x.max(), 1e200, x.astype("f8")))


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_layer_of_float64_beyond_float32_is_named() -> None:
    model = keras.Sequential(
        [keras.Input((6, 7, 3)), layers.Lambda(lambda x: x * 1e200, dtype="float64", name="big")]
    )
    with pytest.warns(UserWarning, match=r"beyond ±3.4e38.*shown as infinite, in big"):
        recording = record(model, X)
    assert recording["big"].statistics.non_finite
