"""Sentences that lead from what is no array to one: from text, files, data sets, sparse tensors."""

from __future__ import annotations

import contextlib
import io
import os
import warnings
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.utils.messages import QUOTED, listed, quoted, shortened

ACCEPTED = (
    "a NumPy array, a tensor, a PIL image, whatever NumPy reads as an array, or a nested list of "
    "numbers, of shape (height, width, channels), or (images, height, width, channels) for several"
)


def text_message(text: str | bytes | os.PathLike[Any], argument: str, *, number: int = 1) -> str:
    """Return the message about text, mostly the name of a file, given as an image.

    `number` is how many texts were given; `text` is the first.
    """
    name = text.decode("utf-8", "replace") if isinstance(text, bytes) else os.fspath(text)
    what = f"{argument} is text ({quoted(name)}) instead of pixels"
    if number > 1:
        what = f"{argument} holds {number} texts ({quoted(name)} first) instead of pixels"
    if "://" in name:
        return f"{what}: download it, and give its pixels"
    if not _is_file(name):
        return f"{what}, and there is no such file here; give {ACCEPTED}"
    code = _opening(name)
    if code is None:
        return f"{what}; it is a file that Pillow does not read: give {ACCEPTED}"
    if len(code) > 200:
        return f"{what}; give the pixels of that file, opened with {code.partition('(')[0]}"
    return f"{what}; open {'each' if number > 1 else 'the'} file first: {code}"


def no_array_message(image: Any, argument: str, error: Exception | None = None) -> str:
    """Return the message about an object that NumPy cannot read as an array.

    `error` is what was raised when it was tried.
    """
    kind = type(image).__name__ if not isinstance(image, type) else f"the class {image.__name__}"
    what = f"{argument} is of type {shortened(kind, 60)}"
    if isinstance(image, (bytes, bytearray, memoryview)):
        what = f"{argument} is {memoryview(image).nbytes:,} bytes instead of pixels"
    if code := as_array_code(image, argument):
        return f"{what}: give {code}"
    if error is not None:
        what += f", which NumPy cannot read ({shortened(f'{type(error).__name__}: {error}')})"
    if isinstance(image, Mapping):
        what += f" with the keys {listed(map(quoted, image))}"
    return f"{what}; give {ACCEPTED}"


def as_array_code(image: Any, argument: str) -> str | None:
    """Return the Python expression that makes an array of what is none, None if none is known.

    `argument` is the expression for the image itself.
    """
    if isinstance(image, (type, str, np.ndarray)) or image is None:
        return None
    if isinstance(image, (bytes, bytearray, memoryview)):
        is_picture = _is_picture(io.BytesIO(image))
        return f"PIL.Image.open(io.BytesIO({argument}))" if is_picture else None
    if isinstance(image, Recording):
        return None if image.closed else f"{argument}.{'images' if image.images.size else 'inputs'}"
    if isinstance(image, LayerMaps):
        return f"{argument}.maps"
    return _by_what_it_offers(image, argument) or _one_of_many(image, argument)


def _by_what_it_offers(image: Any, argument: str) -> str | None:
    """Return the expression for an object that has a method for it, or is a file."""
    for name, code in _BY_CLASS.items():
        if any(kind.__name__ == name for kind in type(image).__mro__):
            return code.format(argument)
    for method in _METHODS:
        if callable(getattr(type(image), method, None)):
            return f"{argument}.{method}()"
    if callable(getattr(image, "read", None)) and _is_picture(image):
        return f"PIL.Image.open({argument})"
    if isinstance(data := getattr(image, "data", None), bytes) and _is_picture(io.BytesIO(data)):
        return f"PIL.Image.open(io.BytesIO({argument}.data))"
    return None


_BY_CLASS = {
    "SparseTensor": "tf.sparse.to_dense(tf.sparse.reorder({0}))",
    "RaggedTensor": "{0}.to_tensor()",
    "IndexedSlices": "tf.convert_to_tensor({0})",
    "TensorArray": "{0}.stack()",
}
"""What makes a dense tensor of TensorFlow's other kinds."""

_METHODS = ("toarray", "todense", "to_dense", "get_fdata", "get_array")
"""What makes an array of sparse matrices of SciPy, JAX and torch, of NiBabel's and Matplotlib's
images."""


def _one_of_many(image: Any, argument: str) -> str | None:
    """Return the expression for one of several arrays, or the first batch of a data set."""
    if callable(getattr(image, "keys", None)):
        key = most_axes(image)
        return None if key is None or len(repr(key)) > QUOTED else f"{argument}[{key!r}]"
    if isinstance(image, io.IOBase):
        return None
    if isinstance(image, Iterator):
        code = f"next({argument})"
    elif isinstance(image, Collection) and type(image).__module__ in ("builtins", "collections"):
        return f"list({argument})" if len(image) else None
    elif isinstance(image, Iterable) or hasattr(type(image), "__getitem__"):
        code = f"next(iter({argument}))"
    else:
        return None
    element = getattr(image, "element_spec", None)
    if isinstance(element, (list, tuple)) and element:
        code, element = f"{code}[0]", element[0]
    if isinstance(element, Mapping) and (key := most_axes(element)) is not None:
        code += f"[{key!r}]"
    return code


def most_axes(parts: Any) -> Any:
    """Return the key of the array with the most axes: of an image and its label, the image's.

    None if there is no array.
    """
    axes = {key: len(getattr(parts[key], "shape", None) or ()) for key in parts}
    key = max(axes, key=lambda key: axes[key], default=None)
    return key if key is not None and axes[key] else None


def _opening(name: str) -> str | None:
    """Return the Python expression that reads a file, None if it holds no pixels."""
    if not name.endswith((".npy", ".npz")):
        return f"PIL.Image.open({name!r})" if _is_picture(name) else None
    code = f"np.load({name!r})"
    try:
        # Not into memory.
        content = np.load(name, mmap_mode="r")
        if isinstance(content, np.lib.npyio.NpzFile):
            with content:
                key = most_axes(content)
            return f"{code}[{key!r}]"
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        # Pickled objects among them, which nobody should be advised to load.
        return None
    return code


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        # Too long for a path, or with a null character.
        return False


def _is_picture(file: Any) -> bool:
    """Check whether Pillow reads a file; an open one is wound back to where it was."""
    from PIL import Image

    position = 0
    try:
        if not isinstance(file, str):
            position = file.tell()
        # A large picture is only to be recognised here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(file):
                return True
    except Exception:
        # Damaged files raise whatever they like.
        return False
    finally:
        if not isinstance(file, str):
            with contextlib.suppress(Exception):
                file.seek(position)
