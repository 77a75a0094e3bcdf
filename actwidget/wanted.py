"""Which layers of a model are watched in a pass, and which outputs are expected to be kept."""

from __future__ import annotations

from actwidget.expected import graph_nodes
from actwidget.handing_on import hands_on
from actwidget.nesting import Place
from actwidget.outputs import NOT_ASKED_FOR
from actwidget.selection import Selection


class Wanted:
    """What a selection means for each layer.

    Parameters
    ----------
    selection : Selection
    """

    def __init__(self, selection: Selection) -> None:
        self._selection = selection

    def is_watched(self, place: Place) -> bool:
        """Tell whether a layer's calls are to be seen."""
        # A cell is called at every time step, and what is internal is no entry by default.
        return not place.every_step and (place.internal is None or self._selection.asks_for(place))

    def will_be_kept(self, place: Place) -> bool:
        """Tell, before the pass, whether a layer's outputs will be kept."""
        if self._selection.asks_for(place) or not self._selection.is_default:
            return self._selection.asks_for(place) and not place.every_step
        # The output of a nested model is that of its last layer.
        return place.internal is None and not (hands_on(place.layer) or graph_nodes(place.layer))

    def why_not(self, place: Place) -> str | None:
        """Say why a layer was not watched, or would not be kept; None if it would."""
        if not self._selection.is_default and not self._selection.asks_for(place):
            return NOT_ASKED_FOR
        return None if self.is_watched(place) else str(place.internal)
