"""The widget's picture beside those of the widely pasted script and of RT-CNN-Vis's mapsToGrid.

Both are written anew here, in NumPy, and get what Keras itself hands out. The script is the one of
Chollet, *Deep Learning with Python* (2017), section 5.4.1.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from actwidget import ActivationWidget
from actwidget.examples import shapes_cnn
from actwidget.numerics.mosaic import Columns

SIDE = 30
FORMATS = ("channels_first", "channels_last")
CHANNELS = (16, 20, 32, 40)


def pasted_script(activation: NDArray[np.float32], images_per_row: int = 16) -> NDArray[np.float64]:
    """Tile the maps of (1, size, size, channels) as the script does, as bytes of 0 to 255."""
    activation = activation.copy()  # the script draws over the numbers it was given
    n_features, size = activation.shape[-1], activation.shape[1]
    n_rows = n_features // images_per_row
    grid = np.zeros((size * n_rows, images_per_row * size))
    for row in range(n_rows):
        for column in range(images_per_row):
            channel = activation[0, :, :, row * images_per_row + column]
            channel -= channel.mean()
            channel /= channel.std()
            channel *= 64
            channel += 128
            down, across = row * size, column * size
            grid[down : down + size, across : across + size] = np.clip(channel, 0, 255).astype(
                np.uint8
            )
    return grid


def maps_to_grid(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Tile the maps of (height, width, channels) as mapsToGrid does."""
    number = maps.shape[-1]
    columns = math.ceil(number**0.5)
    rows = math.ceil(number / columns)
    stack = [maps[..., channel] for channel in range(number)]
    stack += [stack[-1]] * (rows * columns - number)
    return np.vstack([np.hstack(stack[row * columns :][:columns]) for row in range(rows)])


@cache
def keras_model(data_format: str, channels: int, height: int = SIDE, width: int = SIDE) -> Any:
    """A convolution with the weights that Keras gives it, and a LeakyReLU."""
    import keras

    keras.utils.set_random_seed(channels)
    shape = (height + 2, width + 2, 1)
    return keras.Sequential(
        [
            keras.Input(shape if data_format == "channels_last" else (1, *shape[:2])),
            keras.layers.Conv2D(
                channels, 3, data_format=data_format, bias_initializer="normal", name="convolution"
            ),
            keras.layers.LeakyReLU(name="leaky"),
        ]
    )


def image_for(data_format: str, height: int = SIDE, width: int = SIDE) -> NDArray[np.float32]:
    """A part of a square and its surroundings, in the axes that the model takes."""
    image = np.asarray(shapes_cnn.images()[2][: height + 2, : width + 2], dtype=np.float32)
    return image if data_format == "channels_last" else np.moveaxis(image, -1, 0)


def keras_activation(data_format: str, channels: int, **size: int) -> NDArray[np.float32]:
    """What the model itself returns, in its own axes, (1, …)."""
    model = keras_model(data_format, channels, **size)
    return np.asarray(model(image_for(data_format, **size)[None]))


def channels_last(activation: NDArray[np.float32], data_format: str) -> NDArray[np.float32]:
    return activation if data_format == "channels_last" else np.moveaxis(activation, 1, -1)


def shown_tiles(
    data_format: str,
    channels: int,
    *,
    normalization: str,
    columns: Columns,
    **size: int,
) -> NDArray[np.float64]:
    """The shown values of the widget's picture, (rows, columns, height, width), without gutters."""
    height, width = size.get("height", SIDE), size.get("width", SIDE)
    widget = ActivationWidget(
        keras_model(data_format, channels, **size),
        image_for(data_format, **size),
        layer="leaky",
        normalization=normalization,
        columns=columns,
    )
    heatmap = widget.figure().data[0]
    drawn = np.array(heatmap.z, dtype=np.float64)
    # The axes count tiles, and a cell is dx × dy of one.
    down, across = round(1 / heatmap.dy), round(1 / heatmap.dx)
    widget.close()
    tiles = drawn.reshape(drawn.shape[0] // down, down, drawn.shape[1] // across, across)
    return tiles.swapaxes(1, 2)[:, :, :height, :width]


def as_one_picture(tiles: NDArray[np.float64]) -> NDArray[np.float64]:
    rows, columns, height, width = tiles.shape
    return tiles.swapaxes(1, 2).reshape(rows * height, columns * width)


def as_bytes(z_scores: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.clip(64 * z_scores + 128, 0, 255).astype(np.uint8)


def assert_same_picture(ours: NDArray[np.uint8], theirs: NDArray[np.float64]) -> None:
    """Allow the script's float32 to fall on the other side of a whole number here and there."""
    assert ours.shape == theirs.shape
    difference = np.abs(ours.astype(int) - theirs.astype(int))
    assert difference.max() <= 1
    assert np.mean(difference == 0) > 0.999


def assert_all_tiles_differ(picture: NDArray[np.float64], side: int) -> None:
    """A picture of equal tiles would be the same in any order."""
    rows, columns = picture.shape[0] // side, picture.shape[1] // side
    tiles = picture.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(-1, side * side)
    assert len(np.unique(tiles, axis=0)) == rows * columns


@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("data_format", FORMATS)
def test_channel_z_score_in_sixteen_columns_is_the_picture_of_the_script(
    data_format: Literal["channels_first", "channels_last"], channels: int
) -> None:
    theirs = pasted_script(channels_last(keras_activation(data_format, channels), data_format))
    assert len(np.unique(theirs)) > 200
    assert_all_tiles_differ(theirs, SIDE)

    tiles = shown_tiles(data_format, channels, normalization="channel z-score", columns=16)
    assert_same_picture(as_bytes(as_one_picture(tiles[: channels // 16])), theirs)


@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("data_format", FORMATS)
def test_sixteen_columns_show_the_channels_that_the_script_drops(
    data_format: str, channels: int
) -> None:
    activation = channels_last(keras_activation(data_format, channels), data_format)
    whole_rows, dropped = divmod(channels, 16)
    assert len(pasted_script(activation)) == whole_rows * SIDE

    tiles = shown_tiles(data_format, channels, normalization="channel z-score", columns=16)
    assert tiles.shape == (math.ceil(channels / 16), 16, SIDE, SIDE)
    # Rolled to the front, even the last channels come into the script's first row.
    last_sixteen = pasted_script(activation[..., -16:])
    shown = tiles.reshape(-1, SIDE, SIDE)[:channels][-16:]
    assert_same_picture(as_bytes(as_one_picture(shown[None])), last_sixteen)
    if dropped:
        assert np.isnan(tiles[-1, dropped:]).all()


def test_the_script_shows_nothing_of_a_layer_with_fewer_than_sixteen_channels() -> None:
    assert pasted_script(keras_activation("channels_last", 12)).size == 0
    tiles = shown_tiles("channels_last", 12, normalization="channel z-score", columns=16)
    assert np.isfinite(tiles[0, :12]).all()


@pytest.mark.parametrize("data_format", FORMATS)
def test_the_script_stops_at_maps_that_are_not_square_and_ours_does_not(data_format: str) -> None:
    size = {"height": 24, "width": 31}
    activation = channels_last(keras_activation(data_format, 16, **size), data_format)
    with pytest.raises(ValueError, match="could not broadcast"):
        pasted_script(activation)

    tiles = shown_tiles(data_format, 16, normalization="channel z-score", columns=16, **size)
    for channel, shown in enumerate(tiles[0]):
        x = activation[0, ..., channel].astype(np.float64)
        np.testing.assert_allclose(shown, (x - x.mean()) / x.std(), atol=1e-9)


def test_the_script_takes_the_wrong_axis_of_channels_first_and_ours_does_not() -> None:
    activation = keras_activation("channels_first", 32)
    with pytest.raises(ValueError, match=r"shape \(32,30\)"):
        pasted_script(activation)

    first = shown_tiles("channels_first", 32, normalization="channel z-score", columns=16)
    assert_same_picture(
        as_bytes(as_one_picture(first)), pasted_script(np.moveaxis(activation, 1, -1))
    )


def test_the_script_divides_by_zero_where_a_channel_is_flat_and_ours_shows_its_mean() -> None:
    import keras

    model = keras.models.clone_model(keras_model("channels_last", 16))
    kernel, bias = keras_model("channels_last", 16).get_layer("convolution").get_weights()
    kernel[..., 3] = 0
    model.get_layer("convolution").set_weights([kernel, bias])
    image = image_for("channels_last")
    activation = np.asarray(model(image[None]))
    assert np.ptp(activation[..., 3]) == 0
    assert activation[0, 0, 0, 3] != 0
    with (
        np.errstate(divide="raise", invalid="raise"),
        pytest.raises(FloatingPointError),
    ):
        pasted_script(activation)

    widget = ActivationWidget(model, image, layer="leaky", normalization="channel z-score")
    widget.channel = 3
    assert np.array_equal(np.unique(widget.figure().data[0].z), [0])


@pytest.mark.parametrize("size", [(SIDE, SIDE), (24, 31)], ids=str)
@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("data_format", FORMATS)
def test_square_columns_are_the_grid_of_maps_to_grid(
    data_format: str, channels: int, size: tuple[int, int]
) -> None:
    height, width = size
    activation = keras_activation(data_format, channels, height=height, width=width)
    theirs = maps_to_grid(channels_last(activation, data_format)[0])

    tiles = shown_tiles(
        data_format, channels, normalization="raw", columns="square", height=height, width=width
    )
    ours = as_one_picture(tiles)
    assert ours.shape == theirs.shape
    gaps = np.isnan(ours)
    assert np.array_equal(ours[~gaps], theirs[~gaps])

    empty = tiles.shape[0] * tiles.shape[1] - channels
    assert np.count_nonzero(gaps) == empty * height * width
    # The places that are empty here repeat the last map there.
    last = channels_last(activation, data_format)[0, ..., -1]
    theirs_in_gaps = theirs[-height:, theirs.shape[1] - empty * width :]
    assert np.array_equal(theirs_in_gaps, np.tile(last, (1, empty)))
