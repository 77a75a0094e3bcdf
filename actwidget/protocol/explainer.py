"""What explains a recording's targets, computed at the first use; the last of it is kept."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from actwidget.recording.recording import Recording

if TYPE_CHECKING:
    from actwidget.attribution.gradients import Gradients

KEPT = 2
"""How many targets' gradients are kept: each takes as much memory as all maps."""

T = TypeVar("T")


class Explainer:
    """Computes with a recording's model, one thing at a time, and keeps what came last.

    Targets are JSON: ``'"top"'``, ``'["conv2", 17, [3, 4]]'``.

    Attributes
    ----------
    recording : Recording
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Any] = OrderedDict()
        self._windows: dict[str, Any] | None = None
        self._fields: dict[str, Any] = {}

    def gradients(self, target: str) -> Gradients:
        """Return the gradients of a target, by all layers and in all images."""
        parsed = parse_json(target)
        return self._once(f"gradients {target}", lambda: self.recording.gradients(parsed))

    def name(self, target: str, image: int) -> str:
        """Return what a target is called: ``"logit of cat"``; empty if that is not kept."""
        kept, rank = self.recording.kept_attributions, self.rank(target, image)
        if self.recording.has_model:
            return str(self.gradients(target).name_of(image))
        if kept is None or rank is None:
            return ""
        found, number = kept.names[image][rank], int(kept.classes[image, rank])
        # It may have been saved before the classes had names.
        without = found.removesuffix(f"class {number}")
        names = self.recording.class_names
        return found if without == found or not names else f"{without}{names[number]}"

    def importance(self, target: str, path: str, image: int) -> NDArray[np.float32] | None:
        """Return how much each channel of a layer adds to a target; None if there is none."""
        if not self.recording.has_model:
            kept = self.recording.kept_attributions
            rank = self.rank(target, image)
            found = kept.importance.get(path) if kept else None
            return None if rank is None or found is None else found[image, rank]
        gradients = self.gradients(target)
        return gradients.importance_of(path, image) if path in gradients else None

    def rank(self, target: str, image: int) -> int | None:
        """Return the place of a class among those that are kept; None if it is not."""
        kept, wanted = self.recording.kept_attributions, parse_json(target)
        if kept is None:
            return None
        names = self.recording.class_names
        if wanted == "top" and "top" not in names:
            return 0
        if isinstance(wanted, str):
            wanted = names.index(wanted) if wanted in names else None
        classes = kept.classes[image].tolist()
        return classes.index(wanted) if wanted in classes else None

    def without(self, layer: str, channel: int) -> Recording:
        """Return the recording with a channel switched off."""
        return self._once(
            f"without {channel} {layer}", lambda: self.recording.without(layer, channel)
        )

    def windows(self, layer: str) -> Any:
        """Return what `Recording.receptive_windows` has for a layer; KeyError if it has nothing."""
        if self._windows is None:
            kept = None if self.recording.has_model else self.recording.kept_attributions
            self._windows = kept.windows if kept else self.recording.receptive_windows()
        return self._windows[layer]

    def field(self, layer: str) -> Any:
        """Return a layer's receptive field as looks at units show it."""
        with self._lock:
            if layer not in self._fields:
                self._fields[layer] = self.recording.receptive_field(layer)
            return self._fields[layer]

    def _once(self, key: str, compute: Callable[[], T]) -> T:
        # One at a time: each takes all of the machine, and as much memory as the maps.
        with self._lock:
            if key not in self._known:
                while len(self._known) >= KEPT:
                    self._known.popitem(last=False)
                self._known[key] = compute()
            self._known.move_to_end(key)
            found: T = self._known[key]
            return found


def parse_json(text: str) -> Any:
    """Return what a text of JSON holds, with tuples in place of lists.

    Raises ValueError if it is none.
    """
    try:
        return with_tuples(json.loads(text))
    except json.JSONDecodeError as error:
        raise ValueError(f"{text!r} is no JSON: {error}") from None


def with_tuples(value: Any) -> Any:
    """Return lists and tuples as tuples, and so those within."""
    if isinstance(value, (list, tuple)):
        return tuple(with_tuples(each) for each in value)
    return value


def to_json(value: Any) -> str:
    """Return a value as the page's ``JSON.stringify`` writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
