"""What a Keras model declares of its inputs: structure, shapes, dtypes and number of axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from actwidget.model.protocols import KerasModel
from actwidget.model.structure import leaves, map_leaves

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class InputSpec:
    """One of a model's inputs.

    Attributes
    ----------
    name : str
        Its key if the model takes a dict, else the name of its input layer, or its number.
    key : str
        Where it is in the model's nesting of inputs, as `leaves` writes it; empty for a lone one.
    shape : tuple of (int or None), or None
        Its shape, batch axis included; None if the model declares none.
    dtype : str or None
        Its dtype; None if the model declares none.
    tensor : Tensor or None
        What stands for it in the model's graph, if there is one.
    """

    name: str
    key: str
    shape: Shape | None
    dtype: str | None = None
    tensor: Any = None

    def __str__(self) -> str:
        """Return its name with its shape: ``left (4, 4, 1)``."""
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


def declared_inputs(model: KerasModel) -> InputSpecs | None:
    """Return what a model declares of its inputs; None if it declares nothing.

    A functional model declares shapes and dtypes. A subclassed one was built for some shape, but
    may take other sizes: of that shape only the number of axes is used.
    """
    try:
        tensors = getattr(model, "inputs", None)
    except (RuntimeError, ValueError):
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
            tensor,
        ),
    )


def built_shape(model: KerasModel) -> Shape | None:
    """Return the shape that a subclassed model of one input was built for, if it was."""
    shape = _build_shapes(model).get("input_shape")
    # A functional model declares its inputs instead.
    return None if getattr(model, "inputs", None) or not isinstance(shape, tuple) else shape


def forget_build(model: KerasModel) -> None:
    """Mark a subclassed model whose first call failed as not built, as it was.

    Keras takes it for one that was built for what it refused, and so would the next recording.
    """
    if getattr(model, "inputs", None):
        return
    before = {"built": False, "_build_shapes_dict": None, "_build_input_shape": None}
    model.__dict__.update({name: before[name] for name in before if name in model.__dict__})


def _build_shapes(model: KerasModel) -> dict[str, Any]:
    return getattr(model, "_build_shapes_dict", None) or {}


def _built_for(model: KerasModel) -> InputSpecs | None:
    """Return the inputs a subclassed model was built for."""
    shapes = _build_shapes(model)
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


def _declared(structure: Any, make: Callable[[str, str, Any], InputSpec]) -> InputSpecs:
    """Return a structure with numbered leaves, and describe each leaf."""
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
