"""The zarr store that a saved recording is read from: a folder, a zip file or a URL."""

from __future__ import annotations

import os
import stat
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actwidget.recording.saved.folder_swap import wait_for_swap
from actwidget.recording.saved.format import (
    ARRAY_METADATA_BYTES,
    BLOSC_HEADER,
    CHECKSUM,
    DESCRIPTION_BYTES,
    METADATA_FILE,
)
from actwidget.recording.saved.local_source import FolderSource, ZipSource, kind_of_file
from actwidget.recording.saved.remote_source import open_file_system, open_url
from actwidget.recording.saved.source import DamagedPartError, Limits, Source, StoreSource
from actwidget.recording.saved.zarr_library import sync, zarr

if TYPE_CHECKING:
    from zarr.abc.store import ByteRequest, Store
    from zarr.core.buffer import Buffer, BufferPrototype

CACHED_BYTES = 64 << 20
"""How much of what was fetched is cached: hovering asks for many units of the same chunk."""


class RecordingStore(zarr.storage.WrapperStore["Store"]):
    """What zarr reads a recording from: each file is as long as the description says, at most.

    To zarr a missing chunk holds zeros; a recording has all of its chunks, so that one was lost.

    Attributes
    ----------
    label : str
        The recording's path, for messages.
    limits : Limits
    chunk_bytes : dict[str, int]
        For each array that is open the bytes of a chunk once it is unpacked.
    """

    def __init__(
        self, source: Source, label: str, limits: Limits, *, cached_bytes: int = 0
    ) -> None:
        # Nothing is read from the store that is wrapped.
        super().__init__(zarr.storage.MemoryStore(read_only=True))
        self.label, self.limits = label, limits
        self.chunk_bytes: dict[str, int] = {}
        self._source = source
        self._cached_bytes = cached_bytes
        self._cache: OrderedDict[str, bytes] = OrderedDict()

    def read(self, key: str) -> bytes | None:
        """Return a file, None if there is none; see `get`."""
        content: bytes | None = sync(self._read(key))
        return content

    async def get(
        self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """Return a file as zarr takes it.

        Raises DamagedPartError if it is not what the description says, and OSError if it cannot be
        read.
        """
        if byte_range is not None:
            raise DamagedPartError(f"{key} is read in parts, which no recording's files are")
        content = await self._read(key)
        return None if content is None else prototype.buffer.from_bytes(content)

    async def _read(self, key: str) -> bytes | None:
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        array, _, file = key.rpartition("/")
        is_chunk = file != METADATA_FILE
        if is_chunk and array not in self.chunk_bytes:
            return None
        try:
            content = await self._source.read(key, self._limit(array, is_chunk=is_chunk))
        except (DamagedPartError, MemoryError):
            raise
        except Exception as error:
            # fsspec passes on the exceptions of some ten libraries.
            problem = f"{type(error).__name__}: {error!s:.300}"
            kind = TimeoutError if isinstance(error, TimeoutError) else OSError
            raise kind(f"{self.label}: {key} cannot be read ({problem})") from error
        if content is None:
            if is_chunk:
                raise DamagedPartError(f"{key} is missing")
            return None
        if is_chunk:
            _check_chunk(key, content, self.chunk_bytes[array])
        self._add_to_cache(key, content)
        return content

    def _limit(self, array: str, *, is_chunk: bool) -> int:
        """Return how long a file may be."""
        if is_chunk:
            return self.chunk_bytes[array] + BLOSC_HEADER + CHECKSUM
        return ARRAY_METADATA_BYTES if array else min(DESCRIPTION_BYTES, self.limits.memory)

    def _add_to_cache(self, key: str, found: bytes) -> None:
        # All of this runs in zarr's only input/output thread.
        if len(found) <= self._cached_bytes:
            self._cache[key] = found
            while sum(map(len, self._cache.values())) > self._cached_bytes:
                self._cache.popitem(last=False)

    def close(self) -> None:
        """Close the source."""
        self._source.close()


def _check_chunk(key: str, content: bytes, unpacked: int) -> None:
    """Check that a chunk is to become as many bytes as expected, before it is unpacked.

    See "Blosc Header" in https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst.
    """
    told, packed = (int.from_bytes(content[at : at + 4], "little") for at in (4, 12))
    if packed != len(content) - CHECKSUM or told != unpacked:
        raise DamagedPartError(
            f"{key} cannot be read: it has {len(content):,} bytes that are to become {told:,}; "
            f"{unpacked:,} are expected"
        )


def open_store(
    path: str | os.PathLike[str] | Store, storage_options: Mapping[str, Any], limits: Limits
) -> RecordingStore:
    """Open a store for reading."""
    if isinstance(path, zarr.abc.store.Store):
        return RecordingStore(_source_of_store(path, limits), str(path), limits)
    label = os.fspath(path)
    local = _local_path(label)
    if local is None:
        source = open_url(label, storage_options, limits)
        return RecordingStore(source, label, limits, cached_bytes=CACHED_BYTES)
    if storage_options:
        raise TypeError(
            f"{', '.join(storage_options)} given with path {label!r}, which is local; "
            "storage options go with a URL"
        )
    return RecordingStore(_open_local(label, *local), label, limits)


def _source_of_store(store: Store, limits: Limits) -> Source:
    """Return the source of a store of the user's, with limits as far as it can have them."""
    if isinstance(store, zarr.storage.LocalStore):
        return FolderSource(store.root)
    if isinstance(store, zarr.storage.ZipStore):
        return ZipSource(store.path)
    if isinstance(store, zarr.storage.FsspecStore):
        return open_file_system(store, limits)
    return StoreSource(store, limits)


def _local_path(path: str) -> tuple[Path, str] | None:
    """Return a local file or folder and, of a zip archive, a folder in it; None for a URL."""
    inside, chained, last = path.rpartition("::")
    protocol, is_named, name = last.rpartition("://")
    if "::" in inside or (is_named and protocol not in {"file", "local"}):
        return None
    if chained and inside.partition("://")[0] != "zip":
        return None
    return Path(name), inside.partition("://")[2]


def _open_local(label: str, file: Path, inside: str) -> Source:
    """Open a folder, or a zip archive."""
    if not file.exists() and not (wait_for_swap(file) and file.exists()):
        raise FileNotFoundError(
            f"path is {label!r}, and nothing is there: looked for {str(file.absolute())!r}"
        )
    if file.is_dir():
        return FolderSource(file)
    mode = file.stat().st_mode
    if not stat.S_ISREG(mode):
        raise ValueError(
            f"path is {label!r}, {kind_of_file(mode)}; it takes a folder that recording.save(path) "
            "made, or a zip archive of its contents"
        )
    try:
        if zipfile.is_zipfile(file):
            return ZipSource(file, inside)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        pass
    raise ValueError(
        f"path is {label!r}, a file that is not a zip archive, or a truncated one; it takes a "
        "folder that recording.save(path) made, or a zip archive of its contents"
    )
