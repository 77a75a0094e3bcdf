"""What a widget shows: a recording, how its layers are laid out, and their scales."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from actwidget.numerics.mosaic import OVERVIEW_CELLS, Columns, Mosaic, mosaic_for
from actwidget.numerics.normalization import Normalization
from actwidget.protocol import pictures
from actwidget.protocol.compared_slot import ComparedSlot
from actwidget.protocol.explainer import Explainer
from actwidget.protocol.live_slot import LiveSlot
from actwidget.protocol.scales import Pooled, ScalesCache
from actwidget.protocol.survey_slot import SurveySlot
from actwidget.protocol.variants import Variant, Variants, named
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.surveys.survey import Survey


@dataclass(frozen=True, eq=False)
class ShownRecording:
    """A recording as one widget shows it: made by `show_recording`.

    Attributes
    ----------
    recording : Recording
    layers : tuple of LayerMaps
        What can be shown, by its number: the recording's entries, its input first.
    mosaics : tuple of Mosaic
        How each is laid out.
    normalizations : tuple of Normalization
    columns : int or str
        Tiles in a row, as for `mosaic_for`.
    scales : ScalesCache
        What is computed of each layer at its first use.
    explainer : Explainer
        What computes with the recording's model.
    variants : Variants
        Gradients and the like, in place of the layers' values.
    live : LiveSlot
        Where live frames come from.
    survey : SurveySlot
        What excites channels over a data set, or over the recording's images.
    compared : ComparedSlot
        The recordings that it is compared with.
    on_scales : callable
        Is called when a layer's scales have been computed.
    variant_name : str
        Which variant this is; empty: the recording itself.
    missing : dict of int to str
        Why there is nothing of a layer, by its number.
    """

    recording: Recording
    layers: tuple[LayerMaps, ...]
    mosaics: tuple[Mosaic, ...]
    normalizations: tuple[Normalization, ...]
    columns: Columns
    scales: ScalesCache
    explainer: Explainer
    variants: Variants
    live: LiveSlot
    survey: SurveySlot
    compared: ComparedSlot
    on_scales: Callable[[], None]
    variant_name: str = ""
    missing: Mapping[int, str] = field(default_factory=dict)

    def variant(self, name: str) -> ShownRecording:
        """Return the same with another quantity in place of the values; empty: as it is.

        Raises what the computation raises.
        """
        if name == self.variant_name:
            return self
        variant, scales = self.variants.get(name, self._with_scales)
        return replace(
            self,
            recording=variant.recording or self.recording,
            layers=variant.layers,
            mosaics=self._mosaics_of(variant),
            scales=scales,
            variant_name=name,
            missing=variant.missing,
        )

    def has_variant(self, name: str) -> bool:
        """Whether a variant needs no more computation."""
        return name == self.variant_name or name in self.variants

    def _with_scales(self, variant: Variant) -> tuple[Variant, ScalesCache]:
        normalizations = variant.normalizations(self.normalizations)
        # A frame that stands still keeps the scale that it had in motion.
        is_other = variant.pooled is not None or variant.quantity
        is_frame = variant.recording is not None and not is_other
        held = self.live.affines if is_frame else (lambda _: None)
        scales = ScalesCache(
            variant.layers,
            normalizations,
            self.on_scales,
            held,
            pooled_by(self.compared, variant.pooled),
        )
        return variant, scales

    def _mosaics_of(self, variant: Variant) -> tuple[Mosaic, ...]:
        """Return how a variant's layers are laid out: as the recording's, if they are as large."""
        return tuple(
            mosaic
            if (layer.tiles, layer.height, layer.width)
            == (mosaic.channels, mosaic.height, mosaic.width)
            else layout(layer, self.columns, self.compared.count)
            for layer, mosaic in zip(variant.layers, self.mosaics, strict=True)
        )

    def with_mosaics(self, mosaics: Mapping[int, Mosaic]) -> ShownRecording:
        """Return the same with some layers laid out anew; what was computed is shared."""
        layouts = [mosaics.get(number, mosaic) for number, mosaic in enumerate(self.mosaics)]
        return replace(self, mosaics=tuple(layouts))

    def check_open(self) -> None:
        """Raise RuntimeError if the recording is closed."""
        if self.recording.closed:
            raise RuntimeError("the recording is closed; run the cell that made it again")

    def layer(self, number: int) -> LayerMaps:
        """Return a layer by its number; IndexError if there is none.

        ValueError if a variant has nothing of it.
        """
        _check_number("layer", number, self.layers)
        if number in self.missing:
            raise ValueError(self.missing[number])
        return self.layers[number]

    def check_image(self, number: int) -> None:
        """Raise IndexError if there is no image of this number."""
        _check_number("image", number, range(len(self.recording.images)))

    def check_normalization(self, number: int) -> None:
        """Raise IndexError if there is no normalization of this number."""
        _check_number("normalization", number, self.normalizations)

    @property
    def variant_field(self) -> dict[str, str]:
        """The name of the variant, for a message; nothing of the recording itself."""
        return {"variant": self.variant_name} if self.variant_name else {}

    def overview(
        self, layer: int, image: int, slice: int, *, with_input: bool, saved: bool = False
    ) -> dict[str, Any]:
        """Return the message that holds a layer's overview, for a file if it is `saved`.

        It is that of `pictures.overview`, what it is of and, if asked for and the model takes
        images, ``input``. Of what is not a volume there is slice 0.
        """
        self.check_image(image)
        one = self.layer(layer).slice(slice)
        scales = self.scales[layer]
        message = pictures.overview(one, image, self.mosaics[layer], scales, saved=saved)
        message |= {"kind": "overview", "layer": layer, "image": image, "slice": slice}
        message |= self.variant_field
        if self.survey.is_explored(self.recording):
            message["answers"] = self.survey.answers(self.recording)
        # There is no image if the model takes vectors, tokens or volumes.
        if with_input and self.recording.images.size:
            message["input"] = self.recording.thumbnail(image)
        return message


def show_recording(
    recording: Recording,
    normalizations: Sequence[Normalization],
    columns: Columns,
    on_scales: Callable[[], None],
    survey: Survey | None = None,
) -> ShownRecording:
    """Lay out a recording's layers, beside a survey of a data set if there is one.

    `on_scales` is called, in whichever thread it happens, when a layer's scales have been computed.
    """
    layers = tuple(recording.values())
    # Of recordings that are compared it is the first one's model that computes.
    explainer = Explainer(getattr(recording, "first", recording))
    live, slot = LiveSlot(), SurveySlot(recording, survey)
    compared = ComparedSlot(recording, explainer)
    mosaics = tuple(layout(layer, columns, compared.count) for layer in layers)
    normalizations = named(normalizations, recording.quantity)
    return ShownRecording(
        recording,
        layers,
        mosaics,
        normalizations,
        columns,
        ScalesCache(layers, normalizations, on_scales, pooled=pooled_by(compared, "")),
        explainer,
        Variants(layers, explainer, live, slot, compared),
        live,
        slot,
        compared,
        on_scales,
    )


def layout(layer: LayerMaps, columns: Columns, panels: int) -> Mosaic:
    """Lay out a layer that shares the screen with those of other recordings."""
    size = layer.tiles, layer.height, layer.width
    return mosaic_for(*size, columns=columns, cells=OVERVIEW_CELLS // panels)


def pooled_by(compared: ComparedSlot, name: str | None) -> Pooled | None:
    """Return what computes the statistics for one scale of all recordings, if there are several."""
    if compared.comparison is None or name is None:
        return None
    return lambda number, layer: compared.statistics(number, layer, name)


def _check_number(what: str, number: int, all_of_them: Sequence[object]) -> None:
    if not 0 <= number < len(all_of_them):
        raise IndexError(f"{what} is {number}; there are {what}s 0 to {len(all_of_them) - 1}")
