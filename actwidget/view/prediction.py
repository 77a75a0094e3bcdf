"""What the model made of each image, in the user's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.utils.valid_text import valid_text

NAMED = 2
"""How many of the likeliest classes are named."""


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
            f"class_names is {class_names!r}; it takes a list of text, a name for each class"
        )
    names = [valid_text(name) for name in class_names]
    if classified_output(recording, names) is not None:
        return names
    vectors = [entry for entry in recording.outputs if _is_vector(entry)]
    if vectors:
        each = ", or ".join(f"{entry.channels} outputs (layer {entry.path})" for entry in vectors)
        raise ValueError(
            f"class_names holds {len(names)} names; {recording.model_name} has {each}, and each "
            "takes one"
        )
    ends = [f"{' × '.join(map(str, entry.sizes))} ({entry.path})" for entry in recording.outputs]
    raise ValueError(
        f"class_names goes with a model that ends in a value for each class; "
        f"{recording.model_name} gives {', '.join(ends) or 'none'}"
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


def predictions(recording: Recording, class_names: Sequence[str]) -> list[str]:
    """Put the likeliest classes of each image into words: ``happy 0.97, neutral 0.02``."""
    output = classified_output(recording, class_names)
    assert output is not None
    outputs = np.asarray(output.maps).reshape(len(recording.images), -1)
    if outputs.shape[1] == 1 and len(class_names) == 2:
        outputs = np.concatenate([1 - outputs, outputs], axis=1)
    texts = []
    for values in outputs:
        # NaN last: it is no likely class.
        order = np.argsort(-np.where(np.isnan(values), -np.inf, values), kind="stable")[:NAMED]
        texts.append(", ".join(f"{class_names[i]} {values[i]:.2f}" for i in order))
    return texts
