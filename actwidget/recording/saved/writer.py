"""Saving a recording; `actwidget.recording.saved.format` says what is written."""

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
from actwidget.recording.layer import LayerMaps
from actwidget.recording.map_array import MapArray
from actwidget.recording.saved.atomic_folder import placed
from actwidget.recording.saved.format import AXES, FORMAT, KEY, chunk_shape, measure
from actwidget.recording.saved.zarr_library import BloscCodec, Crc32cCodec, TransposeCodec, zarr

if TYPE_CHECKING:
    from actwidget.recording.recording import Recording

SMALL_IMAGE = 1 << 16
"""An image of up to this many bytes is read itself by the page, rather than a thumbnail of it."""


def save_recording(recording: Recording, path: str | os.PathLike[str], *, overwrite: bool) -> None:
    """Write a recording to a folder, whole or not at all.

    Raises
    ------
    FileExistsError, FileNotFoundError, ValueError
        From `actwidget.recording.saved.atomic_folder.placed`, if the path cannot be written to.
    RuntimeError
        If the recording is closed.
    ImportError
        If zarr is missing.
    """
    received, images = recording.input, recording.images
    with placed(path, overwrite=overwrite) as part:
        group = zarr.create_group(part, zarr_format=3)
        writer = _Writer(group, folder=part.name.split(".")[-2])
        description = {
            "format": FORMAT,
            "versions": recording.versions,
            "model_name": recording.model_name,
            "not_shown": recording.not_shown,
            "folder": writer.folder,
            "input": writer.entry(received),
            "entries": [writer.entry(entry) for entry in recording.values()],
            "outputs": [writer.entry(entry) for entry in recording.outputs],
            "images": writer.images(images),
            "maps": writer.descriptions,
        }
        files, size = measure(part / writer.folder)
        # Compact: indents would double what is fetched first.
        with zarr.config.set({"json_indent": None}):
            group.update_attributes({KEY: description | {"files": files, "bytes": size}})


class _Writer:
    """Writes arrays, and gathers what is said of them in the description.

    Attributes
    ----------
    folder : str
        The folder that they go to, within the recording's.
    descriptions : list[dict]
        Of the maps written so far.
    """

    def __init__(self, group: Any, *, folder: str) -> None:
        self._group = group
        self._numbers: dict[int, int] = {}
        self.folder = folder
        self.descriptions: list[dict[str, Any]] = []

    def entry(self, entry: LayerMaps) -> dict[str, Any]:
        """Write an entry's maps, unless another has the same, and give all else that it holds.

        Whatever JSON holds may be a field of an entry.
        """
        number = self._numbers.setdefault(id(entry.maps), len(self.descriptions))
        if number == len(self.descriptions):
            known = self._maps(str(number), entry)
            self.descriptions.append(known | {"summary": asdict(entry.summary)})
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
        affines = [normalization(known) for normalization in NORMALIZATIONS]
        return {
            "shape": list(source.shape),
            "block": block,
            "depth": entry.depth,
            "statistics": {key: value for key, value in numbers.items() if key not in groups},
            "group_statistics": list(groups),
            "groups": table.shape[1],
            "beyond": [
                [*affine_fingerprint(affine), source.clipped_share(known, affine)]
                for affine in affines
            ],
        }

    def images(self, images: Any) -> dict[str, Any]:
        """Write the images, and the thumbnails of those that are large."""
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

    def _write(
        self,
        name: str,
        parts: Iterable[NDArray[Any]],
        shape: tuple[int, ...],
        chunks: tuple[int, ...],
        dtype: Any,
    ) -> None:
        """Write an array, a chunk's length at a time: all of it need not fit in memory."""
        # Channels one after the other, not unit by unit: a tenth fewer bytes.
        channels_first = [TransposeCodec(order=(0, 3, 1, 2))] if len(shape) == 4 else []
        array = self._group.create_array(
            f"{self.folder}/{name}",
            shape=shape,
            # Where no input is an image, there are images of height 0.
            chunks=tuple(max(1, length) for length in chunks),
            dtype=dtype,
            fill_value=0,
            filters=channels_first,
            # Of the blosc codecs the one with the fewest bytes for activations: half of what
            # there was, at 150 MB a second. A checksum tells what was damaged.
            compressors=[
                BloscCodec(cname="zstd", clevel=1, shuffle="shuffle"),
                Crc32cCodec(),
            ],
            # One folder an array, not one an axis.
            chunk_key_encoding={"name": "default", "separator": "."},
            dimension_names=AXES if len(shape) == 4 else None,
            # Else a chunk of zeros would be left out, -0.0 among them.
            config={"write_empty_chunks": True},
        )
        for number, part in enumerate(parts):
            array[number * chunks[0] : (number + 1) * chunks[0]] = part


def _overview(entry: LayerMaps, image: int, block: int) -> NDArray[np.float32]:
    """Reduce each slice of an image's maps block by block; an array of one image."""
    slices = (entry.slice(number).map_array for number in range(entry.depth))
    return np.concatenate([each.block_extremes(image, block) for each in slices])[None]


def _by_image(maps: MapArray) -> Iterator[NDArray[np.float32]]:
    """Iterate over the images' maps, each as an array of one, and release those that are passed."""
    for number in range(len(maps)):
        part = maps[number : number + 1]
        yield part
        maps.release(part)
