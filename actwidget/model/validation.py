"""Checking that an object is a Keras model."""

from __future__ import annotations

from typing import Any, TypeGuard

from actwidget.model.keras_classes import keras_kinds
from actwidget.model.layer_tree import is_input_layer
from actwidget.model.protocols import KerasLayer, KerasModel


def check_model(model: Any) -> None:
    """Raise unless ``model`` is a Keras model that has layers.

    A model of tf_keras is one as well, though it is not a ``keras.Model``.

    Raises
    ------
    TypeError
        If it is not a Keras model.
    ValueError
        If it has no layers.
    """
    if isinstance(model, type):
        name = model.__name__
        raise TypeError(f"model is the class {name}; give a model made from it: {name}(...)")
    if isinstance(model, str):
        raise TypeError(
            f"model is text ({model!r}); load it first with keras.models.load_model({model!r})"
        )
    if looks_like_model(model):
        if all(map(is_input_layer, model._flatten_layers(include_self=False, recursive=False))):
            raise ValueError(
                f"model {model.name} has no layers, so there is nothing to record: add some, "
                "or set them as attributes in the __init__ of a subclassed model"
            )
        return
    if looks_like_layer(model):
        raise TypeError(
            f"model is the layer {model.name} ({type(model).__name__}); put it in a model: "
            "keras.Sequential([layer])"
        )
    kind = type(model)
    raise TypeError(
        f"model is a {kind.__module__}.{kind.__qualname__}; it has to be a Keras model, such as "
        "keras.Sequential, keras.Model or a subclass of it"
    )


def looks_like_model(thing: Any) -> TypeGuard[KerasModel]:
    """Check whether an object is a Keras model, of whichever Keras."""
    return callable(thing) and looks_like_layer(thing) and "Model" in keras_kinds(thing)


def looks_like_layer(thing: Any) -> TypeGuard[KerasLayer]:
    """Check whether an object is a Keras layer, or a model; a class is neither."""
    return "Layer" in keras_kinds(thing) and callable(getattr(thing, "_flatten_layers", None))
