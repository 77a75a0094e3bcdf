"""What looks like a data set but is none, refused in words."""

from __future__ import annotations

import inspect
import io
from typing import Any

from actwidget.capture.inputs.no_array import as_array_code
from actwidget.recording.recording import Recording
from actwidget.utils.messages import NAME, quoted, shortened

ACCEPTED = (
    "an array (images, height, width, channels), a folder or a pattern of image files, a list of "
    "names or images, a data set of Hugging Face, PyTorch or tf.data, or an iterable of images"
)


def refuse(images: Any, argument: str) -> None:
    """Raise TypeError or ValueError for what looks like images, but is none."""
    if images is None:
        raise TypeError(f"{argument} is None; give {ACCEPTED}")
    if isinstance(images, type):
        name = shortened(images.__name__, NAME)
        raise TypeError(f"{argument} is the class {name}; give an object of it, or {ACCEPTED}")
    if isinstance(images, (bytes, bytearray, memoryview)):
        size = memoryview(images).nbytes
        raise TypeError(
            f"{argument} is {size:,} bytes; write them to a file and give its name, or give "
            "decoded images"
        )
    if isinstance(images, io.IOBase):
        name = quoted(getattr(images, "name", None) or type(images).__name__, NAME)
        raise TypeError(f"{argument} is an open file, {name}; give names of image files")
    if _is_model(images):
        name = quoted(getattr(images, "name", type(images).__name__), NAME)
        raise TypeError(f"{argument} is a model, {name}; give what it is to see: {ACCEPTED}")
    if isinstance(images, (list, tuple, dict)) and not images:
        raise ValueError(f"{argument} is an empty {type(images).__name__}; give {ACCEPTED}")
    if inspect.isroutine(images):
        name = shortened(getattr(images, "__name__", type(images).__name__), NAME)
        raise TypeError(f"{argument} is the function {name}; give what it returns: {argument}()")
    _refuse_holder(images, argument)


def _is_model(images: Any) -> bool:
    kinds = {(each.__module__.partition(".")[0], each.__name__) for each in type(images).__mro__}
    return not kinds.isdisjoint({("keras", "Layer"), ("tf_keras", "Layer"), ("torch", "Module")})


def _refuse_holder(images: Any, argument: str) -> None:
    """Raise TypeError for what holds several arrays by name, and is no dict."""
    if isinstance(images, dict) or hasattr(images, "shape"):
        return
    if isinstance(images, Recording) or callable(getattr(images, "keys", None)):
        kind = shortened(type(images).__name__, NAME)
        code = as_array_code(images, argument)
        raise TypeError(f"{argument} is of type {kind}; give {code or ACCEPTED}")
