"""The traits of a comparison, which the page and Python share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from actwidget.protocol.compared_slot import ComparedSlot
from actwidget.protocol.shown_recording import ShownRecording
from actwidget.protocol.variants import ACTIVATION, DIFFERENCE, SIDE_BY_SIDE, variant_name
from actwidget.recording.recording import Recording
from actwidget.view.layer_description import layer_description
from actwidget.view.prediction import compared_answers
from actwidget.view.view_state import ViewState

if TYPE_CHECKING:
    from actwidget.view.activation_view import ActivationView

MOST_UNITS = 1 << 22
"""So many units of images are looked at to find out whether they are the same."""


def _current_panels(_value: object, view: ActivationView) -> list[dict[str, Any]]:
    """Compute the pictures beside the first when the state is sent."""
    if not view.is_open:
        return []
    with view.without_frames():
        return view.panels(view.view_state, with_input=True, saved=True)


class CompareTraits(traitlets.HasTraits):
    """What is known of recordings that are compared.

    Attributes
    ----------
    mode : {"side by side", "difference", "flicker"}
        How they are compared.
    panel : int
        Which of them is shown where there is room for one; as a difference, of that and the first.
    compared : dict
        What the page is told at first: see `compared_header`. Empty if nothing is compared.
    panel_pictures : list of dict
        The pictures beside the first, as the saved notebook has them.
    """

    mode = traitlets.Unicode(SIDE_BY_SIDE).tag(sync=True)
    panel = traitlets.Int(0).tag(sync=True)
    compared: Any = traitlets.Dict().tag(sync=True)
    panel_pictures: Any = traitlets.List().tag(sync=True, to_json=_current_panels)

    @traitlets.observe("mode", "panel", "image_index")
    def _subtract_from_frames(self, _change: object) -> None:
        """Have live frames be shown as a difference, too."""
        if self.is_open:
            self.shown.compared.against = self.against(self.view_state)

    def against(self, state: ViewState) -> tuple[int, int] | None:
        """Return the recording and the image of which frames are shown as the difference."""
        return (state.panel, state.image_index) if state.mode == DIFFERENCE else None

    @property
    def view_state(self) -> ViewState:
        """What is shown."""
        raise NotImplementedError

    @property
    def is_open(self) -> bool:
        """Whether there is a recording to show."""
        raise NotImplementedError

    @property
    def shown(self) -> ShownRecording:
        """The recording as it is laid out."""
        raise NotImplementedError

    def _picture_of(self, state: ViewState) -> tuple[int, int, int]:
        raise NotImplementedError

    def overview(
        self, state: ViewState, *, with_input: bool, saved: bool = False
    ) -> dict[str, Any]:
        """Return the message that holds a state's overview."""
        raise NotImplementedError

    def panels(
        self, state: ViewState, *, with_input: bool, saved: bool = False
    ) -> list[dict[str, Any]]:
        """Return the messages that hold the overviews beside that of a state."""
        found = []
        for number in self.beside(state):
            shown, (layer, _, depth) = self.variant_beside(state, number), self._picture_of(state)
            if layer in shown.missing:
                continue
            # Beside a frame that stands still, too.
            place = layer, state.image_index, depth
            found.append(shown.overview(*place, with_input=with_input, saved=saved))
        return found

    def beside(self, state: ViewState) -> list[int]:
        """Return the numbers of the recordings that are shown beside that of a state."""
        if not self._is_comparing(state) or state.mode != SIDE_BY_SIDE:
            return []
        first = self.first_panel(state)
        holders = self.shown.compared.holders(self._picture_of(state)[0])
        return [number for number in holders if number != first]

    def first_panel(self, state: ViewState) -> int:
        """Return the number of the recording that a state shows; of those that have its layer."""
        holders = self.shown.compared.holders(self._picture_of(state)[0])
        return state.panel if state.panel in holders else holders[0]

    def recording_asked(self, state: ViewState) -> int:
        """Return the number of the recording whose model explains what a state shows.

        As ``js/view/attribution.js``: of a difference, of the image without a channel and of one of
        the survey it is the first one's.
        """
        if self.shown.compared.count == 1:
            return 0
        is_own = self._is_comparing(state) and state.mode != DIFFERENCE
        return self.first_panel(state if is_own else replace(state, panel=0))

    def variant_beside(self, state: ViewState, number: int) -> ShownRecording:
        """Return what is shown of a recording beside that of a state."""
        shown = state.show, state.target, None, None, SIDE_BY_SIDE
        return self.shown.variant(variant_name(*shown, number))

    @property
    def which_shown(self) -> str:
        """Which of the recordings that take turns is shown, or whose difference; else empty."""
        state, slot = self.view_state, self.shown.compared
        if not self._is_comparing(state) or state.mode == SIDE_BY_SIDE:
            return ""
        assert slot.comparison is not None
        names, number = slot.comparison.names, self.first_panel(state)
        if state.mode == DIFFERENCE and state.panel == number != 0:
            return f"{names[number]} − {names[0]}"
        return str(names[number])

    def _is_comparing(self, state: ViewState) -> bool:
        is_other = state.ablated is not None or state.explored is not None
        return self.shown.compared.count > 1 and not is_other

    def pictures(self, state: ViewState, *, with_input: bool) -> list[dict[str, Any]]:
        """Return the messages that hold all pictures of a state."""
        rest = self.panels(state, with_input=with_input)
        return [self.overview(state, with_input=with_input), *rest]


def compared_header(shown: ShownRecording, class_names: list[str]) -> dict[str, Any]:
    """Return what the page is told of a comparison at first.

    ``names`` are those of the recordings, ``holders`` the numbers of those that have a layer, by
    its own. ``reshaped`` describes the layers that are of another shape than the first one's, by
    recording and layer. ``inputs`` says whether each was given images of its own, and ``answers``
    is what `compared_answers` returns.
    """
    slot = shown.compared
    if slot.comparison is None:
        return {}
    recordings = slot.comparison.recordings
    numbers = range(1, slot.count)
    return {
        "names": list(slot.comparison.names),
        "holders": [slot.holders(layer) for layer in range(len(shown.layers))],
        "reshaped": {
            str(number): found for number in numbers if (found := _reshaped(shown, slot, number))
        },
        "inputs": any(not same_images(recordings[0], recordings[each]) for each in numbers),
        "answers": _answers(recordings, class_names),
    }


def _answers(recordings: Sequence[Recording], class_names: list[str]) -> list[Any]:
    """Return what the models make of each image; none if a saved output cannot be read."""
    try:
        return compared_answers(recordings, class_names)
    except (OSError, ValueError, MemoryError):
        return []


def _reshaped(shown: ShownRecording, slot: ComparedSlot, number: int) -> dict[str, Any]:
    """Return the layers of a recording whose maps have another shape than the first one's."""
    other = shown.variant(variant_name(ACTIVATION, None, None, None, SIDE_BY_SIDE, number))
    found = {}
    for place, mosaic in enumerate(other.mosaics):
        layer, first = other.layers[place], shown.layers[place]
        if (layer.kind, layer.sizes) != (first.kind, first.sizes):
            found[str(place)] = layer_description(layer, mosaic, shown.columns)
    return found


def same_images(one: Recording, other: Recording) -> bool:
    """Check whether two recordings are of the same images; of many the first are looked at."""
    first, second = one.images, other.images
    if first.shape != second.shape:
        return False
    if one.input.maps.shape != other.input.maps.shape:
        return False
    if not first.size:
        first, second = one.inputs, other.inputs
    count = max(1, MOST_UNITS // max(1, int(np.prod(first.shape[1:]))))
    return np.array_equal(np.asarray(first[:count]), np.asarray(second[:count]))
