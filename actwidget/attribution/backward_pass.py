"""One forward pass in which outputs are watched, and the backward pass of a target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.differentiation.passes import Derivatives
from actwidget.attribution.filter_gradients import WITHOUT_FILTERS, ReplacedGradients
from actwidget.attribution.target_pass import (
    AS_RECORDED,
    Changes,
    TargetPass,
    Wanted,
    backend_of,
)
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.tensors import to_array
from actwidget.utils.progress import Progress


@dataclass(frozen=True, eq=False)
class Explained:
    """What one forward and one backward pass gave.

    Attributes
    ----------
    derivatives : Derivatives
        Of the target's sum over all images.
    values : NDArray[np.float32]
        The target, by image; a function's is one for all.
    quantity : {"logit", "probability", "output", "activation", "value"}
        What the target is: the output, if it is of no softmax or sigmoid that was found.
    returned : list of NDArray
        What the model returned.
    """

    derivatives: Derivatives
    values: NDArray[np.float32]
    quantity: str
    returned: list[NDArray[Any]]


def explain(
    recorded: RecordedModel,
    wanted: Wanted,
    changes: Changes = AS_RECORDED,
    *,
    progress: str = "computing gradients",
) -> Explained:
    """Differentiate a target by all floating-point outputs of layers and inputs, in one pass.

    Raises
    ------
    MemoryError
        If there is not enough; the message names the way out.
    """
    model, rectified = recorded.model, changes.rectified
    forward = TargetPass(recorded, wanted, changes, progress=progress)
    backward = rectified.backward() if rectified else ReplacedGradients(WITHOUT_FILTERS)
    try:
        # The forward pass's own ends with it.
        with Progress(progress):
            derivatives = backend_of(model).differentiate(
                forward.run, forward.inputs, wanted.weights, forward.shapes, backward
            )
    except Exception as error:
        if not _is_out_of_memory(error):
            raise
        raise MemoryError(
            f"there is not enough memory for the backward pass of {model.name}, which holds the "
            f"outputs of all layers for {len(recorded.inputs.images)} images at once: record fewer "
            "images, or fewer layers"
        ) from error
    known, target = derivatives.known, forward.target
    returned = [to_array(each) for each in known[1:]]
    return Explained(derivatives, target.values(known), target.quantity, returned)


def _is_out_of_memory(error: Exception) -> bool:
    """Check whether a backend, or Python, found no memory."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"MemoryError", "ResourceExhaustedError", "OutOfMemoryError"}) or (
        isinstance(error, RuntimeError) and "out of memory" in str(error).lower()
    )
