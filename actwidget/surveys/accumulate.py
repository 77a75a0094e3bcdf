"""Adding images to a state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.float_buckets import BUCKETS, buckets_of
from actwidget.surveys.layer import SurveyedLayer
from actwidget.surveys.reduced import Reduced
from actwidget.surveys.state import NO_IMAGE, SurveyState, merged_moments, merged_tops


@dataclass(frozen=True, eq=False)
class Chosen:
    """The images of a batch that count.

    Attributes
    ----------
    rows : NDArray[np.int64]
        Which rows of the batch they are.
    numbers : NDArray[np.int64]
        Their numbers in the data set, in ascending order.
    labels : NDArray[np.int64] or None
        Their classes; −1 for none.
    """

    rows: NDArray[np.int64]
    numbers: NDArray[np.int64]
    labels: NDArray[np.int64] | None


def thresholds_of(state: SurveyState, span: slice) -> NDArray[np.float32]:
    """Return what a value must reach to get into each channel's list, ``(channels,)``.

    More than the last one's, as of equal values the earlier image stays.
    """
    last = state.top_value[span, -1]
    above: NDArray[np.float32] = np.nextafter(last, np.float32(np.inf))
    return np.where(np.isneginf(last), -np.inf, above).astype(np.float32)


def add_images(state: SurveyState, chosen: Chosen) -> None:
    """Count images, before their layers are added."""
    state.images += len(chosen.rows)
    if chosen.labels is None:
        return
    for label in np.unique(chosen.labels[chosen.labels >= 0]):
        row = _class_row(state, int(label))
        state.class_images[row] += int((chosen.labels == label).sum())


def add_layer(
    state: SurveyState, layer: SurveyedLayer, least: int, reduced: Reduced, chosen: Chosen
) -> None:
    """Add a layer's numbers of some images, in place; `add_images` comes first."""
    rows = chosen.rows
    if not len(rows):
        return
    span = layer.span
    maximum = reduced.maximum[rows]
    state.maximum[span] = np.maximum(state.maximum[span], maximum.max(axis=0))
    if reduced.minimum is not None:
        lowest = reduced.minimum if len(reduced.minimum) == 1 else reduced.minimum[rows]
        state.minimum[span] = np.minimum(state.minimum[span], lowest.min(axis=0))
    state.active[span] += (maximum > 0).sum(axis=0)
    if reduced.non_finite is not None:
        state.non_finite[span] += reduced.non_finite[rows].sum(axis=0)
    _add_tops(state, layer, reduced, chosen)
    means = _add_moments(state, layer, reduced, rows)
    if chosen.labels is not None and means is not None:
        for label in np.unique(chosen.labels[chosen.labels >= 0]):
            row = _class_row(state, int(label))
            state.class_sums[row, span] += means[chosen.labels == label].sum(axis=0)
    if reduced.samples is not None:
        _add_samples(state, layer, least, reduced.samples[rows], sampled=reduced.minimum is None)


def _class_row(state: SurveyState, label: int) -> int:
    """Return a class's row, which is made if it is new."""
    row = int(np.searchsorted(state.classes, label))
    if row == len(state.classes) or state.classes[row] != label:
        state.classes = np.insert(state.classes, row, label)
        state.class_images = np.insert(state.class_images, row, 0)
        state.class_sums = np.insert(state.class_sums, row, 0.0, axis=0)
    return row


def _add_tops(state: SurveyState, layer: SurveyedLayer, reduced: Reduced, chosen: Chosen) -> None:
    """Merge what reached the thresholds into the lists of its channels."""
    slots = np.full(len(reduced.maximum), -1)
    slots[chosen.rows] = np.arange(len(chosen.rows))
    counts = slots[reduced.hit_image] >= 0
    if not counts.any():
        return
    slot = slots[reduced.hit_image[counts]]
    channel, place = reduced.hit_channel[counts], reduced.hit_place[counts]
    which, line = np.unique(channel, return_inverse=True)
    shape = len(which), len(chosen.rows)
    value = np.full(shape, -np.inf, np.float32)
    image = np.full(shape, NO_IMAGE)
    places = np.zeros(shape, np.int32)
    value[line, slot] = reduced.maximum[reduced.hit_image[counts], channel]
    image[line, slot] = chosen.numbers[slot]
    places[line, slot] = place
    at = which + layer.start
    before = state.top_value[at], state.top_image[at], state.top_place[at]
    state.top_value[at], state.top_image[at], state.top_place[at] = merged_tops(
        before, (value, image, places)
    )


def _add_moments(
    state: SurveyState, layer: SurveyedLayer, reduced: Reduced, rows: NDArray[np.int64]
) -> NDArray[np.float64] | None:
    """Add means and squares; return the mean of each image and channel."""
    span = layer.span
    if reduced.mean is not None and reduced.squares is not None and reduced.zeros is not None:
        means = reduced.mean[rows]
        zeros = reduced.zeros[rows].sum(axis=0)
        counts = np.full((len(rows), 1), reduced.units)
        if reduced.non_finite is not None:
            counts = reduced.units - reduced.non_finite[rows]
        total = np.broadcast_to(counts.sum(axis=0), (layer.channels,))
        mean = (means * counts).sum(axis=0) / np.maximum(total, 1)
        spread = reduced.squares[rows].sum(axis=0) + (counts * (means - mean) ** 2).sum(axis=0)
    elif reduced.samples is not None:
        means, total, mean, spread, zeros = _sampled_moments(reduced.samples[rows])
    else:
        return None
    before = state.counted[span], state.mean[span], state.squares[span]
    after = merged_moments(before, (total, mean, spread))
    state.counted[span], state.mean[span], state.squares[span] = after
    state.zeros[span] += zeros
    return means


def _sampled_moments(samples: NDArray[np.float32]) -> tuple[NDArray[Any], ...]:
    """Return the images' means, and of all: counts, means, squared differences and zeros."""
    images, places, channels = samples.shape
    values = samples.astype(np.float64)
    finite = np.isfinite(samples)
    if finite.all():
        counts = np.full((images, 1), places)
    else:
        counts = finite.sum(axis=1)
        values = np.where(finite, values, 0)
    sums = values.sum(axis=1)
    total = np.broadcast_to(counts.sum(axis=0), (channels,))
    mean = sums.sum(axis=0) / np.maximum(total, 1)
    squares = np.einsum("npc,npc->c", values, values) - total * mean**2
    zeros = images * places - np.count_nonzero(samples, axis=(0, 1))
    return sums / np.maximum(counts, 1), total, mean, np.maximum(squares, 0), zeros


def _add_samples(
    state: SurveyState,
    layer: SurveyedLayer,
    least: int,
    samples: NDArray[np.float32],
    *,
    sampled: bool,
) -> None:
    """Count samples in their buckets; they tell the minimum where nothing else does."""
    finite = np.isfinite(samples)
    span, is_whole = layer.span, bool(finite.all())
    if sampled:
        kept = samples if is_whole else np.where(finite, samples, np.float32(np.inf))
        state.minimum[span] = np.minimum(state.minimum[span], kept.min(axis=(0, 1)))
    cells = buckets_of(samples, least)
    cells += np.arange(layer.channels) * BUCKETS
    chosen = cells.reshape(-1) if is_whole else cells[finite]
    counts = np.bincount(chosen, minlength=layer.channels * BUCKETS)
    state.histogram[span] += counts.reshape(layer.channels, BUCKETS)
