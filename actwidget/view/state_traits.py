"""The traits of what a view shows, and how they move together: by whoever changes one of them."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import anywidget
import ipywidgets
import traitlets

from actwidget.numerics.normalization import Affine, check_limits
from actwidget.protocol.requests import split_buffers
from actwidget.protocol.shown_recording import ShownRecording
from actwidget.protocol.variants import ACTIVATION, frame_variant
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.utils.progress import Progress
from actwidget.view.choice_checks import check_choice
from actwidget.view.choices import Choices
from actwidget.view.compare_traits import CompareTraits
from actwidget.view.core_sliders import CoreSliders, HasCoreSliders
from actwidget.view.live_traits import LIVE, LiveTraits
from actwidget.view.survey_checks import check_surveyed
from actwidget.view.survey_traits import SurveyTraits
from actwidget.view.tile_order import IMPORTANCE
from actwidget.view.traits import LayerTrait, LimitsTrait, TargetTrait, is_same, sent_value
from actwidget.view.view_state import TRAITS, ViewState, traits_of

Limits = tuple[float, float]

CLOSED = (
    "this widget is closed, and its activations are freed unless a recording holds them; make a "
    "new ActivationWidget"
)

EXPLAINED = ("target", "show", "overlay", "ablated", "explored")
"""The traits of what is computed of a recording alone."""

STATE_LOCK = threading.RLock()
"""Held while traits change, of one widget at a time, because links may join widgets. Jupyter's
subshells deliver the page's messages in threads of their own while a cell runs in another: a link
takes a second change for an echo of the first, and it would be lost."""


class StateTraits(HasCoreSliders, LiveTraits, SurveyTraits, CompareTraits, anywidget.AnyWidget):
    """What a view shows of a recording: `view_state`, which the public traits mirror.

    The page changes it as well, with the same rules. A subclass sets what stands below before it
    constructs this one.
    """

    recording: Recording
    choices: Choices
    _shown: ShownRecording | None
    _state: ViewState
    _core_sliders: CoreSliders

    layer = LayerTrait().tag(sync=True)
    channel = traitlets.Int(None, allow_none=True).tag(sync=True)
    normalization = traitlets.Unicode().tag(sync=True)
    image_index = traitlets.Int(0).tag(sync=True)
    slice = traitlets.Int(0).tag(sync=True)
    sort = traitlets.Unicode("number").tag(sync=True)
    alive_only = traitlets.Bool(False).tag(sync=True)
    dead_only = traitlets.Bool(False).tag(sync=True)
    hold_scale = traitlets.Bool(False).tag(sync=True)
    limits = LimitsTrait(None, allow_none=True).tag(sync=True)
    alpha_overlay = traitlets.Float(1.0).tag(sync=True)
    target = TargetTrait(None, allow_none=True).tag(sync=True)
    show = traitlets.Unicode(ACTIVATION).tag(sync=True)
    overlay = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    overlay_opacity = traitlets.Float(0.5).tag(sync=True)
    ablated = TargetTrait(None, allow_none=True).tag(sync=True)
    explored = traitlets.Int(None, allow_none=True).tag(sync=True)

    # What is shown

    @property
    def is_open(self) -> bool:
        """Whether there is a recording to show."""
        return self._shown is not None and not self.recording.closed

    @property
    def shown(self) -> ShownRecording:
        """The recording as it is laid out."""
        if self._shown is None:
            raise RuntimeError(CLOSED)
        return self._shown

    @property
    def view_state(self) -> ViewState:
        """What is shown."""
        return self._state

    @property
    def layer_index(self) -> int:
        """The number of the layer that is shown: 0 is the input."""
        return self.choices.paths.index(self.layer)

    @property
    def slice_shown(self) -> int:
        """The slice that is shown: 0 unless the layer is a volume."""
        return self.view_state.slice_shown(self.choices[self.layer])

    @property
    def image_shown(self) -> int:
        """The image that is shown, among those of what is shown."""
        return self._picture_of(self.view_state)[1]

    @property
    def layer_maps(self) -> LayerMaps:
        """The layer that is shown; of a volume, all of it."""
        return self.shown_variant.layers[self.layer_index]

    @property
    def shown_variant(self) -> ShownRecording:
        """The recording, or what is shown in place of its values."""
        return self._variant_of(self.view_state)

    def _variant_of(self, state: ViewState) -> ShownRecording:
        return self.shown.variant(self._variant_name(state))

    def _variant_name(self, state: ViewState) -> str:
        frame = self.frame_shown
        return state.variant if frame is None else frame_variant(frame, self.against(state))

    @property
    def affine(self) -> Affine:
        """The normalization that is shown, of the layer."""
        return self._affine(self.view_state)

    @property
    def own_limits(self) -> Limits:
        """The limits that are not held: the normalization's own, or an image's."""
        return self._own_limits(self.view_state)

    # Changes

    def require_open(self) -> None:
        """Raise RuntimeError if the widget is closed."""
        if not self.is_open:
            raise RuntimeError(CLOSED)

    @traitlets.validate(*TRAITS)
    def _valid(self, proposal: Any) -> Any:
        """Check what is assigned against the recording."""
        name, value = proposal.trait.name, proposal.value
        if name == "limits":
            return self._valid_limits(value)
        # The state itself is valid, also of a widget that is closed.
        if value == getattr(self._state, name):
            return value
        if name in EXPLAINED and self.is_live and value is not None and value != ACTIVATION:
            raise traitlets.TraitError(
                f"{name} is {value!r}, and the widget is live: what explains a frame is computed "
                "of its recording; see ActivationWidget(widget.freeze())"
            )
        self.require_open()
        # The layer may be assigned together with the channel, their notifications held back.
        layer = self.layer if self.layer in self.choices else self._state.layer
        check_choice(self.choices, layer, name, value)
        check_surveyed(self.shown.survey, name, value)
        self._check_target(name, value)
        return value

    def _check_target(self, name: str, value: Any) -> None:
        """Raise TraitError if a target is none, or there is none of what needs one."""
        needs = value is not None and value != ACTIVATION
        if name == "target" and value is not None:
            target = value
        elif self._state.target is None and (
            (name in ("show", "overlay") and needs) or (name, value) == ("sort", IMPORTANCE)
        ):
            target = "top"
        else:
            return
        try:
            self.recording.check_target(target)
        except (TypeError, ValueError, LookupError) as error:
            raise traitlets.TraitError(str(error.args[0])) from None

    def _valid_limits(self, value: Any) -> Limits | None:
        limits = self._state.limits
        if limits is value:
            return self._state.limits
        self.require_open()
        try:
            return check_limits(value)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    def notify_change(self, change: Any) -> None:
        """Bring the rest of the state along before anybody is told of a change."""
        if change.name not in TRAITS:
            super().notify_change(change)
            return
        if self._changes():
            self._move()
        # Not `Widget.notify_change`, which would send it once more.
        super(ipywidgets.Widget, self).notify_change(change)

    def _changes(self) -> dict[str, Any]:
        """Return the traits that were assigned since the state was computed."""
        with STATE_LOCK:
            now = {name: getattr(self, name) for name in TRAITS}
            return {name: now[name] for name in now if now[name] != getattr(self._state, name)}

    def _move(self) -> None:
        """Follow what was assigned, or leave everything as it was if the picture can't be made.

        The picture is sent ahead of the change that needs it, so that it is shown even while the
        kernel runs on.
        """
        before, changes = self.view_state, self._changes()
        try:
            # None is assigned without a check.
            self.require_open()
            target = before.moved(self.choices, **changes)
            with Progress(f"drawing {target.layer}"):
                own = self._own_limits(target) if target.limits_are_due else None
                if self.comm is not None and self._is_due(before, target):
                    images = [(each.image_index, each.explored) for each in (before, target)]
                    for message in self.pictures(target, with_input=images[0] != images[1]):
                        self.send(*split_buffers(message))
        except BaseException:
            self._mirror(self.view_state)
            self._core_sliders.follow()
            raise
        with STATE_LOCK:
            before = self.view_state
            state = before.moved(self.choices, **changes)
            self._state = state.with_own_limits(own) if own else state
            # Observers find all traits where they belong, and may assign others.
            with self.hold_trait_notifications():
                self._mirror(self._state)
                moved = [n for n in TRAITS if getattr(self._state, n) != getattr(before, n)]
                # The page reads those of a scale that is not held off its picture.
                held = self.hold_scale
                self.send_state([name for name in moved if held or name != "limits"])

    def _is_due(self, before: ViewState, target: ViewState) -> bool:
        """Check whether a state needs another picture, and there is one."""
        if self.live_state == LIVE:
            return False
        same = self._picture_of(target) == self._picture_of(before)
        if same and target.variant == before.variant:
            return False
        return self._picture_of(target)[0] not in self._variant_of(target).missing

    def _mirror(self, state: ViewState) -> None:
        """Bring the traits to where a state is."""
        for name, value in traits_of(state).items():
            if getattr(self, name) != value:
                self.set_trait(name, value)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take a state from the page, made consistent with the rest.

        Of several changes on their way it may arrive when the layer has moved on. Only what the
        page has to correct is sent back, so that a slider that was moved on does not jump back.
        """
        with STATE_LOCK:
            sent = {name: sent_value(name, sync_data[name]) for name in TRAITS if name in sync_data}
            if not sent:
                super().set_state(sync_data)
                return
            state = self._after_page(sent)
            self._state, now = state, traits_of(state)
            moved = {name: now[name] for name in TRAITS if now[name] != getattr(self, name)}
            named = {name: now[name] for name in TRAITS if name in sync_data}
            with self.hold_trait_notifications():
                passed = {**sync_data, **named, **moved}
                if not state.hold_scale:
                    # What is passed on is echoed, and limits that it did not send itself a page
                    # takes for somebody's choice, and holds.
                    passed.pop("limits", None)
                    passed |= {name: sync_data[name] for name in ("limits",) if name in sync_data}
                super().set_state(passed)
                self.set_trait("limits", state.limits)
            self.send_state([name for name in sent if not is_same(sent[name], now[name])])

    def _after_page(self, sent: dict[str, Any]) -> ViewState:
        """Return the state after what the page sent."""
        is_held = sent.get("hold_scale", self.hold_scale)
        # Those of a scale that is not held the page has read off its picture.
        read = None if is_held else sent.pop("limits", None)
        state = self.view_state.moved(self.choices, **sent)
        if read and self.live_state == LIVE:
            # Those of a frame, which only the page knows. Others than it has read it would hold.
            return replace(state, limits=(read[0], read[1]), limits_are_due=False)
        if not state.limits_are_due:
            return state
        # Not computed here: a page that goes through many layers shows few of them.
        own = self._own_limits(state) if self._knows_scales(state) else read
        return state.with_own_limits((own[0], own[1])) if own else state

    # Limits

    def _own_limits(self, state: ViewState) -> Limits:
        """Return the limits that the normalization has for the layer, or an image of its own."""
        number, shown = self.choices.paths.index(state.layer), self._variant_of(state)
        if number in shown.missing:
            return 0.0, 1.0
        layer = shown.layers[number]
        return (
            layer.image_limits(self._picture_of(state)[1])
            if layer.is_image
            else self._affine(state).limits
        )

    def _affine(self, state: ViewState) -> Affine:
        layer = self.choices.paths.index(state.layer)
        normalization = self.choices.normalizations.index(state.normalization)
        return self._variant_of(state).scales[layer].affines[normalization]

    def _knows_scales(self, state: ViewState) -> bool:
        if self.live_state == LIVE or not self.shown.has_variant(self._variant_name(state)):
            return False
        number, shown = self.choices.paths.index(state.layer), self._variant_of(state)
        return number in shown.missing or number in shown.scales

    @traitlets.observe("live_state", "live_frame")
    def _other_picture_is_shown(self, change: Any) -> None:
        """Have limits that are not held become those of what is shown now: a frame, or no more."""
        with STATE_LOCK:
            if self._state.hold_scale:
                return
            self._state = replace(self._state, limits_are_due=True)
        self._take_own_limits()

    def _take_own_limits(self) -> None:
        """Show the limits of statistics that the page has asked for."""
        with STATE_LOCK:
            state = self._state
            # It may be closed by the time a worker has computed them.
            if not (self.is_open and state.limits_are_due and self._knows_scales(state)):
                return
            self._state = state.with_own_limits(self._own_limits(state))
            self._mirror(self._state)

    def _picture_of(self, state: ViewState) -> tuple[int, int, int]:
        """Return the numbers of the layer, the image and the slice that a state shows."""
        layer = self.choices.paths.index(state.layer)
        # A frame, or an image of a survey, is the only one of its recording.
        is_other = self.frame_shown is not None or state.explored is not None
        image = 0 if is_other else state.image_index
        return layer, image, state.slice_shown(self.choices.layers[layer])
