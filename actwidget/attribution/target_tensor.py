"""The tensor of a pass that a target is computed of, and what is known of it afterwards."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.differentiation.passes import Backend, Known
from actwidget.attribution.logits import Logits
from actwidget.attribution.target import ClassTarget, FunctionTarget, Of, Target, UnitTarget
from actwidget.capture.arrangement import CallKey
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.protocols import Tensor
from actwidget.model.structure import leaves
from actwidget.model.tensors import is_floating, is_tensor, to_array


class TargetTensor:
    """The target of a pass.

    Attributes
    ----------
    logits : Logits
        Those of the pass.
    kept : dict of CallKey to Tensor
        The outputs that are `needed`, as the pass gives them.
    quantity : str
        What the target is, once `scalar` has been called.
    """

    def __init__(self, backend: Backend, recorded: RecordedModel, target: Target, of: Of) -> None:
        self.logits = Logits(recorded.model)
        self.kept: dict[CallKey, Tensor] = {}
        self.quantity = ""
        self._backend = backend
        self._target = target
        self._of = of
        path = target.path if isinstance(target, UnitTarget) else None
        every = recorded.arrangements.items()
        self._arrangements = {key: each for key, each in every if each.path == path}

    @property
    def needed(self) -> set[CallKey]:
        """The outputs that the target is computed of."""
        return set(self._arrangements)

    def scalar(self, returned: Any) -> Known:
        """Return the target as a scalar, and the tensors that `values` and `returned` need."""
        outputs = [leaf for _, leaf in leaves(returned) if is_tensor(leaf)]
        if isinstance(self._target, FunctionTarget):
            value = self._target.function(returned)
            if not is_tensor(value) or not is_floating(value):
                raise TypeError(
                    f"target is a function that returned {type(value).__name__}; it takes what the "
                    "model returns, and returns a tensor of numbers, such as a loss"
                )
            self.quantity = "value"
            ones = np.ones(tuple(value.shape), np.float32)
            return self._backend.weighted_sum(value, ones), [value, *outputs]
        tensor = self._tensor(self._target, outputs)
        factors = self._factors(self._target, tuple(tensor.shape))
        return self._backend.weighted_sum(tensor, factors), [tensor, *outputs]

    def values(self, known: list[Tensor]) -> NDArray[np.float32]:
        """Return the target by image."""
        values = np.asarray(to_array(known[0]), np.float32)
        if isinstance(self._target, FunctionTarget):
            return values.reshape(-1)
        factors = self._factors(self._target, values.shape)
        # Not multiplied: elsewhere there may be NaN.
        chosen = np.where(factors != 0, values * factors, 0)
        by_image: NDArray[np.float32] = chosen.reshape(len(values), -1).sum(axis=1)
        return by_image

    def _tensor(self, target: ClassTarget | UnitTarget, outputs: list[Tensor]) -> Tensor:
        """Return the tensor that the target is an element of, and note what it is."""
        if isinstance(target, UnitTarget):
            self.quantity = "activation"
            # A layer that is entered more than once has a path for each call.
            return next(iter(self.kept.values()))
        output = outputs[target.output]
        given = self.logits.find(output)
        self.quantity = "logit" if given is not None and self._of == "logit" else self._of
        if given is None:
            self.quantity = "output"
        return given if given is not None and self._of == "logit" else output

    def _factors(
        self, target: ClassTarget | UnitTarget, shape: tuple[int, ...]
    ) -> NDArray[np.float32]:
        """Return an array of a tensor's shape that is 0 but for the elements of the target."""
        factors = np.zeros((shape[0], int(np.prod(shape[1:], dtype=int))), np.float32)
        if isinstance(target, ClassTarget):
            factors[np.arange(shape[0]), target.units] = target.signs
        else:
            (arrangement,) = self._arrangements.values()
            factors[:, arrangement.units_of(target.channel, target.unit)] = 1
        return factors.reshape(shape)
