"""What is used of zarr, or a message how to install it.

Imported only when a recording is saved or opened: importing zarr takes a fifth of a second.
"""

from __future__ import annotations

import sys

try:
    import zarr
    import zarr.abc.store
    import zarr.codecs
    import zarr.storage

    # Not public, but what all of zarr's own reading goes through.
    from zarr.core.sync import sync
except ImportError as error:
    way_out = 'pip install --upgrade "zarr>=3.0.8"'
    if sys.version_info < (3, 11):
        way_out = "it needs Python 3.11 or later"
    raise ImportError(
        f"recordings are saved with zarr 3, which cannot be imported here ({error}): {way_out}"
    ) from error

__all__ = ["sync", "zarr"]
