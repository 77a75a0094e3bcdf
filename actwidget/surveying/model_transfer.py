"""Sending a model to another process."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actwidget.model.keras_classes import is_own_class
from actwidget.model.layer_tree import LayerTree
from actwidget.model.validation import looks_like_model
from actwidget.utils.messages import NAME, shortened

FILE = "model.keras"


@dataclass(frozen=True, eq=False)
class SentModel:
    """A model as other processes get it.

    Attributes
    ----------
    factory : callable or None
        The function that makes it.
    file : bytes
        Without one: the file that Keras saves.
    package : str
        The Keras it is of: ``"keras"`` or ``"tf_keras"``.
    classes : dict of str to type
        The user's own classes in it, which are sent along.
    """

    factory: Callable[[], Any] | None
    file: bytes
    package: str
    classes: dict[str, type]

    @classmethod
    def of(cls, given: Any, model: Any) -> SentModel:
        """Return what is sent of a model, or of the function that makes it.

        Raises
        ------
        TypeError
            If Keras cannot save the model.
        """
        package = "tf_keras" if type(model).__mro__ and _is_legacy(model) else "keras"
        if not looks_like_model(given) and callable(given):
            return cls(given, b"", package, {})
        kinds = {type(node.layer) for node in LayerTree(model)} | {type(model)}
        own = {kind for kind in kinds if not is_own_class(kind)}
        classes = {kind.__name__: kind for kind in own}
        for kind in own:
            registered = sys.modules[package].saving.get_registered_name(kind)
            classes[registered] = kind
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / FILE
                model.save(path)
                sent = cls(None, path.read_bytes(), package, classes)
                # A file that cannot be opened again is found here, and not on every worker.
                sent.build()
        except Exception as error:
            name = shortened(model.name, NAME)
            raise TypeError(
                f"model is {name}, which Keras cannot save and load, as other processes need it "
                f"({type(error).__name__}: {error!s:.150}): give a function that makes it, "
                "survey(make_model, ...), which loads the weights as well"
            ) from error
        return sent

    def build(self) -> Any:
        """Return the model."""
        if self.factory is not None:
            return self.factory()
        keras: Any = __import__(self.package)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FILE
            path.write_bytes(self.file)
            return keras.models.load_model(path, custom_objects=self.classes, compile=False)


def _is_legacy(model: Any) -> bool:
    return any(each.__module__.partition(".")[0] == "tf_keras" for each in type(model).__mro__)
