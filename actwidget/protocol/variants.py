"""What is shown under the same controls in place of a recording's values.

A variant is named by a text of JSON: ``'["gradient","top"]'``, ``'["without","conv2",17]'`` or, for
a live frame, ``'["frame",120]'`` and for an image of a survey ``'["survey",512]'``; the empty text
is the recording itself. The page has the same in ``js/store/variant.js``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from actwidget.numerics.normalization import Affine, Normalization
from actwidget.numerics.statistics import Statistics
from actwidget.protocol.explainer import KEPT, Explainer, parse_json, to_json
from actwidget.protocol.live_slot import LiveSlot
from actwidget.protocol.survey_slot import SurveySlot
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

if TYPE_CHECKING:
    from actwidget.protocol.compared_slot import ComparedSlot

T = TypeVar("T")

ACTIVATION, GRADIENT, PRODUCT = "activation", "gradient", "gradient × activation"

SHOWN = (ACTIVATION, GRADIENT, PRODUCT)
"""What can be shown of a layer."""

WITHOUT, FRAME, SURVEYED = "without", "frame", "survey"

OTHER, DIFFERENCE = "other", "difference"
"""Of recordings that are compared: another than the first, and what it has beyond the first."""

SIDE_BY_SIDE, FLICKER = "side by side", "flicker"

MODES = (SIDE_BY_SIDE, DIFFERENCE, FLICKER)
"""How recordings are compared."""

QUANTITIES = {DIFFERENCE: "difference of values, same units"}
"""What quantities are called beside the colours."""


def variant_name(
    show: str,
    target: Any,
    ablated: tuple[str, int] | None,
    explored: int | None = None,
    mode: str = SIDE_BY_SIDE,
    panel: int = 0,
) -> str:
    """Return the name of the variant that a state shows; empty: the recording itself."""
    if explored is not None:
        return to_json([SURVEYED, explored])
    if ablated is not None:
        return to_json([WITHOUT, *ablated])
    gradient = [] if show == ACTIVATION else [show, target]
    if mode == DIFFERENCE or panel:
        return to_json([DIFFERENCE if mode == DIFFERENCE else OTHER, panel, *gradient])
    return to_json(gradient) if gradient else ""


def frame_variant(frame: int, against: tuple[int, int] | None = None) -> str:
    """Return the name of the variant that a live frame is, or its difference to a recording."""
    return to_json([FRAME, frame, *(against or ())])


class Variant:
    """The layers of a variant.

    Attributes
    ----------
    name : str
    layers : tuple of LayerMaps
        In the order of the recording's.
    missing : dict of int to str
        Why there is nothing of a layer, by its number.
    quantity : str
        What its values are: ``"gradient of the logit of cat"``; empty: those of the recording.
    recording : Recording or None
        That of other images.
    pooled : str or None
        The name of the variant whose scale holds for all recordings that are compared, if it is
        one of these.
    """

    def __init__(
        self,
        name: str,
        layers: Sequence[LayerMaps],
        missing: dict[int, str],
        quantity: str = "",
        recording: Recording | None = None,
    ) -> None:
        self.name = name
        self.layers = tuple(layers)
        self.missing = missing
        self.quantity = quantity
        self.recording = recording
        self.pooled: str | None = None

    def normalizations(self, given: Sequence[Normalization]) -> tuple[Normalization, ...]:
        """Return normalizations that say what is shown in place of "value"."""
        return named(given, self.quantity)


class Variants:
    """The variants of a recording's layers; the last ones are kept."""

    def __init__(
        self,
        layers: Sequence[LayerMaps],
        explainer: Explainer,
        live: LiveSlot,
        survey: SurveySlot,
        compared: ComparedSlot | None = None,
    ) -> None:
        self._layers = layers
        self._explainer = explainer
        self._live = live
        self._survey = survey
        self._compared = compared
        self._members = 1 if compared is None else compared.count
        self._known: OrderedDict[str, Any] = OrderedDict()

    def __contains__(self, name: str) -> bool:
        """Whether a variant is there."""
        return name in self._known

    def forget_frames(self) -> None:
        """Let go of live frames."""
        for name in [name for name in self._known if parse_json(name)[0] == FRAME]:
            self._known.pop(name, None)

    def get(self, name: str, make: Callable[[Variant], T]) -> T:
        """Return what `make` makes of a variant, once."""
        found: T | None = self._known.get(name)
        if found is None:
            found = make(self._computed(name))
            heavy = [each for each in self._known if not _is_light(each)]
            if not _is_light(name) and len(heavy) >= KEPT * self._members:
                self._known.pop(heavy[0], None)
            self._known[name] = found
        return found

    def _computed(self, name: str) -> Variant:
        what, *of = parse_json(name)
        if what in (OTHER, DIFFERENCE) and self._compared is not None:
            return self._compared.variant(name, what, *of)
        if what == WITHOUT:
            other = self._explainer.without(*of)
            layers = [other.get(each.path, each) for each in self._layers]
            return Variant(name, layers, {})
        if what in (FRAME, SURVEYED):
            number, *against = of
            other = self._live.frozen(number) if what == FRAME else self._survey.explored(number)
            layers = [other[each.path] for each in self._layers]
            if not against or self._compared is None:
                return Variant(name, layers, {}, "", other)
            recording, image = against
            shown = [
                self._compared.frame_shown(place, layer, (recording, image))[1]
                for place, layer in enumerate(layers)
            ]
            return Variant(name, shown, {}, DIFFERENCE, other)
        gradients = self._explainer.gradients(to_json(of[0]))
        layers, missing = [], {}
        for number, entry in enumerate(self._layers):
            if entry.path not in gradients:
                reason = gradients.blocked.get(entry.path, "it has no gradient")
                missing[number] = f"there is no gradient of {entry.path}: {reason}"
                layers.append(entry)
                continue
            gradient = gradients[entry.path]
            if what == PRODUCT:
                with np.errstate(all="ignore"):
                    gradient = gradient * np.asarray(entry.maps)
            # No image any more, whatever the model received.
            layers.append(replace(entry, maps=gradient, layer_type=f"{entry.layer_type} gradient"))
        found = Variant(name, layers, missing, f"{what} of the {gradients.name}")
        found.pooled = name
        return found


def _is_light(name: str) -> bool:
    """Check whether a variant holds no maps of its own: one of the recordings, or a difference."""
    what, *of = parse_json(name)
    return what in (OTHER, DIFFERENCE) and len(of) == 1


def named(normalizations: Sequence[Normalization], quantity: str) -> tuple[Normalization, ...]:
    """Return normalizations that say what is shown in place of "value"; empty: a value."""
    words = QUANTITIES.get(quantity, quantity)
    return tuple(_named(each, words) for each in normalizations) if words else (*normalizations,)


def _named(normalization: Normalization, quantity: str) -> Normalization:
    def affine(statistics: Statistics) -> Affine:
        found = normalization(statistics)
        first, dot, rest = found.title.partition(" · ")
        return replace(found, title=quantity + dot + rest) if first == "value" else found

    return Normalization(normalization.name, affine)
