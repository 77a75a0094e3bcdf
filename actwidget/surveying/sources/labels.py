"""Labels that were given for images, as class numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actwidget.utils.messages import listed, quoted, shortened, unknown_name_message

ACCEPTED = "it takes one class number or class name for each image"


class Labels(NamedTuple):
    """The classes of images.

    Attributes
    ----------
    numbers
        ``(images,)``, None if there are no labels.
    class_names
        Empty if they are not known.
    """

    numbers: NDArray[np.int64] | None
    class_names: tuple[str, ...]


def read_labels(labels: Any, class_names: Any, length: int | None) -> Labels:
    """Read what a user gave as labels and class names.

    Parameters
    ----------
    labels
        Class numbers, or class names: a sequence or an array, ``(images,)`` or ``(images, 1)``.
    class_names
        The names of class 0, 1, …; by default those among the labels, sorted.
    length
        How many images there are, None if that is not known yet.

    Raises
    ------
    TypeError
        If they are neither integers nor text.
    ValueError
        If there are more or fewer than images, or labels of no class.
    """
    names = _class_names(class_names)
    if labels is None:
        return Labels(None, names)
    given = _as_array(labels)
    if length is not None and len(given) != length:
        raise ValueError(
            f"labels holds {len(given):,}, and there are {length:,} images; give one for each"
        )
    if given.dtype.kind == "U":
        return _named(given, names)
    numbers = given.astype(np.int64)
    wrong = (numbers < 0) | (numbers >= len(names) if names else False)
    if wrong.any():
        at = int(wrong.argmax())
        takes = f"0 to {len(names) - 1:,}, as class_names holds {len(names):,}"
        raise ValueError(
            f"label {at:,} is {numbers[at]:,}; it takes {takes if names else '0 or more'}"
        )
    return Labels(numbers, names)


def _class_names(class_names: Any) -> tuple[str, ...]:
    if class_names is None:
        return ()
    if isinstance(class_names, (str, bytes)) or not isinstance(class_names, (Sequence, np.ndarray)):
        raise TypeError(f"class_names is {quoted(class_names)}; it takes a list of names")
    wrong = [name for name in class_names if not isinstance(name, str)]
    if wrong:
        raise TypeError(f"class_names holds {quoted(wrong[0])}; it takes a list of names")
    names = tuple(map(str, class_names))
    if not names:
        raise ValueError("class_names is empty; it takes a list of names, or None")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"class_names holds {listed(map(quoted, twice))} more than once")
    return names


def _as_array(labels: Any) -> NDArray[Any]:
    if isinstance(labels, (str, bytes, int, dict)):
        raise TypeError(f"labels is {quoted(labels)}; {ACCEPTED}")
    try:
        given = np.asarray(labels if hasattr(labels, "__array__") else list(labels))
    except Exception as error:
        # Another library's conversion may raise anything.
        kind = shortened(type(labels).__name__, 60)
        raise TypeError(
            f"labels is of type {kind}, which cannot be read ({shortened(error)}); {ACCEPTED}"
        ) from error
    if given.ndim == 2 and given.shape[1] == 1:
        given = given[:, 0]
    if given.ndim == 2 and given.dtype.kind in "biuf":
        raise ValueError(
            f"labels has shape {given.shape}; {ACCEPTED}: of one-hot rows, give "
            "np.argmax(labels, axis=1)"
        )
    if given.ndim != 1:
        raise ValueError(f"labels has shape {shortened(given.shape)}; {ACCEPTED}")
    if given.dtype.kind == "O" and all(isinstance(label, str) for label in given):
        given = given.astype(str)
    if given.dtype.kind == "f" and (given == np.rint(given)).all():
        raise TypeError(
            f"labels holds {given.dtype} values; {ACCEPTED}: give np.asarray(labels, int)"
        )
    if given.dtype.kind not in "biuU":
        raise TypeError(f"labels holds values of type {shortened(given.dtype)}; {ACCEPTED}")
    return given


def _named(given: NDArray[Any], names: tuple[str, ...]) -> Labels:
    names = names or tuple(map(str, np.unique(given)))
    numbers = {name: number for number, name in enumerate(names)}
    unknown = next((at for at, name in enumerate(given) if name not in numbers), None)
    if unknown is not None:
        message = unknown_name_message(f"label {unknown:,}", str(given[unknown]), names)
        raise ValueError(f"{message} (class_names holds {len(names):,})")
    return Labels(np.array([numbers[name] for name in given], np.int64), names)
