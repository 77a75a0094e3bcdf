"""What the model made of each image, in the user's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from actwidget.recording import Recording

NAMED = 2
"""How many of the likeliest classes are named."""


def check_class_names(class_names: Sequence[str], recording: Recording) -> list[str]:
    """Check that there is a name for every output of the model.

    Raises
    ------
    TypeError
        If the names are no list of text.
    ValueError
        If their number is not that of the model's outputs: its last layer's units, or two names
        for a single unit, the second for its 1.
    """
    if (
        isinstance(class_names, str)
        or not isinstance(class_names, Iterable)
        or not all(isinstance(name, str) for name in class_names)
    ):
        raise TypeError(
            f"class_names is {class_names!r}; it takes a list of text, a name for each class"
        )
    last = list(recording.values())[-1]
    if last.height * last.width != 1:
        raise ValueError(
            f"class_names goes with a model that ends in a value for each class; the last layer "
            f"of {recording.model_name} is {last.path}, whose output is {last.height} × "
            f"{last.width} × {last.channels}"
        )
    names = list(class_names)
    if len(names) != last.channels and (len(names), last.channels) != (2, 1):
        raise ValueError(
            f"class_names holds {len(names)} names; {recording.model_name} has {last.channels} "
            f"outputs (layer {last.path}), and each takes one"
        )
    return names


def predictions(recording: Recording, class_names: Sequence[str]) -> list[str]:
    """Put the likeliest classes of each image into words: ``happy 0.97, neutral 0.02``."""
    outputs = np.asarray(list(recording.values())[-1].maps).reshape(len(recording.images), -1)
    if outputs.shape[1] == 1 and len(class_names) == 2:
        outputs = np.concatenate([1 - outputs, outputs], axis=1)
    texts = []
    for values in outputs:
        # NaN last: it is no likely class.
        order = np.argsort(-np.where(np.isnan(values), -np.inf, values), kind="stable")[:NAMED]
        texts.append(", ".join(f"{class_names[i]} {values[i]:.2f}" for i in order))
    return texts
