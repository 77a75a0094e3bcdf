"""One forward pass in which outputs are watched, and the backward pass of a target."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.differentiation import jax, tensorflow, torch
from actwidget.attribution.differentiation.passes import Backend, Derivatives, Known, Watch
from actwidget.attribution.filter_gradients import WITHOUT_FILTERS, ReplacedGradients
from actwidget.attribution.logits import Logits
from actwidget.attribution.rectified import Rectified
from actwidget.attribution.target import ClassTarget, FunctionTarget, Of, Target, UnitTarget
from actwidget.capture.arrangement import Arrangement, CallKey
from actwidget.capture.hooked_pass import HookedPass, Replacement
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.backend import as_tensor, is_legacy, is_on_tensorflow
from actwidget.model.eager_functions import EagerFunctions, may_hide_layers
from actwidget.model.layer_tree import LayerNode, LayerTree
from actwidget.model.protocols import KerasModel, Tensor
from actwidget.model.structure import leaves, map_leaves
from actwidget.model.tensors import is_floating, is_tensor, to_array
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


def backend_of(model: KerasModel) -> Backend:
    """Return how the model's backend differentiates."""
    if is_on_tensorflow(model):
        return tensorflow
    return jax if sys.modules["keras"].backend.backend() == "jax" else torch


def explain(
    recorded: RecordedModel,
    target: Target,
    *,
    of: Of = "logit",
    images: Sequence[NDArray[Any]] | None = None,
    weights: Sequence[Any] = (),
    only_inputs: bool = False,
    rectified: Rectified | None = None,
    instead: Sequence[tuple[Any, Tensor]] = (),
    surrogate: Replacement | None = None,
    progress: str = "computing gradients",
) -> Explained:
    """Differentiate a target by all floating-point outputs of layers and inputs, in one pass.

    Parameters
    ----------
    recorded : RecordedModel
    target : Target
    of : {"logit", "probability"}
    images : sequence of NDArray, optional
        An array for each input, instead of those that were recorded.
    weights : sequence of variables, optional
        Those to differentiate by, too.
    only_inputs : bool, optional
        Whether the outputs of layers are left out.
    rectified : Rectified, optional
        Rectifies the backward signal at ReLUs.
    instead : sequence of (variable, tensor), optional
        Values that variables have for this pass.
    surrogate : Replacement, optional
        Replaces functions for the length of this pass.
    progress : str, optional

    Raises
    ------
    MemoryError
        If there is not enough; the message names the way out.
    """
    model, backend = recorded.model, backend_of(recorded.model)
    watched = {} if only_inputs else _floating(recorded)
    logits = Logits(model)
    replacements: list[Replacement] = [logits, rectified] if rectified else [logits]
    replacements += [surrogate] if surrogate else []
    hooked = HookedPass(recorded.tree, Progress(progress), replacements)
    found = _Found(backend, recorded, target, of, logits)
    tensors = [tensor for _, tensor in leaves(recorded.inputs.structure)]
    if images is not None:
        dtypes = [tensor.dtype for tensor in tensors]
        tensors = [
            as_tensor(model, array, dtype) for array, dtype in zip(images, dtypes, strict=True)
        ]

    def run(inputs: Sequence[Tensor], values: Sequence[Tensor], watch: Watch) -> Known:
        feed = iter(inputs)
        structure = map_leaves(recorded.inputs.structure, lambda _: next(feed))
        needed = found.needed | watched.keys()
        functions = hooked.functions
        listener = _Watcher(recorded.tree, needed, watched, watch, found, functions, rectified)
        nodes = [node for node in recorded.tree if not node.every_step]
        scope = stateless(model, [*zip(weights, values, strict=False), *instead])

        def call() -> Any:
            with scope:
                return model(structure, training=False)

        return found.target(hooked.run(listener, nodes, call))

    shapes = {key: (each.shape, each.dtype) for key, each in watched.items()}
    backward = rectified.backward() if rectified else ReplacedGradients(WITHOUT_FILTERS)
    try:
        derivatives = backend.differentiate(run, tensors, weights, shapes, backward)
    except Exception as error:
        if not _is_out_of_memory(error):
            raise
        raise MemoryError(
            f"there is not enough memory for the backward pass of {model.name}, which holds the "
            f"outputs of all layers for {len(recorded.inputs.images)} images at once: record fewer "
            "images, or fewer layers"
        ) from error
    known = derivatives.known
    returned = [to_array(each) for each in known[1:]]
    return Explained(derivatives, found.values(known), found.quantity, returned)


def _is_out_of_memory(error: Exception) -> bool:
    """Check whether a backend, or Python, found no memory."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"MemoryError", "ResourceExhaustedError", "OutOfMemoryError"}) or (
        isinstance(error, RuntimeError) and "out of memory" in str(error).lower()
    )


def _floating(recorded: RecordedModel) -> dict[CallKey, Arrangement]:
    every = recorded.arrangements.items()
    return {key: arrangement for key, arrangement in every if "float" in arrangement.dtype}


def stateless(model: KerasModel, values: list[tuple[Any, Tensor]]) -> AbstractContextManager[Any]:
    """Return a scope in which what layers assign to variables is lost."""
    if is_legacy(model):
        return nullcontext()
    scope: AbstractContextManager[Any] = sys.modules["keras"].StatelessScope(values or None)
    return scope


class _Watcher:
    """Listens to the calls of layers, and has their outputs watched."""

    def __init__(
        self,
        tree: LayerTree,
        needed: Iterable[CallKey],
        watched: dict[CallKey, Arrangement],
        watch: Watch,
        found: _Found,
        functions: EagerFunctions,
        rectified: Rectified | None,
    ) -> None:
        self._tree = tree
        self._needed = set(needed)
        self._watched = watched
        self._watch = watch
        self._found = found
        self._functions = functions
        self._rectified = rectified
        self._calls: Counter[LayerNode] = Counter()

    def before_call(self, node: LayerNode, inputs: Any, arguments: list[Any]) -> list[LayerNode]:
        """Return nothing: the model has run before, and has all its layers."""
        return []

    def instead_of_call(self, node: LayerNode) -> None:
        """Have every call made."""

    def around_call(self, node: LayerNode, call: Any) -> AbstractContextManager[None] | None:
        """Run functions eagerly that may hide layers; mark what is made of ReLUs."""
        if self._rectified and (context := self._rectified.around_call(node.layer)):
            return context
        return self._functions.switched(bool(node.children) and may_hide_layers(node.layer, call))

    def after_call(
        self, node: LayerNode, arguments: list[Any], returned: Any, *, training: bool
    ) -> Any:
        """Have outputs watched; return what stands for them."""
        if node is self._tree.root:
            return None
        self._calls[node] += 1
        call = self._calls[node]
        keys = [key for key, leaf in leaves(returned) if is_tensor(leaf)]
        several = len(keys) > 1 and not is_tensor(returned)
        replaced: list[Any] = []
        for key, leaf in leaves(returned):
            replaced.append(self._seen((node, call, key if several else ""), leaf))
        if all(new is leaf for new, (_, leaf) in zip(replaced, leaves(returned), strict=True)):
            return None
        feed = iter(replaced)
        return map_leaves(returned, lambda _: next(feed))

    def _seen(self, key: CallKey, tensor: Any) -> Any:
        if key not in self._needed or not is_tensor(tensor):
            return tensor
        new = tensor
        if key in self._watched and is_floating(tensor):
            new = self._watch(key, tensor)
            self._found.logits.replaced(new, tensor)
        if key in self._found.needed:
            self._found.kept[key] = new
        return new


class _Found:
    """The target of a pass, and what is known of it afterwards."""

    def __init__(
        self, backend: Backend, recorded: RecordedModel, target: Target, of: Of, logits: Logits
    ) -> None:
        self.logits = logits
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

    def target(self, returned: Any) -> tuple[Tensor, list[Tensor]]:
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
