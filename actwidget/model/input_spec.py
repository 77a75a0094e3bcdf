"""What a Keras model states of its inputs: structure, shapes, dtypes and number of axes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from actwidget.model.structure import leaves, map_leaves

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class InputSpec:
    """One of a model's inputs.

    Attributes
    ----------
    name : str
        Its key where the model takes a dict, else the name of its input layer, or its number.
    key : str
        Where it is in the model's nesting of inputs, as `leaves` says it; empty for a lone one.
    shape : tuple of (int or None), or None
        Its shape, batch axis included; None where the model states none.
    dtype : str or None
        Its dtype; None where the model states none.
    """

    name: str
    key: str
    shape: Shape | None
    dtype: str | None = None

    def __str__(self) -> str:
        """Name it with its shape: ``left (4, 4, 1)``."""
        if self.shape is None:
            return self.name
        sizes = ["any" if size is None else str(size) for size in self.shape[1:]]
        return f"{self.name} ({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


@dataclass(frozen=True)
class InputSpecs:
    """All of a model's inputs.

    Attributes
    ----------
    structure : object
        Nested as the model takes them, with numbers from 0 as leaves.
    inputs : tuple of InputSpec
        In the order of these numbers.
    """

    structure: Any
    inputs: tuple[InputSpec, ...]


def declared_inputs(model: Any) -> InputSpecs | None:
    """Read what a model says of its inputs; None where it says nothing.

    A functional model states shapes and dtypes. A subclassed one was built for some shape, but may
    take other sizes: of that only the number of axes is given.
    """
    try:
        tensors = model.inputs
    except (AttributeError, RuntimeError, ValueError):
        tensors = None
    if not tensors:
        return _built_for(model)
    structure = getattr(model, "_inputs_struct", getattr(model, "_nested_inputs", None))
    if structure is None:
        structure = tensors[0] if len(tensors) == 1 else list(tensors)
    return _declared(
        structure,
        lambda name, key, tensor: InputSpec(
            name or _name(tensor),
            key,
            tuple(tensor.shape),
            str(getattr(tensor.dtype, "name", tensor.dtype)),
        ),
    )


def _built_for(model: Any) -> InputSpecs | None:
    """Read for which inputs a subclassed model was built."""
    shapes = getattr(model, "_build_shapes_dict", None) or {}
    built = shapes.get("input_shape") if len(shapes) <= 1 else None
    built = built or getattr(model, "_build_input_shape", None)
    if not built:
        return None
    return _declared(
        _with_shapes(built),
        lambda name, key, shape: InputSpec(
            name or key.removeprefix(":"), key, (None,) * len(shape.sizes)
        ),
    )


@dataclass(frozen=True)
class _Shape:
    """A shape as one leaf: as a tuple it would be a nesting."""

    sizes: Shape


def _with_shapes(structure: Any) -> Any:
    if isinstance(structure, Mapping):
        return {name: _with_shapes(item) for name, item in structure.items()}
    items = list(structure)
    if all(item is None or isinstance(item, int) for item in items):
        return _Shape(tuple(items))
    return [_with_shapes(item) for item in items]


def _declared(structure: Any, make: Any) -> InputSpecs:
    """Give the leaves of a structure their numbers, and describe each."""
    by_name = isinstance(structure, Mapping)
    inputs = tuple(
        make(key.removeprefix(":") if by_name else "", key, leaf) for key, leaf in leaves(structure)
    )
    numbers = iter(range(len(inputs)))
    return InputSpecs(map_leaves(structure, lambda _: next(numbers)), inputs)


def _name(tensor: Any) -> str:
    history = getattr(tensor, "_keras_history", None)
    layer = getattr(history, "operation", getattr(history, "layer", tensor))
    return str(layer.name)


def expected_rank(layers: Iterable[Any], given: int) -> int | None:
    """Give how many axes the first layer that cares wants of a batch; None if none cares.

    Parameters
    ----------
    layers : iterable of Keras layers
        In the order in which they run, as far as that is known.
    given : int
        How many axes there are: a dense layer takes rows of numbers if it is given such.
    """
    for layer in layers:
        kind = type(layer).__name__
        if kind in {"Flatten", "Reshape"}:
            return None
        if kind == "TimeDistributed" and type(layer.layer).__name__.endswith("Dense"):
            return 3 if given <= 3 else None
        if kind.endswith("Dense"):
            return 2 if given <= 2 else None
        if (axes := _wanted_axes(layer)) is not None:
            return axes
    return None


def _wanted_axes(layer: Any) -> int | None:
    kind = type(layer).__name__
    if kind == "TimeDistributed":
        axes = _wanted_axes(layer.layer)
        return None if axes is None else axes + 1
    if isinstance(shape := _declared_shape(layer), tuple):
        return len(shape)
    if kind.endswith("Embedding"):
        return 2
    recurrent = getattr(layer, "cell", None) is not None
    if found := re.search(r"([123])D(Transpose)?$", kind):
        return int(found[1]) + 2 + recurrent
    if recurrent or "Attention" in kind:
        return 3
    if kind.startswith("Random") or kind in {"Resizing", "CenterCrop"}:
        return 4
    return None


def _declared_shape(layer: Any) -> Shape | None:
    """Give the shape of a nested model's input, if it has one."""
    if not hasattr(type(layer), "layers"):
        return None
    declared = declared_inputs(layer)
    return declared.inputs[0].shape if declared else None
