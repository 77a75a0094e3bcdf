"""Computing gradients of a target by every layer's maps and by the input, in one backward pass."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.arranged_input import arranged_input
from actwidget.attribution.backward_pass import Explained, explain
from actwidget.attribution.blocked import Reasons
from actwidget.attribution.gradients import Gradients
from actwidget.attribution.model_of import recorded_model
from actwidget.attribution.rectified import Rectified
from actwidget.attribution.target import Of, Target, UnitTarget, parse_target
from actwidget.attribution.target_pass import Changes, Wanted
from actwidget.attribution.weights import trainable_weights
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.structure import leaves
from actwidget.model.tensors import to_array
from actwidget.recording.recording import Recording
from actwidget.utils.messages import quoted
from actwidget.utils.stacklevel import find_stack_level


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
    wanted = Wanted(parsed, of, weights=list(variables.values()))
    explained = explain(recorded, wanted, Changes(rectified=rectified))
    changed = warn_if_changed(recording, recorded, explained)
    found, without = arranged(recorded, explained)
    reasons = Reasons(recording, recorded, Wanted(parsed, of), found)
    blocked = {path: reasons.of_missing(path, dtype) for path, dtype in without.items()}
    for path in [path for path in found if not found[path].any()]:
        if reason := reasons.of_zero(path):
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
