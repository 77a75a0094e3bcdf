"""Checking that an object is a Keras model."""

from __future__ import annotations

import os
from typing import Any, TypeGuard

from actwidget.model.keras_classes import keras_kinds
from actwidget.model.layer_tree import is_input_layer
from actwidget.model.protocols import KerasLayer, KerasModel
from actwidget.utils.messages import NAME, QUOTED, quoted, shortened


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
        raise TypeError(f"model is the class {quoted(model.__name__)}; give a model made from it")
    if isinstance(model, (str, os.PathLike)):
        name = os.fspath(model)
        what = f"model is text ({quoted(name)})"
        if len(name) <= QUOTED and os.path.exists(name):
            raise TypeError(f"{what}; load it first: keras.models.load_model({name!r})")
        raise TypeError(f"{what}, and there is no such file here; give a Keras model")
    if looks_like_model(model):
        if all(map(is_input_layer, model._flatten_layers(include_self=False, recursive=False))):
            raise ValueError(
                f"model {shortened(model.name, NAME)} has no layers, so there is nothing to "
                "record: add some, "
                "or set them as attributes in the __init__ of a subclassed model"
            )
        return
    if looks_like_layer(model):
        raise TypeError(
            f"model is the layer {shortened(model.name, NAME)} "
            f"({shortened(type(model).__name__, NAME)}); put it in a model: "
            "keras.Sequential([model])"
        )
    kind = type(model)
    raise TypeError(
        f"model is a {shortened(f'{kind.__module__}.{kind.__qualname__}')}; it has to be a Keras "
        "model, such as "
        "keras.Sequential, keras.Model or a subclass of it"
    )


def looks_like_model(thing: Any) -> TypeGuard[KerasModel]:
    """Check whether an object is a Keras model, of whichever Keras."""
    return callable(thing) and looks_like_layer(thing) and "Model" in keras_kinds(thing)


def looks_like_layer(thing: Any) -> TypeGuard[KerasLayer]:
    """Check whether an object is a Keras layer, or a model; a class is neither."""
    return "Layer" in keras_kinds(thing) and callable(getattr(thing, "_flatten_layers", None))
