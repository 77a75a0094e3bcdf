"""Checking that an object is a Keras model."""

from __future__ import annotations

import inspect
import os
import zipfile
from inspect import Parameter
from typing import Any, TypeGuard

from actwidget.model.backend import is_legacy
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
        if os.path.exists(name):
            if len(name) <= QUOTED and _holds_model(name):
                raise TypeError(f"{what}; load it first: keras.models.load_model({name!r})")
            raise TypeError(f"{what}; give a Keras model, such as one that is loaded from a file")
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
        what = f"model is the layer {shortened(model.name, NAME)} "
        what += f"({shortened(type(model).__name__, NAME)}); put it in a model"
        if _takes_one_tensor(model):
            what += f": {'tf_keras' if is_legacy(model) else 'keras'}.Sequential([model])"
        raise TypeError(what)
    kind = type(model)
    raise TypeError(
        f"model is a {shortened(f'{kind.__module__}.{kind.__qualname__}')}; it has to be a Keras "
        "model, such as "
        "keras.Sequential, keras.Model or a subclass of it"
    )


def _holds_model(file: str) -> bool:
    """Check whether Keras can load a model from a file; some hold weights alone."""
    try:
        if file.endswith(".keras"):
            with zipfile.ZipFile(file) as archive:
                return "config.json" in archive.namelist()
        if not file.endswith((".h5", ".hdf5")):
            return False
        # A requirement of Keras itself.
        import h5py  # type: ignore[import-untyped]

        with h5py.File(file, "r") as content:
            return "model_config" in content.attrs
    except (OSError, ImportError, zipfile.BadZipFile):
        return False


def _takes_one_tensor(layer: Any) -> bool:
    """Check whether a layer can stand in a row of layers."""
    if keras_kinds(layer) & {"Merge", "Attention", "AdditiveAttention", "InputLayer"}:
        return False
    try:
        given = inspect.signature(layer.call).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    return sum(each.kind in positional and each.default is Parameter.empty for each in given) == 1


def looks_like_model(thing: Any) -> TypeGuard[KerasModel]:
    """Check whether an object is a Keras model, of whichever Keras."""
    return callable(thing) and looks_like_layer(thing) and "Model" in keras_kinds(thing)


def looks_like_layer(thing: Any) -> TypeGuard[KerasLayer]:
    """Check whether an object is a Keras layer, or a model; a class is neither."""
    return "Layer" in keras_kinds(thing) and callable(getattr(thing, "_flatten_layers", None))
