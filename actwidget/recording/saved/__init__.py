"""Recordings as zarr folders: their format, writing and lazy reading."""
