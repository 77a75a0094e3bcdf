"""Saving a recording in the format that `actwidget.recording.saved.format` describes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.clipping import affine_fingerprint
from actwidget.numerics.mosaic import mosaic_for
from actwidget.numerics.thumbnail import display_image, thumbnail
from actwidget.recording.class_attributions import ClassAttributions, attributions_to_keep
from actwidget.recording.layer import LayerMaps
from actwidget.recording.map_array import MapArray
from actwidget.recording.saved.atomic_folder import atomic_folder
from actwidget.recording.saved.format import ATTRIBUTE, AXES, FORMAT, chunk_shape, measure_files
from actwidget.recording.saved.saved_attributions import arrays_of
from actwidget.recording.saved.zarr_library import zarr
from actwidget.utils.progress import each

if TYPE_CHECKING:
    from actwidget.recording.recording import Recording

SMALL_IMAGE = 1 << 16
"""In bytes: of larger images thumbnails are saved, so that the page need not read the images."""


def save_recording(recording: Recording, path: str | os.PathLike[str], *, overwrite: bool) -> None:
    """Write a recording to a folder, completely or not at all; see `Recording.save`."""
    received, images = recording.input, recording.images
    words = f"saving {os.fspath(path)}"
    with atomic_folder(path, overwrite=overwrite) as part:
        group = zarr.create_group(part, zarr_format=3)
        writer = _Writer(group, folder=part.name.split(".")[-2])
        entries = [received, *(entry for entry in recording.values() if entry is not received)]
        written = [writer.entry(entry) for entry in each(entries, words, lambda entry: entry.path)]
        description = {
            "format": FORMAT,
            "versions": recording.versions,
            "model_name": recording.model_name,
            **({"quantity": recording.quantity} if recording.quantity else {}),
            "not_shown": recording.not_shown,
            "folder": writer.folder,
            "input": written[0],
            "entries": written[1:],
            "outputs": [writer.entry(entry) for entry in recording.outputs],
            "images": writer.images(images),
            "maps": writer.descriptions,
            **writer.attributions(attributions_to_keep(recording)),
        }
        files, size = measure_files(part / writer.folder)
        # Indentation would double the bytes that are fetched first.
        with zarr.config.set({"json_indent": None}):
            group.update_attributes({ATTRIBUTE: description | {"files": files, "bytes": size}})


class _Writer:
    """Writes arrays, and collects their part of the description.

    Attributes
    ----------
    folder : str
        Where they are written, within the recording's folder.
    descriptions : list[dict]
        Those of the maps that have been written.
    """

    def __init__(self, group: Any, *, folder: str) -> None:
        self._group = group
        self._numbers: dict[int, int] = {}
        self.folder = folder
        self.descriptions: list[dict[str, Any]] = []

    def entry(self, entry: LayerMaps) -> dict[str, Any]:
        """Write an entry's maps, unless another entry shares them, and return its other fields."""
        number = self._numbers.setdefault(id(entry.maps), len(self.descriptions))
        if number == len(self.descriptions):
            known = self._maps(str(number), entry)
            self.descriptions.append(known | {"summary": _numbers(asdict(entry.summary))})
        values = {field.name: getattr(entry, field.name) for field in fields(entry)}
        return values | {"maps": number}

    def _maps(self, name: str, entry: LayerMaps) -> dict[str, Any]:
        source, known = entry.map_array, entry.statistics
        images, height, width = entry.images, entry.height, entry.width
        block = mosaic_for(entry.tiles, height, width).block
        chunks = chunk_shape((images, height, width, entry.tiles), block=block)
        self._write(f"maps/{name}", _by_image(source), source.shape, chunks, "f4")
        if block > 1:
            rows = -(-height // block)
            shape = images, entry.depth * rows, -(-width // block), entry.tiles
            overviews = (_overview(entry, image, block) for image in range(images))
            self._write(f"overviews/{name}", overviews, shape, (1, rows, *shape[2:]), "f4")
        numbers = {field.name: getattr(known, field.name) for field in fields(known)}
        groups = {key: value for key, value in numbers.items() if isinstance(value, np.ndarray)}
        table = np.stack(list(groups.values())).astype(np.float64)
        self._write(f"statistics/{name}", [table], table.shape, table.shape, "f8")
        return {
            "shape": list(source.shape),
            "block": block,
            "depth": entry.depth,
            "statistics": _numbers({key: numbers[key] for key in numbers if key not in groups}),
            "group_statistics": list(groups),
            "groups": table.shape[1],
            "beyond": [
                [*affine_fingerprint(affine), source.clipped_share(known, affine)]
                for affine in (normalization(known) for normalization in NORMALIZATIONS)
            ],
        }

    def images(self, images: Any) -> dict[str, Any]:
        """Write the images and, if they are large, their thumbnails."""
        chunks = 1, *images.shape[1:]
        self._write("images", (image[None] for image in images), images.shape, chunks, images.dtype)
        thumbnails = []
        if images.nbytes > SMALL_IMAGE * len(images):
            thumbnails = [thumbnail(display_image(image)) for image in images]
            files = [np.frombuffer(each.pop("data"), np.uint8) for each in thumbnails]
            shape = len(files), max(map(len, files))
            padded = (np.pad(file, (0, shape[1] - len(file)))[None] for file in files)
            self._write("thumbnails", padded, shape, (1, shape[1]), "u1")
            for each, file in zip(thumbnails, files, strict=True):
                each["bytes"] = len(file)
        return {
            "shape": list(images.shape),
            "dtype": images.dtype.name,
            "thumbnails": thumbnails,
        }

    def attributions(self, kept: ClassAttributions | None) -> dict[str, Any]:
        """Write what explains the likeliest classes, and return the field that describes it."""
        if kept is None:
            return {}
        description, arrays = arrays_of(kept)
        for name, array in arrays.items():
            self._write(f"attributions/{name}", [array], array.shape, array.shape, array.dtype)
        return {"attributions": description}

    def _write(
        self,
        name: str,
        parts: Iterable[NDArray[Any]],
        shape: tuple[int, ...],
        chunks: tuple[int, ...],
        dtype: Any,
    ) -> None:
        """Write an array, a chunk's length at a time: it need not fit in memory."""
        # Channel by channel rather than unit by unit takes a tenth fewer bytes.
        channels_first = [zarr.codecs.TransposeCodec(order=(0, 3, 1, 2))] if len(shape) == 4 else []
        array = self._group.create_array(
            f"{self.folder}/{name}",
            shape=shape,
            # Images have height 0 if no input is an image.
            chunks=tuple(max(1, length) for length in chunks),
            dtype=dtype,
            fill_value=0,
            filters=channels_first,
            # Of the blosc codecs the one that compresses activations best: to half their size, at
            # 150 MB a second. The checksum detects damage.
            compressors=[
                zarr.codecs.BloscCodec(cname="zstd", clevel=1, shuffle="shuffle"),
                zarr.codecs.Crc32cCodec(),
            ],
            # One folder per array, not one per axis.
            chunk_key_encoding={"name": "default", "separator": "."},
            dimension_names=AXES if len(shape) == 4 else None,
            # Otherwise chunks of zeros would be left out, even of -0.0.
            config={"write_empty_chunks": True},
        )
        for number, part in enumerate(parts):
            array[number * chunks[0] : (number + 1) * chunks[0]] = part


def _numbers(known: dict[str, float]) -> dict[str, float]:
    """Write 0 for NaN, which JSON has not: ``non_finite`` tells that nothing is finite."""
    return {key: 0.0 if np.isnan(value) else value for key, value in known.items()}


def _overview(entry: LayerMaps, image: int, block: int) -> NDArray[np.float32]:
    """Reduce each slice of an image's maps block by block, as an array of one image."""
    slices = (entry.slice(number).map_array for number in range(entry.depth))
    return np.concatenate([each.block_extremes(image, block) for each in slices])[None]


def _by_image(maps: MapArray) -> Iterator[NDArray[np.float32]]:
    """Iterate over the images' maps, each as an array of one, and release those that are passed."""
    for number in range(len(maps)):
        part = maps[number : number + 1]
        yield part
        maps.release(part)
