"""Guided backpropagation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from actwidget.attribution.computed_gradients import gradients_of
from actwidget.attribution.gradients import Gradients
from actwidget.attribution.model_of import recorded_model
from actwidget.attribution.rectified import Rectified
from actwidget.attribution.target import Of
from actwidget.recording.recording import Recording
from actwidget.utils.messages import NAME, listed, shortened

OTHERS = {
    "silu": "silu",
    "swish": "silu",
    "gelu": "gelu",
    "elu": "elu",
    "selu": "selu",
    "celu": "celu",
    "leaky_relu": "leaky relu",
    "leakyrelu": "leaky relu",
    "prelu": "prelu",
    "mish": "mish",
    "softplus": "softplus",
    "tanh": "tanh",
    "hard_sigmoid": "hard sigmoid",
    "hard_silu": "hard silu",
}
"""Other non-linearities, by the names of activations and of layers in lower case."""


class GuidedGradients(Gradients):
    """What guided backpropagation gives in place of gradients.

    Attributes
    ----------
    relus : int
        At how many ReLUs the signal was rectified.
    others : dict of str to int
        At which other non-linearities it was not, as the method is not defined there.

    Examples
    --------
    >>> from actwidget import record
    >>> from actwidget.examples import shapes_cnn
    >>> recording = record(shapes_cnn.model(), shapes_cnn.images())
    >>> guided = recording.guided_backprop(("relu4", 3))
    >>> guided.relus
    4
    >>> guided.input.shape
    (12, 48, 48, 1)
    """

    is_guided = True

    def __init__(
        self, *args: Any, relus: int = 0, others: dict[str, int] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.relus = relus
        self.others = others or {}

    @property
    def label(self) -> str:
        """What it is, and how much it says."""
        others = "".join(f"; not at {count} {name}" for name, count in self.others.items())
        return (
            f"guided backpropagation from the {self.name}, guided at {self.relus} ReLUs{others}: "
            "which units drive the strong ones. It hardly depends on the class (Adebayo et al. "
            "2018)"
        )

    def __repr__(self) -> str:
        """Describe it with its label."""
        return f"<{self.label}>"


def guided_backprop(
    recording: Recording,
    target: Any = "top",
    *,
    of: Of = "logit",
    class_names: Sequence[str] | None = None,
) -> GuidedGradients:
    """Compute `Recording.guided_backprop`, which documents the parameters."""
    rectified = Rectified(recorded_model(recording).model)

    def make(*args: Any, **kwargs: Any) -> GuidedGradients:
        others = _others(recording)
        return GuidedGradients(*args, relus=rectified.relus, others=others, **kwargs)

    found = gradients_of(
        recording, target, of=of, class_names=class_names, rectified=rectified, make=make
    )
    if not rectified.relus:
        others = listed(f"{count} {name}" for name, count in found.others.items())
        raise ValueError(
            f"{shortened(recording.model_name, NAME)} has no ReLU before the target"
            f"{f', but {others}' if others else ''}: guided backpropagation, which is defined for "
            "ReLUs alone, would be the plain gradient, recording.gradients()"
        )
    return found


def _others(recording: Recording) -> dict[str, int]:
    """Count the non-linearities at which nothing is rectified."""
    found: Counter[str] = Counter()
    for path in recording.layers:
        entry = recording[path]
        for name in (entry.activation or "", entry.layer_type.lower()):
            if name in OTHERS:
                found[OTHERS[name]] += 1
                break
    return dict(found)
