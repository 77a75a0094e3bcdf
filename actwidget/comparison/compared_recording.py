"""What a comparison is shown as: one recording with the layers of all."""

from __future__ import annotations

from collections.abc import Iterable

from actwidget.comparison.comparison import Comparison
from actwidget.recording.model_methods import RecordedModel
from actwidget.recording.recording import Recording


class ComparedRecording(Recording):
    """The first of the recordings, and of the others those layers that it has not.

    What is computed with a model is computed with that of the first.

    Parameters
    ----------
    comparison : Comparison
    owned : iterable of Recording
        Those that are closed with it.

    Attributes
    ----------
    comparison : Comparison
    """

    def __init__(self, comparison: Comparison, owned: Iterable[Recording] = ()) -> None:
        self.comparison = comparison
        self._owned = tuple(owned)
        first = comparison.recordings[0]
        super().__init__(
            [layer.first for layer in comparison.matched],
            model_name=f"{first.model_name}: {', '.join(comparison.names)}",
            inputs=first.inputs,
            images=first.images,
            not_shown=first.not_shown,
            input=first.input,
            versions=first.versions,
            outputs=first.outputs,
            hint=first.hint,
            quantity=first.quantity,
        )
        self._class_names = list(first.class_names)

    @property
    def class_names(self) -> list[str]:
        """The names of the classes; once set, those of each model that has as many."""
        return self._class_names

    @class_names.setter
    def class_names(self, names: list[str]) -> None:
        self._class_names = names
        # One unit stands for the second of two classes.
        sizes = {len(names), 1} if len(names) == 2 else {len(names)}
        for recording in self.comparison.recordings if names else ():
            if any(each.channels in sizes for each in recording.outputs):
                recording.class_names = list(names)

    @property
    def first(self) -> Recording:
        """The recording that the others are compared with."""
        return self.comparison.recordings[0]

    @property
    def closed(self) -> bool:
        """Whether the activations have been freed, here or in one of the recordings."""
        return super().closed or any(each.closed for each in self.comparison.recordings)

    @property
    def has_model(self) -> bool:
        """Whether the first has its model."""
        return self.first.has_model

    @property
    def recorded_model(self) -> RecordedModel:
        """The model of the first."""
        return self.first.recorded_model

    def close(self) -> None:
        """Let go of the maps, and close the recordings that it owns."""
        super().close()
        for recording in self._owned:
            recording.close()
