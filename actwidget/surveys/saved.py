"""A survey as a folder in zarr format 3, in the same way as a recording.

``zarr.json``
    The group. Its attribute ``actwidget`` describes the survey in JSON.
``<folder>/survey/table``
    Statistics of all channels, float64 ``(rows, channels)``: see `ROWS`.
``<folder>/survey/histogram``
    Counts of sampled units, int64 ``(channels, buckets)``.
``<folder>/survey/class_means``
    float32 ``(classes, channels)``, if there are classes.
``<folder>/survey/records``
    What is known of each channel's strongest images, and their pictures, one channel after the
    other: see `actwidget.surveys.channel_record`. The table says where each begins and ends. To
    open a channel, one or two chunks are read.

Numbers come first in JSON and arrays: nothing in it is executed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.float_buckets import BUCKETS
from actwidget.recording.saved.atomic_folder import atomic_folder
from actwidget.recording.saved.file import SavedArray, SavedRecording
from actwidget.recording.saved.format import ATTRIBUTE, measure_files
from actwidget.recording.saved.readable import check_readable
from actwidget.recording.saved.source import Limits
from actwidget.recording.saved.zarr_library import zarr
from actwidget.surveys.arrays import TABLE, ChannelTop, SurveyArrays
from actwidget.surveys.channel_record import read_record, write_record
from actwidget.surveys.layer import SurveyedLayer
from actwidget.surveys.saved_description import check_survey_description

if TYPE_CHECKING:
    from zarr.abc.store import Store

    from actwidget.surveys.survey import Survey

KIND = "survey"

FORMAT = 1
"""Incremented when an older actwidget would misread what is written."""

ROWS = (*TABLE, "selectivity", "preferred", "record_start", "record_stop")

CHUNK_CHANNELS = 1024
"""How many channels' statistics are in a chunk: 80 KB, before compression."""

HISTOGRAM_CHANNELS = 32

CHUNK_NUMBERS = 1 << 14
"""About how many class means are in a chunk: 64 KB."""

RECORD_BYTES = 1 << 16
"""Of a chunk of records."""


def save_survey(survey: Survey, path: str | os.PathLike[str], *, overwrite: bool) -> None:
    """Write a survey to a folder, completely or not at all; see `Survey.save`."""
    arrays, layers = survey.arrays, [each.layer for each in survey.values()]
    channels = sum(layer.channels for layer in layers)
    with atomic_folder(path, overwrite=overwrite, kind=KIND) as part:
        group = zarr.create_group(part, zarr_format=3)
        folder = part.name.split(".")[-2]

        def write(name: str, shape: tuple[int, ...], chunks: tuple[int, ...], dtype: str) -> Any:
            return group.create_array(
                f"{folder}/survey/{name}",
                shape=shape,
                chunks=tuple(max(1, length) for length in chunks),
                dtype=dtype,
                fill_value=0,
                compressors=[
                    zarr.codecs.BloscCodec(cname="zstd", clevel=3, shuffle="shuffle"),
                    zarr.codecs.Crc32cCodec(),
                ],
                chunk_key_encoding={"name": "default", "separator": "."},
                config={"write_empty_chunks": True},
            )

        counts = write("histogram", (channels, BUCKETS), (HISTOGRAM_CHANNELS, BUCKETS), "i8")
        classes = len(survey.class_numbers)
        means = None
        if classes:
            means = write("class_means", (classes, channels), _class_chunks(classes), "f4")
        for layer in layers:
            counts[layer.span] = arrays.histogram(layer.span)
            if means is not None:
                means[:, layer.span] = arrays.class_means(layer.span).astype(np.float32)
        offsets = _write_records(arrays, channels, part / "records.part", write)
        statistics = np.concatenate([_table(survey, layer) for layer in layers], axis=1)
        table = np.concatenate([statistics, offsets[None, :-1], offsets[None, 1:]])
        write("table", table.shape, (len(ROWS), CHUNK_CHANNELS), "f8")[...] = table
        files, size = measure_files(part / folder)
        description = {
            "kind": KIND,
            "format": FORMAT,
            "versions": survey.versions | {"actwidget": version("actwidget")},
            "model_name": survey.model_name,
            "images": survey.images,
            "statistics": survey.statistics,
            "class_names": list(survey.class_names),
            "classes": [int(number) for number in survey.class_numbers],
            "class_images": survey.class_images.tolist(),
            "unreadable": [list(each) for each in survey.unreadable],
            "not_shown": survey.not_shown,
            "note": survey.note,
            "layers": [
                layer.described() | {"least": arrays.least_exponent(layer.path)} for layer in layers
            ],
            "record_bytes": int(offsets[-1]),
            "folder": folder,
            "maps": [],
            "files": files,
            "bytes": size,
        }
        with zarr.config.set({"json_indent": None}):
            group.update_attributes({ATTRIBUTE: description})


def open_survey(
    path: str | os.PathLike[str] | Store, storage_options: Mapping[str, Any], limits: Limits
) -> dict[str, Any]:
    """Return the arguments of `Survey`; `Survey.load` says what is raised."""
    file = SavedRecording(path, storage_options, limits)
    try:
        description = file.read_description()
        _check_format(file, description)
        try:
            check_survey_description(description)
            layers = [SurveyedLayer.of(each) for each in description["layers"]]
        except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError) as error:
            raise ValueError(
                f"path is {file.label!r}, a survey whose description is damaged ({error}): copy it "
                "again, or save it again"
            ) from error
        if os.path.isdir(file.label):
            _check_complete(file, description)
        return {
            "layers": layers,
            "arrays": SavedSurveyArrays(file, description),
            **{
                name: description[name]
                for name in (
                    *("model_name", "images", "statistics", "class_names", "classes"),
                    *("class_images", "unreadable", "not_shown", "note", "versions"),
                )
            },
        }
    except BaseException:
        file.close()
        raise


class SavedSurveyArrays(SurveyArrays):
    """Those of a saved survey, which are read when they are asked for."""

    def __init__(self, file: SavedRecording, description: Mapping[str, Any]) -> None:
        layers = description["layers"]
        channels = sum(each["channels"] for each in layers)
        classes = len(description["classes"])
        self._file = file
        self._least = {each["path"]: int(each["least"]) for each in layers}
        self._tiles = {each["start"]: each for each in layers}

        def array(name: str, shape: Any, dtype: Any, chunks: Any) -> SavedArray:
            return SavedArray(file, f"{description['folder']}/survey/{name}", shape, dtype, chunks)

        rows = len(ROWS)
        self._table = array("table", (rows, channels), np.float64, (rows, CHUNK_CHANNELS))
        shape = channels, BUCKETS
        self._histogram = array("histogram", shape, np.int64, (HISTOGRAM_CHANNELS, BUCKETS))
        self._classes = classes
        self._means = array(
            "class_means", (classes, channels), np.float32, _class_chunks(max(1, classes))
        )
        self._bytes = description["record_bytes"]
        self._records = array("records", (self._bytes,), np.uint8, (RECORD_BYTES,))

    def table(self, span: slice) -> NDArray[np.float64]:
        """Return statistics."""
        found: NDArray[np.float64] = np.asarray(self._table[: len(TABLE), span])
        return found

    def histogram(self, span: slice) -> NDArray[np.int64]:
        """Return counts."""
        return np.asarray(self._histogram[span])

    def least_exponent(self, path: str) -> int:
        """Return where buckets begin."""
        return self._least[path]

    def class_means(self, span: slice) -> NDArray[np.float64]:
        """Return means."""
        if not self._classes:
            return np.zeros((0, span.stop - span.start))
        return np.asarray(self._means[:, span]).astype(np.float64)

    def selectivity(self, span: slice) -> NDArray[np.float64]:
        """Return how much channels prefer one class."""
        return np.asarray(self._table[ROWS.index("selectivity"), span])

    def preferred(self, span: slice) -> NDArray[np.int64]:
        """Return which of the classes has the largest mean."""
        found = np.asarray(self._table[ROWS.index("preferred"), span])
        most = max(0, self._classes - 1)
        known = np.where(np.isfinite(found), found, 0)
        numbers: NDArray[np.int64] = np.clip(known, 0, most).astype(np.int64)
        return numbers

    def top(self, channel: int) -> ChannelTop:
        """Return a channel's strongest images."""
        ends = np.asarray(self._table[len(ROWS) - 2 :, channel])
        start, stop = (int(each) if np.isfinite(each) else -1 for each in ends)
        if not 0 <= start <= stop <= self._bytes:
            raise ValueError(
                f"the survey {self._file.label!r} is damaged: channel {channel} is said to lie at "
                f"{start:,} to {stop:,} of {self._bytes:,} bytes; copy it again, or save it again"
            )
        if start == stop:
            return read_record(b"")
        return read_record(np.asarray(self._records[start:stop]).tobytes())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _table(survey: Survey, layer: SurveyedLayer) -> NDArray[np.float64]:
    """Return a layer's part of the table, but for where its records are."""
    arrays = survey.arrays
    preferred = np.zeros(layer.channels)
    selectivity = np.full(layer.channels, np.nan)
    if survey.classes:
        selectivity = arrays.selectivity(layer.span)
        preferred = arrays.preferred(layer.span).astype(np.float64)
    return np.concatenate([arrays.table(layer.span), selectivity[None], preferred[None]])


def _class_chunks(classes: int) -> tuple[int, int]:
    return classes, max(1, CHUNK_NUMBERS // classes)


def _write_records(
    arrays: SurveyArrays, channels: int, scratch: Path, write: Any
) -> NDArray[np.int64]:
    """Write what is known of each channel, and return where each begins and the last ends."""
    offsets = np.zeros(channels + 1, np.int64)
    try:
        with scratch.open("wb") as file:
            for channel in range(channels):
                offsets[channel + 1] = offsets[channel] + file.write(
                    write_record(arrays.top(channel))
                )
        target = write("records", (int(offsets[-1]),), (RECORD_BYTES,), "u1")
        for start, block in _blocks(scratch):
            target[start : start + len(block)] = block
    finally:
        scratch.unlink(missing_ok=True)
    return offsets


def _blocks(path: Path) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    start = 0
    with path.open("rb") as file:
        while data := file.read(16 * RECORD_BYTES):
            yield start, np.frombuffer(data, np.uint8)
            start += len(data)


def _check_format(file: SavedRecording, description: Any) -> None:
    known = description if isinstance(description, dict) else {}
    if known.get("kind") != KIND:
        raise ValueError(
            f"path is {file.label!r}, a saved {known.get('kind', 'recording')!s:.20} and no "
            "survey: Recording.load opens recordings"
        )
    check_readable(known, file.label, "a survey", range(1, FORMAT + 1))


def _check_complete(file: SavedRecording, description: Mapping[str, Any]) -> None:
    """Check a local folder's files, so that a truncated copy is reported on opening."""
    found = measure_files(Path(file.label) / description["folder"])
    expected = description["files"], description["bytes"]
    if found != expected:
        raise ValueError(
            f"path is {file.label!r}, a survey that is not complete: it has {found[0]:,} files of "
            f"{found[1]:,} bytes, and was saved as {expected[0]:,} files of {expected[1]:,} bytes: "
            "copy it again, or save it again"
        )
