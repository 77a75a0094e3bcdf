"""ActivationView: the widget that the page draws, its synced traits and its requests."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Sequence
from typing import Any

import traitlets

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.mosaic import Columns
from actwidget.numerics.normalization import Normalization
from actwidget.protocol.archive import Archive
from actwidget.protocol.archive_index import spread
from actwidget.protocol.responder import Responder
from actwidget.protocol.shown_recording import ShownRecording, show_recording
from actwidget.recording.recording import Recording
from actwidget.surveys.survey import Survey
from actwidget.view.assets import bundled
from actwidget.view.choice_checks import check_choice
from actwidget.view.choices import Choices
from actwidget.view.compare_traits import compared_header
from actwidget.view.core_sliders import CoreSliders
from actwidget.view.initial_view import initial_view
from actwidget.view.layer_description import layer_description, layer_descriptions
from actwidget.view.lifetime import Lifetime, register_weakly, weak_method
from actwidget.view.plotly_js import plotly_library
from actwidget.view.prediction import answers_and_hint, classified_output, image_answers
from actwidget.view.state_traits import StateTraits
from actwidget.view.survey_checks import check_survey, check_surveyed
from actwidget.view.survey_traits import survey_header
from actwidget.view.traits import sent_value
from actwidget.view.view_state import ViewState, traits_of

EXPLAINING = ("target", "show", "overlay", "overlay_opacity")
"""The traits that depend on a target, which the recording checks."""


def _current_picture(_value: object, view: ActivationView) -> dict[str, Any]:
    """Compute the picture when the state is sent, so that nothing is kept twice.

    Of live frames none gets there: it is that of the recording.
    """
    if not view.is_open:
        return {}
    with view.without_frames():
        if view.layer_index in view.shown_variant.missing:
            return {}
        return view.overview(view.view_state, with_input=True, saved=True)


class ActivationView(StateTraits):
    """One picture of a recording and its controls, which the page draws.

    `view_state` says what is shown; the public traits mirror it. The page changes it as well, with
    the same rules, and requests the pictures that it does not hold. The current picture is part of
    the state, so that it is there at once in a second view, in a saved notebook and while the
    kernel is busy.
    """

    # Text, not paths: for a path anywidget watches the file and keeps every instance alive.
    _esm = bundled("widget.js")

    view_id = traitlets.Unicode().tag(sync=True)
    model_name = traitlets.Unicode().tag(sync=True)
    controls = traitlets.Bool(True).tag(sync=True)
    layers: Any = traitlets.List().tag(sync=True)
    normalizations: Any = traitlets.List().tag(sync=True)
    images = traitlets.Int(1).tag(sync=True)
    has_input_image = traitlets.Bool(True).tag(sync=True)
    class_names: Any = traitlets.List().tag(sync=True)
    predictions: Any = traitlets.List().tag(sync=True)
    classes: Any = traitlets.List().tag(sync=True)
    class_output = traitlets.Int(0).tag(sync=True)
    has_model = traitlets.Bool(False).tag(sync=True)
    keeps_why = traitlets.Bool(False).tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    library = traitlets.Unicode().tag(sync=True)
    archive = traitlets.Dict().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True, to_json=_current_picture)

    def __init__(
        self,
        recording: Recording,
        *,
        normalizations: Sequence[Normalization] = NORMALIZATIONS,
        columns: Columns = "auto",
        class_names: Sequence[str] = (),
        controls: bool = True,
        survey: Survey | None = None,
        **shown: Any,
    ) -> None:
        if not recording.layers:
            raise ValueError(
                f"{recording.model_name} has no layer to show; its recording lists why in not_shown"
            )
        self.recording = recording
        if class_names:
            recording.class_names = list(class_names)
        own_limits_known = weak_method(self, "_take_own_limits")
        self._shown: ShownRecording | None = show_recording(
            recording, normalizations, columns, own_limits_known, check_survey(survey, recording)
        )
        names = [normalization.name for normalization in normalizations]
        images, panels = len(recording.images), self.shown.compared.count
        self.choices = Choices.of(self.shown.layers, images, names, panels)
        explained = {name: shown.pop(name) for name in EXPLAINING if name in shown}
        self._state = initial_view(recording, self.choices, **shown)
        for name, value in explained.items():
            explained[name] = value = sent_value(name, value)
            check_choice(self.choices, self._state.layer, name, value)
            self._check_target(name, value)
        for name in ("sort", "dead_only"):
            check_surveyed(self.shown.survey, name, getattr(self._state, name))
        self._state = self._state.moved(self.choices, **explained)
        self._state = self._state.with_own_limits(self._own_limits(self._state))
        classified = classified_output(recording, class_names) if class_names else None
        answers, (output, classes), hint = answers_and_hint(recording, class_names)
        self.shown.survey.answers = image_answers(class_names)
        view_id = uuid.uuid4().hex
        super().__init__(
            model_id=view_id,
            view_id=view_id,
            model_name=recording.model_name,
            controls=controls,
            layers=layer_descriptions(self.shown, classified),
            surveyed=survey_header(self.shown.survey, list(self.choices.paths)),
            compared=compared_header(self.shown, list(class_names)),
            **traits_of(self._state),
            normalizations=names,
            images=images,
            has_input_image=bool(recording.images.size),
            class_names=list(class_names),
            predictions=answers,
            classes=classes,
            class_output=output,
            has_model=recording.has_model,
            keeps_why=recording.keeps_attributions,
            hint=hint,
            library=f"IPY_MODEL_{plotly_library().model_id}",
        )
        self._core_sliders = CoreSliders(self)
        self._lifetime = lifetime = Lifetime(self)
        self._responder = responder = Responder(self.shown, weak_method(self, "send"))

        def receive(_view: object, content: object, buffers: Any) -> None:
            if not lifetime.receive(content):
                responder.receive(content, buffers or ())

        self.on_msg(receive)

    # Life cycle

    @traitlets.observe("comm")
    def _comm_changed(self, change: Any) -> None:
        super()._comm_changed(change)
        if change.new is not None:
            register_weakly(self)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return what shows the widget; from now on it stays while a page may show it."""
        bundle = super()._repr_mimebundle_(**kwargs)
        self._lifetime.keep()
        return bundle

    def __del__(self) -> None:
        """Close a view that nobody refers to; its recording may be somebody's still."""
        if not sys.is_finalizing():
            ActivationView.close(self)

    # Pictures

    def overview(
        self, state: ViewState, *, with_input: bool, saved: bool = False
    ) -> dict[str, Any]:
        """Return the message that holds a state's overview, and the input image if asked for."""
        shown = self._variant_of(state)
        return shown.overview(*self._picture_of(state), with_input=with_input, saved=saved)

    def embed_archive(self, numbers: Sequence[int], archive: Archive) -> None:
        """Put an archive of some layers into the state, laid out as it is archived."""
        layers = list(self.layers)
        mosaics = dict(zip(numbers, archive.mosaics, strict=True))
        for number, mosaic in mosaics.items():
            layers[number] |= layer_description(
                self.shown.layers[number], mosaic, self.shown.columns
            )
        self._shown = self._responder.shown = self.shown.with_mosaics(mosaics)
        with self.hold_sync():
            self.layers = layers
            index = spread(archive.index, numbers, len(layers))
            self.archive = {"index": index, "data": archive.data}

    def close(self) -> None:
        """Close the view and release the recording."""
        # A constructor that raised leaves a widget without sliders, closed when it is collected.
        if "_responder" in self.__dict__:
            self._core_sliders.close()
            self._responder.close()
        # A widget of its own, which ipywidgets keeps alive until it is closed itself.
        self.layout.close()
        super().close()
        self._shown = None
