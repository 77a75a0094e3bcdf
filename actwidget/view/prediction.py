"""The likeliest classes of each image, in the user's words."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.utils.messages import NAME, listed, quoted, shortened
from actwidget.utils.stacklevel import find_stack_level
from actwidget.utils.valid_text import valid_text

NAMED = 3
"""How many of the likeliest classes are named."""

EXPLAINED = 5
"""How many of the likeliest classes are offered as what is explained."""

Answer = tuple[str, float | None]
"""A class and its value: None unless that is finite, as JSON has no other numbers."""


def check_class_names(class_names: Sequence[str], recording: Recording) -> list[str]:
    """Check that there is a name for every output of the model.

    Raises
    ------
    TypeError
        If the names are no list of text.
    ValueError
        If their number is not that of the units of one of the model's outputs, or two names for
        a single unit, the second for its 1.
    """
    if (
        isinstance(class_names, str)
        or not isinstance(class_names, Iterable)
        or not all(isinstance(name, str) for name in class_names)
    ):
        raise TypeError(
            f"class_names is {quoted(class_names)}; it takes a list of text, a name for each class"
        )
    names = [valid_text(name) for name in class_names]
    if classified_output(recording, names) is not None:
        return names
    vectors = [entry for entry in recording.outputs if _is_vector(entry)]
    if vectors:
        each = listed(f"{entry.channels} outputs (layer {entry.path})" for entry in vectors)
        raise ValueError(
            f"class_names holds {len(names)} names; {shortened(recording.model_name, NAME)} has "
            f"{each}; each takes one"
        )
    ends = [f"{' × '.join(map(str, entry.sizes))} ({entry.path})" for entry in recording.outputs]
    raise ValueError(
        f"class_names goes with a model that ends in a value for each class; "
        f"{shortened(recording.model_name, NAME)} gives {listed(ends) or 'none'}"
    )


def classified_output(recording: Recording, class_names: Sequence[str]) -> LayerMaps | None:
    """Return the output that the names are for: of several that have as many units, the last.

    It is the model's own, though ``layers=`` may have left it out. None where no output fits.
    """
    sizes = (len(class_names), 1) if len(class_names) == 2 else (len(class_names),)
    vectors = [entry for entry in recording.outputs if _is_vector(entry)]
    fitting = [entry for size in sizes for entry in reversed(vectors) if entry.channels == size]
    return next(iter(fitting), None)


def _is_vector(entry: LayerMaps) -> bool:
    """Check whether an output is a value for each class."""
    return entry.kind != "sequence" and entry.depth * entry.height * entry.width == 1


def predictions(recording: Recording, class_names: Sequence[str]) -> list[list[Answer]]:
    """Return the likeliest classes of each image, likeliest first.

    Without names they are the units of a last softmax; of a model that ends in anything else
    there are none.

    Raises
    ------
    OSError, ValueError, MemoryError
        If the output of a saved recording cannot be read.
    """
    output = classified_output(recording, class_names) if class_names else _softmax(recording)
    if output is None:
        return []
    classes = _likeliest(output, len(recording.images), class_names, NAMED)
    return [[(name, value) for _, name, value in image] for image in classes]


def image_answers(class_names: Sequence[str]) -> Callable[[Recording], list[Answer]]:
    """Return what returns the likeliest classes of a recording of one image."""
    names = list(class_names)

    def answers(recording: Recording) -> list[Answer]:
        return next(iter(predictions(recording, names)), [])

    return answers


Class = tuple[int, str, float | None]
"""Its number, its name and its value."""


def explainable_classes(
    recording: Recording, class_names: Sequence[str]
) -> tuple[int, list[list[Class]]]:
    """Return the number of the output that has the classes, and the likeliest of each image.

    Of a model that does not end in a value for each class there are none.
    """
    output = classified_output(recording, class_names) if class_names else _softmax(recording)
    if output is None:
        vectors = [each for each in recording.outputs if _is_vector(each) and each.channels > 1]
        output = vectors[-1] if vectors else None
    if output is None:
        return 0, []
    number = next(k for k, each in enumerate(recording.outputs) if each is output)
    return number, _likeliest(output, len(recording.images), class_names, EXPLAINED)


def compared_answers(
    recordings: Sequence[Recording], class_names: Sequence[str]
) -> list[list[tuple[int, str, list[float | None]]]]:
    """Return of each image the classes that are likely in one of several recordings.

    Each has its number, its name and its value in every recording. There are none unless all end in
    as many classes.
    """
    found: list[NDArray[np.float32]] = []
    for recording in recordings:
        output = classified_output(recording, class_names) if class_names else _softmax(recording)
        if output is None:
            return []
        values = np.asarray(output.maps).reshape(len(recording.images), -1)
        if values.shape[1] == 1 and len(class_names) == 2:
            values = np.concatenate([1 - values, values], axis=1)
        found.append(values)
    if len({values.shape for values in found}) > 1:
        return []
    together = np.stack(found)
    most = np.where(np.isnan(together), -np.inf, together).max(axis=0)
    return [
        [
            (number, name, [_finite(each) for each in together[:, image, number]])
            for number, name, _ in classes
        ]
        for image, classes in enumerate(likeliest(most, class_names, NAMED))
    ]


def _finite(value: np.float32) -> float | None:
    return float(value) if np.isfinite(value) else None


def _likeliest(
    output: LayerMaps, images: int, class_names: Sequence[str], count: int
) -> list[list[Class]]:
    return likeliest(np.asarray(output.maps).reshape(images, -1), class_names, count)


def likeliest(
    outputs: NDArray[np.float32], class_names: Sequence[str], count: int
) -> list[list[Class]]:
    """Return so many classes of each image, the likeliest first.

    Parameters
    ----------
    outputs : NDArray[np.float32]
        Shape ``(images, classes)``; a single one stands for the second of two classes.
    class_names : sequence of str
        Or none.
    count : int
    """
    if outputs.shape[1] == 1 and len(class_names) == 2:
        outputs = np.concatenate([1 - outputs, outputs], axis=1)
    names = class_names or [f"unit {unit}" for unit in range(outputs.shape[1])]
    answers = []
    for values in outputs:
        # NaN last: it is no likely class.
        order = np.argsort(-np.where(np.isnan(values), -np.inf, values), kind="stable")[:count]
        finite = [float(values[i]) if np.isfinite(values[i]) else None for i in order]
        numbers = [int(i) for i in order]
        answers.append([(i, names[i], value) for i, value in zip(numbers, finite, strict=True)])
    return answers


def _softmax(recording: Recording) -> LayerMaps | None:
    """Return the last output that is a softmax."""
    found = [
        entry
        for entry in recording.outputs
        if _is_vector(entry) and "softmax" in (entry.activation, entry.layer_type.lower())
    ]
    return found[-1] if found else None


def answers_and_hint(
    recording: Recording, class_names: Sequence[str]
) -> tuple[list[list[Answer]], tuple[int, list[list[Class]]], str]:
    """Return the likeliest classes of each image, those to explain, and what is to be known.

    The layers of a saved recording can be looked at though its output is lost.
    """
    try:
        return (
            predictions(recording, class_names),
            explainable_classes(recording, class_names),
            recording.hint,
        )
    except (OSError, ValueError, MemoryError) as error:
        problem = f"There is no prediction, as the output cannot be read: {error}"
        warnings.warn(problem, stacklevel=find_stack_level())
        return [], (0, []), " ".join(filter(None, [recording.hint, problem]))
