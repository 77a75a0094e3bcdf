"""Packages of the npm registry, unpacked here: what public CDNs serve."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tarfile
import urllib.error
import urllib.request
from pathlib import Path

PUBLIC = "https://registry.npmjs.org"
SECONDS = 60


class PackageNotFetchedError(RuntimeError):
    """A package is not cached and could not be fetched."""

    def __init__(self, package: str, address: str, why: object) -> None:
        super().__init__(
            f"{package} could not be fetched from {address}: {why}\nThe tests of saved notebooks "
            "serve to the page what it would load from a public CDN, and take it from the npm "
            "registry: connect to the network, or set npm_config_registry to a mirror of it. What "
            "was fetched once is kept in pytest's cache."
        )


def registry() -> str:
    """Return the registry that the environment or npm names, or the public one."""
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if os.environ.get(name):
            return os.environ[name].rstrip("/")
    npm = shutil.which("npm")
    if npm is not None:
        asked = subprocess.run(
            [npm, "config", "get", "registry"], capture_output=True, text=True, timeout=SECONDS
        )
        if asked.returncode == 0 and asked.stdout.startswith("http"):
            return asked.stdout.strip().rstrip("/")
    # npm's own file is there without npm, for Deno.
    file = Path.home() / ".npmrc"
    found = (
        re.search(r"^registry\s*=\s*(\S+)", file.read_text(), re.MULTILINE)
        if file.exists()
        else None
    )
    return found[1].rstrip("/") if found else PUBLIC


def package_file(cache: Path, package: str, version: str, path: str) -> bytes:
    """Read a file of one version of a package, fetching the package if it is not cached.

    Raises
    ------
    PackageNotFetchedError
        If it is not cached and cannot be fetched.
    """
    folder = cache / f"{package.replace('/', '+')}@{version}"
    if not folder.exists():
        _fetch(package, version, folder)
    return (folder / path).read_bytes()


def _fetch(package: str, version: str, folder: Path) -> None:
    address = f"{registry()}/{package.replace('/', '%2f')}/{version}"
    # Moved into place when it is whole: a run that is stopped halfway leaves nothing behind.
    partial = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as response:
            tarball = json.load(response)["dist"]["tarball"]
        with (
            urllib.request.urlopen(tarball, timeout=SECONDS) as response,
            tarfile.open(fileobj=response, mode="r|gz") as archive,
        ):
            for member in archive:
                # All of a package stands in one folder, mostly called "package".
                _, _, name = member.name.partition("/")
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None and ".." not in name.split("/"):
                    target = partial / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content.read())
        if not folder.exists():
            partial.rename(folder)
    except (urllib.error.URLError, OSError, KeyError, ValueError, tarfile.TarError) as error:
        raise PackageNotFetchedError(f"{package} {version}", address, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
