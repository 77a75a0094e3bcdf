"""Which layers of several recordings are compared with each other: those of the same path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording


@dataclass(frozen=True)
class MatchedLayer:
    """A layer of one recording or of several.

    Attributes
    ----------
    path : str
    entries : dict of int to LayerMaps
        The layer in each recording that has it, by the recording's number.
    """

    path: str
    entries: dict[int, LayerMaps]

    @property
    def first(self) -> LayerMaps:
        """The layer in the first recording that has it."""
        return next(iter(self.entries.values()))

    def why_no_difference(self, one: int, other: int, names: Sequence[str]) -> str:
        """Return why there is no difference of two recordings; empty if there is."""
        missing = [names[number] for number in (one, other) if number not in self.entries]
        if missing:
            return f"{self.path} is not in {' and '.join(missing)}"
        first, second = self.entries[one], self.entries[other]
        if first.kind == second.kind and first.sizes == second.sizes:
            return ""
        return (
            f"{self.path} is {_sizes(first)} in {names[one]} and {_sizes(second)} in "
            f"{names[other]}: a difference needs the same shape"
        )


def match_layers(recordings: Sequence[Recording]) -> tuple[MatchedLayer, ...]:
    """Return the inputs and layers of all recordings, in the order in which they are run.

    The input comes first, whatever it is called. A layer that is not in the first recording stands
    after the one before it in its own.
    """
    inputs = {number: recording.input for number, recording in enumerate(recordings)}
    found: dict[str, dict[int, LayerMaps]] = {}
    order: list[str] = []
    for number, recording in enumerate(recordings):
        place = 0
        for path, entry in recording.items():
            if entry is inputs[number]:
                continue
            if path in found:
                place = order.index(path) + 1
            else:
                order.insert(place, path)
                place += 1
            found.setdefault(path, {})[number] = entry
    name = recordings[0].input.path
    return MatchedLayer(name, inputs), *(MatchedLayer(path, found[path]) for path in order)


def _sizes(entry: LayerMaps) -> str:
    return " × ".join(map(str, entry.sizes))
