"""The recordings that are compared in a widget: each one's layers, and the difference of two.

Their variants are named ``'["other",2]'``, the third recording, and ``'["difference",2]'``, that
less the first; with a gradient: ``'["other",2,"gradient","top"]'``.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from actwidget.comparison.comparison import Comparison
from actwidget.comparison.difference import DIFFERENCE, difference_entry
from actwidget.comparison.picked_images import PickedMaps
from actwidget.numerics.pooled_statistics import pooled
from actwidget.numerics.statistics import Statistics
from actwidget.protocol.explainer import Explainer, parse_json, to_json
from actwidget.protocol.live_slot import LiveSlot
from actwidget.protocol.survey_slot import SurveySlot
from actwidget.protocol.variants import OTHER, Variant, Variants
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.utils.incremental import Incremental


class ComparedSlot:
    """Holds a comparison; shared by all that is shown of one widget.

    Parameters
    ----------
    recording : Recording
        That of the widget: a `ComparedRecording`, or any other, which is compared with nothing.
    explainer : Explainer
        Computes with the model of the first.

    Attributes
    ----------
    comparison : Comparison or None
        None: nothing is compared.
    against : tuple of int or None
        The number of the recording, and of its image, of which live frames are shown as the
        difference; None: they are shown as they are.
    """

    def __init__(self, recording: Recording, explainer: Explainer) -> None:
        self.comparison: Comparison | None = getattr(recording, "comparison", None)
        self.against: tuple[int, int] | None = None
        self._explainers = [explainer]
        self._shown: dict[int, Variants] = {}
        self._locks: list[threading.Lock] = []
        if self.comparison is not None:
            recordings = self.comparison.recordings
            self._explainers += [Explainer(each) for each in recordings[1:]]
            self._locks = [threading.Lock() for _ in self.comparison.matched]

    @property
    def count(self) -> int:
        """How many recordings are compared; 1: nothing is."""
        return 1 if self.comparison is None else len(self.comparison.recordings)

    def explainer(self, number: int) -> Explainer:
        """Return what computes with the model of a recording; ValueError if there is none."""
        if not 0 <= number < len(self._explainers):
            raise ValueError(f"recording is {number}, and there is none of this number to compare")
        return self._explainers[number]

    def holders(self, layer: int) -> list[int]:
        """Return the numbers of the recordings that have a layer."""
        assert self.comparison is not None
        return list(self.comparison.matched[layer].entries)

    def entries(self, number: int) -> list[LayerMaps]:
        """Return the layers of a recording; those that it lacks are another's, shown alone."""
        assert self.comparison is not None
        return [layer.entries.get(number, layer.first) for layer in self.comparison.matched]

    def variant(self, name: str, pair: str, number: int, *rest: Any) -> Variant:
        """Return one of the recordings, or the difference of it and the first.

        `rest` says what is shown in place of their values, as a variant of a recording has it.
        """
        if self.comparison is None or not 0 < number < self.count:
            raise ValueError(f"variant is {name}, and there is no recording {number} to compare")
        found = self._member(number, rest)
        if pair == OTHER:
            found.name, found.pooled = name, to_json(list(rest)) if rest else ""
            found.recording = self.comparison.recordings[number]
            return found
        return self._difference(name, self._member(0, rest), found, number)

    def _difference(self, name: str, one: Variant, other: Variant, number: int) -> Variant:
        assert self.comparison is not None
        layers, missing = [], one.missing | other.missing
        for place, layer in enumerate(self.comparison.matched):
            first, second = one.layers[place], other.layers[place]
            reason = layer.why_no_difference(0, number, self.comparison.names)
            if reason:
                missing[place] = reason
            layers.append(second if place in missing else difference_entry(first, second))
        quantity = f"difference of {one.quantity}" if one.quantity else DIFFERENCE
        return Variant(name, layers, missing, quantity)

    def _member(self, number: int, rest: Sequence[Any]) -> Variant:
        """Return what is shown of one recording."""
        assert self.comparison is not None
        recording = self.comparison.recordings[number]
        layers = self.entries(number)
        if not rest:
            return Variant("", layers, {}, recording.quantity)
        if number not in self._shown:
            # Of these no frames and no images of a survey are shown.
            self._shown[number] = Variants(
                layers, self._explainers[number], LiveSlot(), SurveySlot(recording)
            )
        found = self._shown[number].get(to_json(list(rest)), lambda variant: variant)
        return Variant(found.name, found.layers, found.missing, found.quantity)

    def frame_shown(
        self, number: int, frame: LayerMaps, against: tuple[int, int] | None
    ) -> tuple[str, LayerMaps]:
        """Return a layer of a live frame as it is shown, and what its values are; empty: its own.

        `against` is as the attribute. The input, and a layer that the other has not in this shape,
        are shown as they are.
        """
        if self.comparison is None or against is None or number == 0:
            return "", frame
        recording, image = against
        other = self.comparison.matched[number].entries.get(recording)
        if other is None or (other.kind, other.sizes) != (frame.kind, frame.sizes):
            return "", frame
        still = replace(other, maps=PickedMaps(other.map_array, [image]))
        return DIFFERENCE, difference_entry(frame, still)

    def statistics(self, layer: int, own: LayerMaps, rest: str) -> Incremental[Statistics]:
        """Compute the statistics that one scale for all recordings is made of, as `own` has groups.

        `rest` is the name of what is shown in place of their values; empty: nothing is. One thread
        does it at a time: pictures of several recordings are asked for at once.
        """
        with self._locks[layer]:
            found = []
            for number in self.holders(layer):
                member = self._member(number, parse_json(rest) if rest else ())
                if layer not in member.missing:
                    found.append(member.layers[layer].statistics)
        yield
        groups = len(own.statistics.mean)
        # Those of other channels count as a whole.
        return pooled(sorted(found, key=lambda each: len(each.mean) != groups))
