"""URLs that fsspec opens, and what to install for that: it is not a requirement of the package."""

from __future__ import annotations

from importlib.util import find_spec

FSSPEC = "fsspec{}>=2024.12"
"""What opens URLs, as pip takes it."""

EXTRAS = {"https": "http", "s3a": "s3", "gcs": "gs", "abfss": "abfs", "az": "abfs"}
"""The extra of fsspec that opens a protocol, if it has another name."""

NAMED_ALIKE = ("http", "s3", "gs", "abfs", "adl", "oci", "git", "github", "sftp", "ssh", "smb")


def is_url(path: str) -> bool:
    """Whether a path is one that fsspec opens, such as ``http://…`` or ``zip::…``."""
    return "://" in path or "::" in path


def installation(protocol: str) -> str:
    """Return what to install for a protocol, if that is known."""
    extra = EXTRAS.get(protocol, protocol)
    if extra in NAMED_ALIKE:
        package = FSSPEC.format(f"[{extra}]")
    elif protocol == "hf":
        package = "huggingface_hub"
    elif find_spec("fsspec") is None:
        package = FSSPEC.format("")
    else:
        return ""
    return f': pip install "{package}"'
