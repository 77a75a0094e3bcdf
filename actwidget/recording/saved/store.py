"""The zarr store that a saved recording is read from: a folder, a zip file or a URL."""

from __future__ import annotations

import os
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actwidget.recording.saved.zarr_library import zarr

if TYPE_CHECKING:
    from zarr.abc.store import ByteRequest, Store
    from zarr.core.buffer import Buffer, BufferPrototype

EXTRAS = {
    "http": "fsspec[http]>=2024.12",
    "https": "fsspec[http]>=2024.12",
    "s3": "fsspec[s3]>=2024.12",
    "gs": "fsspec[gs]>=2024.12",
    "gcs": "fsspec[gs]>=2024.12",
    "abfs": "fsspec[abfs]>=2024.12",
    "az": "fsspec[abfs]>=2024.12",
    "hf": "huggingface_hub",
}
"""What to install for a URL, as pip takes it."""

CACHED_BYTES = 64 << 20
"""How much of what was fetched is cached: hovering asks for many units of the same chunk."""


class RecordingStore(zarr.storage.WrapperStore["Store"]):
    """Reads from another store, and reports which part of a recording is missing.

    To zarr a missing chunk holds zeros; a recording has all of its chunks, so that one was lost.

    Attributes
    ----------
    label : str
        The recording's path, for messages.
    """

    def __init__(self, store: Store, label: str = "", cached_bytes: int = 0) -> None:
        super().__init__(store)
        self.label = label
        self._cached_bytes = cached_bytes
        self._cache: OrderedDict[str, Buffer] = OrderedDict()

    async def get(
        self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """Get the bytes of a file."""
        if byte_range is None and key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        try:
            found = await super().get(key, prototype, byte_range)
        except Exception as error:
            # fsspec passes on the exceptions of some ten libraries.
            problem = f"{type(error).__name__}: {error}"
            raise OSError(f"{self.label}: {key} cannot be read ({problem})") from error
        if found is None and key.rpartition("/")[2].startswith("c"):
            raise MissingPartError(key)
        if found is not None and byte_range is None:
            self._add_to_cache(key, found)
        return found

    def _add_to_cache(self, key: str, found: Buffer) -> None:
        # All of this runs in zarr's only input/output thread.
        if len(found) <= self._cached_bytes:
            self._cache[key] = found
            while sum(map(len, self._cache.values())) > self._cached_bytes:
                self._cache.popitem(last=False)


class MissingPartError(Exception):
    """A chunk is missing."""


def open_store(
    path: str | os.PathLike[str] | Store, storage_options: Mapping[str, Any]
) -> RecordingStore:
    """Open a store for reading."""
    if isinstance(path, zarr.abc.store.Store):
        return RecordingStore(path, str(path))
    label = os.fspath(path)
    if is_url(label):
        store = _open_url(label, dict(storage_options))
        return RecordingStore(store, label, CACHED_BYTES)
    if storage_options:
        raise TypeError(
            f"{', '.join(storage_options)} given with path {label!r}, which is local; "
            "storage options go with a URL"
        )
    file = Path(label)
    if not file.exists():
        raise FileNotFoundError(
            f"path is {label!r}, and nothing is there: looked for {str(file.absolute())!r}"
        )
    if file.is_dir():
        return RecordingStore(zarr.storage.LocalStore(file, read_only=True), label)
    if zipfile.is_zipfile(file):
        return RecordingStore(zarr.storage.ZipStore(file, mode="r", read_only=True), label)
    raise ValueError(
        f"path is {label!r}, a file that is not a zip archive, or a truncated one; it takes a "
        "folder that recording.save(path) made, or a zip archive of its contents"
    )


def is_url(path: str) -> bool:
    """Whether a path is one that fsspec opens, such as ``http://…`` or ``zip::…``."""
    return "://" in path or "::" in path


def _open_url(url: str, storage_options: dict[str, Any]) -> Store:
    """Open a URL with fsspec, which is not a requirement of the package."""
    protocol = url.partition("://")[0].rpartition("::")[2]
    try:
        return zarr.storage.FsspecStore.from_url(
            url.rstrip("/"), storage_options=storage_options, read_only=True
        )
    except ImportError as error:
        package = EXTRAS.get(protocol, "fsspec>=2024.12")
        raise ImportError(
            f"path is {url!r}, and the package that opens {protocol}:// is not installed "
            f'({error}): pip install "{package}"'
        ) from error
    except ValueError as error:
        raise ValueError(
            f"path is {url!r}, which fsspec does not open ({error}); it takes a local path or a "
            "URL that starts with http://, https://, s3://, gs:// or another protocol of fsspec"
        ) from error
