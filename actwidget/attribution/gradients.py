"""Gradients of a target by every layer's maps and by the input, from one backward pass."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.arranged_input import arranged_input
from actwidget.attribution.backward_pass import Explained, backend_of, explain
from actwidget.attribution.blocked import why_blocked
from actwidget.attribution.differentiation import jax
from actwidget.attribution.grad_cam import grad_cam
from actwidget.attribution.importance import channel_importance
from actwidget.attribution.randomization import RandomizationCheck, randomization_check
from actwidget.attribution.rectified import Rectified
from actwidget.attribution.target import ClassTarget, Of, Target, UnitTarget, parse_target
from actwidget.attribution.weights import trainable_weights
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.structure import leaves
from actwidget.model.tensors import to_array
from actwidget.recording.recording import Recording
from actwidget.utils.messages import quoted, unknown_name_message
from actwidget.utils.stacklevel import find_stack_level


class Gradients(Mapping[str, NDArray[np.float32]]):
    """Gradients of a target, by layer.

    ``gradients["conv2"]`` has the shape of ``recording["conv2"].maps``,
    ``(images, height, width, channels)``, float32: by how much the target of an image grows when a
    unit does, per unit of it. ``gradients["input"]`` is that of the input.

    Attributes
    ----------
    name : str
        What is explained: ``"logit of cat"``.
    target : ClassTarget, UnitTarget or FunctionTarget
        The same as it was understood.
    quantity : {"logit", "probability", "output", "activation", "value"}
        What the target is: the value before a final softmax or sigmoid, if one was found. If none
        was, ``"output"`` is what the model returns.
    target_values : NDArray[np.float32]
        The target of each image, shape ``(images,)``; of a function, what it returned.
    blocked : dict of str to str
        Why there is no gradient of a layer, by path. Such a gradient is not zero: it is unknown.
        JAX does not tell the two apart: there it may be zero and blocked.
    precision : {"float32", "float16", "bfloat16"}
        In what the least precise layer computed. The gradients of half precision are rough: an
        error of 15 % of the largest was measured for a small network.
    note : str
        What the viewer should know: that the model has changed since it was recorded, or computes
        in half precision. Else empty.
    weights : dict of str to NDArray
        The target's gradients by trainable weights, summed over the images, by the layer's path
        and the weight's name: ``"conv2/kernel"``. Empty unless they were asked for.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        name: str,
        explained: Explained,
        gradients: dict[str, NDArray[np.float32]],
        blocked: dict[str, str],
        weights: dict[str, NDArray[np.float32]],
        precision: str = "float32",
        note: str = "",
        target: Target,
        of: Of,
    ) -> None:
        self.target = target
        self._of: Of = of
        self._recording = recording
        self._gradients = gradients
        self.name = name
        self.quantity = explained.quantity
        self.target_values = explained.values
        self.blocked = blocked
        self.precision = precision
        self.note = note
        self.weights = weights

    def __getitem__(self, path: str) -> NDArray[np.float32]:
        """Return the gradient by a layer's maps, or by an input.

        Raises KeyError if there is none; the message says why.
        """
        if path in self._gradients:
            return self._gradients[path]
        if path in self.blocked:
            raise KeyError(f"there is no gradient of {path}: {self.blocked[path]}")
        raise KeyError(unknown_name_message("layer", path, self._gradients))

    def __iter__(self) -> Iterator[str]:
        """Iterate over the paths: the inputs', then the layers' in execution order."""
        return iter(self._gradients)

    def __len__(self) -> int:
        """Return the number of inputs and layers that have a gradient."""
        return len(self._gradients)

    @property
    def input(self) -> NDArray[np.float32]:
        """The gradient by what the model received, shape ``(images, height, width, channels)``.

        Its absolute values are a saliency map (Simonyan, Vedaldi and Zisserman 2014, "Deep inside
        convolutional networks"). Of several inputs, of the one that is shown as the image.
        """
        return self[self._recording.input.path]

    def importance(self, layer: str) -> NDArray[np.float32]:
        """Return how much each channel adds to the target, to first order.

        The sum over a channel's units of gradient × activation, signed, in the target's unit
        (logits), shape ``(images, channels)``. It is an estimate of what the target loses if the
        channel is set to zero; `Recording.ablate` computes that exactly.

        Raises
        ------
        KeyError
            If the layer has no gradient; the message says why.
        """
        entry = self._recording[layer]
        return channel_importance(self[layer], np.asarray(entry.maps), entry.kind)

    def importance_of(self, layer: str, image: int) -> NDArray[np.float32]:
        """Return `importance` of one image, ``(channels,)``; without computing the others'."""
        entry = self._recording[layer]
        one = slice(image, image + 1)
        found = channel_importance(self[layer][one], np.asarray(entry.maps[one]), entry.kind)
        return np.asarray(found[0])

    def grad_cam_of(self, layer: str, image: int) -> NDArray[np.float32]:
        """Return `grad_cam` of one image, ``(height, width)``; without computing the others'."""
        one = slice(image, image + 1)
        maps = np.asarray(self._recording[layer].maps[one])
        return np.asarray(grad_cam(self[layer][one], maps, signed=False)[0])

    def grad_cam(self, layer: str, *, signed: bool = False) -> NDArray[np.float32]:
        """Return where a layer speaks for the target, on the layer's own grid.

        Selvaraju et al. 2017, "Grad-CAM": the maps, each weighted with the mean of its gradient,
        are added, and what is negative is set to zero. Not scaled: the values are the target's
        unit per unit of the grid, divided by none but the number of units.

        Parameters
        ----------
        layer : str
            One with maps.
        signed : bool, optional
            Whether what speaks against the target stays, as negative values.

        Returns
        -------
        NDArray[np.float32]
            Shape ``(images, height, width)``; of a volume, the slices below each other.

        Raises
        ------
        KeyError
            If the layer has no gradient; the message says why.
        ValueError
            If the layer has no maps.
        """
        entry = self._recording[layer]
        if entry.kind != "maps" or entry.height * entry.width == 1:
            raise ValueError(
                f"layer is {layer!r}, which has no maps, but {' × '.join(map(str, entry.sizes))} "
                "units: Grad-CAM takes a layer whose units lie in rows and columns, such as the "
                "last convolution"
            )
        return grad_cam(self[layer], np.asarray(entry.maps), signed=signed)

    def randomization_check(self) -> RandomizationCheck:
        """Compute how alike the input's gradient stays when it should not.

        Its rank correlation with that of the model whose class layer is shuffled, and with that of
        another class: near 1 the map says little of the class (Adebayo et al. 2018, "Sanity checks
        for saliency maps"). The model itself is left as it is.

        Raises
        ------
        ValueError
            If the target is no class, or no layer has a weight for each class.
        """
        if not isinstance(self.target, ClassTarget):
            raise ValueError(f"the target is {self.name}; the check takes a class")
        classes = self._recording.outputs[self.target.output].channels
        return randomization_check(
            recorded_model(self._recording), self.target, classes, self._of, guided=self.is_guided
        )

    is_guided = False
    """Whether the signal was rectified at ReLUs."""

    def __repr__(self) -> str:
        """Describe what was explained, and how much of it there is."""
        blocked = f", {len(self.blocked)} blocked" if self.blocked else ""
        half = "" if self.precision == "float32" else f", in {self.precision}"
        return f"<Gradients of the {self.name}: {len(self)} layers and inputs{blocked}{half}>"


def gradients(
    recording: Recording,
    target: Any = "top",
    *,
    of: Of = "logit",
    class_names: Sequence[str] | None = None,
    weights: bool = False,
) -> Gradients:
    """Compute `Recording.gradients`, which documents the parameters."""
    return gradients_of(
        recording, target, of=of, class_names=class_names, weights=weights, make=Gradients
    )


G = TypeVar("G", bound=Gradients)


def gradients_of(
    recording: Recording,
    target: Any,
    *,
    of: Of = "logit",
    class_names: Sequence[str] | None = None,
    weights: bool = False,
    rectified: Rectified | None = None,
    make: Callable[..., G],
) -> G:
    """Compute gradients, rectified or not, and make an object of them."""
    if of not in ("logit", "probability"):
        raise ValueError(f'of is {quoted(of)}; it takes "logit" or "probability"')
    recorded = recorded_model(recording)
    parsed = parse_target(target, recording, class_names or recording.class_names)
    variables = trainable_weights(recorded.tree) if weights else {}
    explained = explain(
        recorded, parsed, of=of, weights=list(variables.values()), rectified=rectified
    )
    changed = warn_if_changed(recording, recorded, explained)
    found, without = arranged(recorded, explained)
    blocked = {path: why_blocked(recording, parsed, path, how) for path, how in without.items()}
    # Only JAX gives zeros where nothing arrives: elsewhere a zero is one.
    is_on_jax = backend_of(recorded.model) is jax
    for path in [path for path in found if is_on_jax and not found[path].any()]:
        if reason := why_blocked(recording, parsed, path, "", only_certain=True):
            blocked[path] = reason
            del found[path]
    precision = _precision(recorded)
    half = "" if precision == "float32" else f"computed in {precision}, which is rough"
    return make(
        recording,
        note="; ".join(filter(None, [changed, half])),
        name=target_name(parsed, explained.quantity),
        explained=explained,
        gradients=found,
        blocked=blocked,
        precision=precision,
        target=parsed,
        of=of,
        weights={
            name: np.asarray(to_array(gradient), np.float32)
            for name, gradient in zip(variables, explained.derivatives.weights, strict=True)
            if gradient is not None
        },
    )


def _precision(recorded: RecordedModel) -> str:
    dtypes = {each.dtype for each in recorded.arrangements.values()}
    return next((dtype for dtype in ("float16", "bfloat16") if dtype in dtypes), "float32")


def target_name(target: Target, quantity: str) -> str:
    """Return what is explained in words: ``"logit of cat"``."""
    return target.name if isinstance(target, UnitTarget) else f"{quantity} of {target.name}"


def recorded_model(recording: Recording) -> RecordedModel:
    """Return the model of a recording; raises RuntimeError if it has none."""
    recorded = recording.recorded_model
    assert isinstance(recorded, RecordedModel)
    return recorded


def arranged(
    recorded: RecordedModel, explained: Explained
) -> tuple[dict[str, NDArray[np.float32]], dict[str, str]]:
    """Return the gradients by path, as the recording arranges maps, and what has none.

    Of the latter, by path, what their numbers are: ``"int32"``, empty if they are floating-point.
    """
    found: dict[str, NDArray[np.float32]] = {}
    without: dict[str, str] = {}
    derivatives = explained.derivatives
    inputs = recorded.inputs
    shown = inputs.inputs[inputs.shown]
    others = [each for each in inputs.inputs if each is not shown]
    # They come in the order of the nesting.
    keys = [key for key, _ in leaves(inputs.structure)]
    by_input = dict(zip(keys, derivatives.inputs, strict=True))
    for each in [shown, *others]:
        gradient = by_input[each.key]
        if gradient is None:
            without[each.path] = each.array.dtype.name if each.array.dtype.kind != "f" else ""
        else:
            found[each.path] = arranged_input(each, to_array(gradient))
    for key, arrangement in recorded.arrangements.items():
        gradient = derivatives.outputs.get(key)
        if gradient is not None:
            found[arrangement.path] = arrangement.arranged(to_array(gradient))
        else:
            is_float = "float" in arrangement.dtype
            without[arrangement.path] = "" if is_float else arrangement.dtype
    return found, without


def warn_if_changed(recording: Recording, recorded: RecordedModel, explained: Explained) -> str:
    """Warn if the model returns something else than it did when it was recorded; say so."""
    for output, returned in zip(recording.outputs, explained.returned, strict=False):
        before = np.asarray(output.maps)
        if before.size != returned.size:
            continue
        now = returned.reshape(before.shape).astype(np.float32)
        size = float(np.abs(np.where(np.isfinite(before), before, 0)).max(initial=0))
        if not np.allclose(now, before, rtol=1e-2, atol=1e-3 * size, equal_nan=True):
            changed = (
                f"{recording.model_name} has changed since it was recorded: it returns something "
                "else now"
            )
            warnings.warn(
                f"{changed}. Gradients are those of the model as it is; record it again to compare "
                "them with its activations",
                stacklevel=find_stack_level(),
            )
            return changed
    return ""
