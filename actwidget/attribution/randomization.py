"""A sanity check of saliency maps: whether they depend on what the model has learnt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.arranged_input import arranged_input
from actwidget.attribution.backward_pass import explain
from actwidget.attribution.rectified import Rectified
from actwidget.attribution.target import ClassTarget, Of
from actwidget.attribution.target_pass import Changes, Wanted
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.backend import as_tensor, is_legacy
from actwidget.model.structure import leaves
from actwidget.model.tensors import dtype_name, to_array


@dataclass(frozen=True)
class RandomizationCheck:
    """How alike a saliency map stays when it should not.

    Attributes
    ----------
    class_layer : str
        The layer whose weights were shuffled.
    randomized : float
        Spearman's rank correlation of the absolute maps with those of the model whose class layer
        is shuffled, the mean over the images: near 1, the map hardly depends on the classes.
    other_class : float
        The same with the maps of the next class, of the model as it is.
    """

    class_layer: str
    randomized: float
    other_class: float


def randomization_check(
    recorded: RecordedModel, target: ClassTarget, classes: int, of: Of, *, guided: bool
) -> RandomizationCheck:
    """Compute the check of a class's input gradient, or of guided backpropagation.

    Adebayo et al. 2018, "Sanity checks for saliency maps".

    Raises
    ------
    ValueError
        If the model is of tf_keras, or no layer has a weight with a value for each class.
    """
    if is_legacy(recorded.model):
        raise ValueError(f"{recorded.model.name} is of tf_keras; the check takes models of Keras 3")
    path, layer = _class_layer(recorded, classes)
    random = np.random.default_rng(0)
    instead = []
    for variable in layer.weights:
        values = to_array(variable.value)
        shuffled = random.permutation(values.reshape(-1)).reshape(values.shape)
        instead.append((variable, as_tensor(recorded.model, shuffled, dtype_name(variable))))

    def saliency(target: ClassTarget, weights: list[Any]) -> NDArray[np.float64]:
        rectified = Rectified(recorded.model) if guided else None
        changes = Changes(variables=weights, rectified=rectified)
        found = explain(recorded, Wanted(target, of, only_inputs=True), changes)
        shown = recorded.inputs.inputs[recorded.inputs.shown]
        keys = [key for key, _ in leaves(recorded.inputs.structure)]
        gradient = found.derivatives.inputs[keys.index(shown.key)]
        maps = arranged_input(shown, to_array(gradient))
        sizes: NDArray[np.float64] = np.abs(maps).sum(axis=-1, dtype=np.float64)
        return sizes.reshape(len(maps), -1)

    other = ClassTarget(target.output, (target.units + 1) % classes, target.signs, "the next class")
    before = saliency(target, [])
    return RandomizationCheck(
        path,
        _mean_spearman(before, saliency(target, instead)),
        _mean_spearman(before, saliency(other, [])),
    )


def _class_layer(recorded: RecordedModel, classes: int) -> tuple[str, Any]:
    """Return the last layer with a kernel that has a value for each class."""
    for node in reversed(list(recorded.tree)):
        layer: Any = node.layer
        own = [each for each in layer.weights if len(each.shape) > 1]
        if own and not node.children and tuple(own[0].shape)[-1] == classes:
            return node.path, layer
    raise ValueError(
        f"{recorded.model.name} has no layer with a weight for each of {classes} classes, which "
        "could be shuffled"
    )


def _mean_spearman(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.mean([spearman(a, b) for a, b in zip(one, other, strict=True)]))


def spearman(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return Spearman's rank correlation of two vectors; 0 if one is constant."""
    a, b = _ranks(one), _ranks(other)
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size else 0.0


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks; equal values share the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: NDArray[np.float64] = (ends - (counts + 1) / 2)[places]
    return ranks
