"""What is used of zarr, or a message how to install it.

Imported only when a recording is saved or opened: importing zarr takes a fifth of a second.
"""

from __future__ import annotations

try:
    import zarr
    from zarr.abc.store import Store
    from zarr.codecs import BloscCodec, Crc32cCodec, TransposeCodec
    from zarr.storage import FsspecStore, LocalStore, WrapperStore, ZipStore
except ImportError as error:
    raise ImportError(
        f"recordings are saved with zarr 3, which cannot be imported here ({error}): "
        'pip install --upgrade "zarr>=3.0.8", with Python 3.11 or later'
    ) from error

__all__ = [
    "BloscCodec",
    "Crc32cCodec",
    "FsspecStore",
    "LocalStore",
    "Store",
    "TransposeCodec",
    "WrapperStore",
    "ZipStore",
    "zarr",
]
