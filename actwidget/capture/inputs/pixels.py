"""Images of any kind as arrays of numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from numbers import Number
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actwidget.capture.inputs.no_array import (
    ACCEPTED,
    as_array_code,
    no_array_message,
    text_message,
)
from actwidget.model.tensors import is_concrete, is_symbolic, is_tensor, to_array
from actwidget.numerics.dtypes import to_float32
from actwidget.utils.messages import listed, shortened


class Pixels(NamedTuple):
    """An image of any kind as an array.

    Attributes
    ----------
    array : NDArray
        Real numbers, in the image's own axes and dtype; float and NaN where values are masked.
    masked : int
        How many values are masked.
    """

    array: NDArray[Any]
    masked: int


def image_to_array(image: Any, *, argument: str = "image") -> NDArray[Any]:
    """Convert an image of any kind to an array: see `read_pixels`."""
    return read_pixels(image, argument=argument).array


def read_pixels(image: Any, *, argument: str = "image") -> Pixels:
    """Convert an image of any kind, or a list of some, to an array of real numbers.

    It has the axes that were given, in the image's own dtype; errors call it `argument`, which is
    also the Python expression for it in their advice. Masked values become NaN.

    Raises
    ------
    TypeError
        If it is text, a symbolic tensor, or does not hold numbers.
    ValueError
        If a list is ragged, or the image is empty.
    """
    array = _as_array(image, argument)
    masked = 0
    if isinstance(array, np.ma.MaskedArray):
        masked = int(np.count_nonzero(np.ma.getmaskarray(array)))
        array = _with_gaps(array) if masked else array.data
    if array.dtype.kind in "USO" and array.size and isinstance(array.flat[0], (str, bytes)):
        raise TypeError(text_message(array.flat[0], argument, number=array.size))
    if array.dtype.kind == "O":
        raise TypeError(
            f"{argument} holds Python objects (dtype object){_as_numbers(image, array, argument)}"
        )
    if array.dtype.kind == "V" and array.dtype.fields is None:
        array = to_float32(array)
    if array.dtype.kind == "c":
        raise TypeError(
            f"{argument} holds {array.dtype} values; give real numbers, such as their magnitudes: "
            f"np.abs({expression(image, argument)})"
        )
    if array.dtype.kind not in "biuf":
        kind = shortened(array.dtype)
        raise TypeError(f"{argument} holds {kind} values; give integers or floats")
    if not array.size:
        shape = shortened(array.shape)
        raise ValueError(f"{argument} has shape {shape}: there is no image in it; give {ACCEPTED}")
    return Pixels(np.asarray(array), masked)


def expression(image: Any, argument: str) -> str:
    """Return a Python expression for an image as an array, given that for the image itself."""
    if isinstance(image, np.ndarray):
        return argument
    if _is_pil(image) and (mode := _plain_mode(image)):
        return f'np.asarray({argument}.convert("{mode}"))'
    if _package(image) == "torch":
        return f"{argument}.detach().cpu().numpy()"
    return f"np.asarray({argument})"


def is_pil(image: Any) -> bool:
    """Check whether an object is a PIL image."""
    return _is_pil(image)


def _as_array(image: Any, argument: str) -> NDArray[Any]:
    if isinstance(image, (str, os.PathLike)):
        raise TypeError(text_message(image, argument))
    if isinstance(image, (list, tuple)):
        return _stacked(image, argument)
    if _is_pil(image):
        mode = _plain_mode(image)
        return np.asarray(image.convert(mode) if mode else image)
    if _is_symbolic(image):
        kind = type(image).__name__
        raise TypeError(f"{argument} is a {kind}, which holds no numbers yet; give {ACCEPTED}")
    if not _may_be_array(image):
        raise TypeError(no_array_message(image, argument))
    try:
        array = _converted(image)
    except Exception as error:
        # Anything may be raised by another library's conversion.
        raise TypeError(no_array_message(image, argument, error)) from error
    if array.dtype.kind == "O" and (not array.ndim or as_array_code(image, argument)):
        # NumPy wraps what it cannot read: a sparse matrix, a ragged tensor.
        raise TypeError(no_array_message(image, argument))
    return array


_PROTOCOLS = ("__array__", "__array_interface__", "__array_struct__", "__dlpack__")
"""What an object offers that NumPy can read, as h5py, zarr, xarray, dask and CuPy objects do."""

_BACKENDS = ("tensorflow", "keras", "tf_keras", "jax", "jaxlib", "torch")


def _may_be_array(image: Any) -> bool:
    if isinstance(image, (type, bytes, bytearray, Mapping)) or image is None:
        return False
    if isinstance(image, memoryview):
        return image.ndim > 1 or image.format not in ("B", "b", "c")
    return any(hasattr(image, name) for name in _PROTOCOLS) or _has_buffer(image)


def _has_buffer(image: Any) -> bool:
    """Check for the buffer protocol, as ``array.array`` offers it; raw bytes are no numbers."""
    try:
        view = memoryview(image)
    except (TypeError, BufferError, ValueError):
        return False
    with view:
        return view.format not in ("B", "c") or view.ndim > 1


def _is_symbolic(image: Any) -> bool:
    return (
        _package(image) in _BACKENDS
        and is_tensor(image)
        and (not is_concrete(image) and is_symbolic(image))
    )


def _converted(image: Any) -> NDArray[Any]:
    if _package(image) in _BACKENDS and is_concrete(image):
        return to_array(image)
    if any(hasattr(image, name) for name in _PROTOCOLS[:3]) or not hasattr(image, "__dlpack__"):
        # Not `asarray`, which drops a mask.
        return np.asanyarray(image)
    return np.array(np.from_dlpack(image))


def _with_gaps(array: np.ma.MaskedArray[Any, Any]) -> NDArray[Any]:
    """Return a masked array as floats, NaN where it is masked: what lies there means nothing."""
    small = array.dtype.kind in "biu" and array.dtype.itemsize <= 2
    dtype = array.dtype if array.dtype.kind == "f" else np.dtype("f4" if small else "f8")
    return np.where(np.ma.getmaskarray(array), dtype.type(np.nan), array.data.astype(dtype))


def _as_numbers(image: Any, array: NDArray[Any], argument: str) -> str:
    """Say how an array of Python objects becomes one of numbers, if it can."""
    code = expression(image, argument)
    attempts: dict[str, Callable[[], NDArray[Any]]] = {
        f"{code}.astype(float)": lambda: array.astype(float),
        f"np.stack(list({code}))": lambda: np.stack(list(array)),
    }
    for text, attempt in attempts.items():
        try:
            found = attempt()
        except (TypeError, ValueError, OverflowError):
            continue
        # None becomes NaN, which nobody asked for.
        if found.dtype.kind in "biuf" and not any(item is None for item in array.flat):
            return f"; give numbers, as with {text}"
    return f", perhaps rows or images of different sizes; give {ACCEPTED}"


def _package(value: object) -> str:
    return type(value).__module__.partition(".")[0]


def _is_pil(image: Any) -> bool:
    return type(image).__module__.startswith("PIL.") and hasattr(image, "convert")


def _plain_mode(image: Any) -> str | None:
    """Return the mode in which palette indices are colours and bits are greys, if it is another."""
    if image.mode in ("P", "PA"):
        return "RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB"
    return "L" if image.mode == "1" else None


def _stacked(images: Sequence[Any], argument: str) -> NDArray[Any]:
    """Return one array from a list of images or a nested list of numbers."""
    texts = [item for item in images if isinstance(item, (str, bytes, bytearray, os.PathLike))]
    if texts:
        text = texts[0]
        # Its own number: `image[0]` is what its advice begins with.
        number = next(at for at, item in enumerate(images) if item is text)
        if isinstance(text, (bytes, bytearray)):
            raise TypeError(no_array_message(text, f"{argument}[{number}]"))
        raise TypeError(text_message(text, argument, number=len(texts)))
    if _holds_arrays(images):
        arrays = [_as_array(item, f"{argument}[{at}]") for at, item in enumerate(images)]
        shapes = dict.fromkeys(array.shape for array in arrays)
        if len(shapes) > 1:
            raise ValueError(
                f"{argument} is a list of images of different shapes "
                f"({listed(sorted(shapes))}); resize them to one size, or give one at a time"
            )
        masked = any(isinstance(array, np.ma.MaskedArray) for array in arrays)
        stack: Callable[..., NDArray[Any]] = np.ma.stack if masked else np.stack
        return stack(arrays)
    try:
        return np.asarray(images)
    except ValueError as error:
        raise ValueError(
            f"{argument} is a ragged list: its rows, or the images in it, differ in length; "
            "all rows have to be equally long"
        ) from error
    except (TypeError, OverflowError) as error:
        raise TypeError(no_array_message(images, argument, error)) from error


def _holds_arrays(items: Sequence[Any]) -> bool:
    """Check whether a nested list holds anything but numbers at its ends."""
    return any(
        _holds_arrays(item)
        if isinstance(item, (list, tuple))
        else not isinstance(item, (Number, np.generic))
        for item in items
    )
