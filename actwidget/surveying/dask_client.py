"""What is asked of a Dask client: whether it will do, and that no task is left."""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from actwidget.surveying.sources.source import ImageSource

PACKAGES = ("actwidget", "tensorflow", "keras", "numpy")
"""What must be of one version, for the numbers to be the same."""

here = version
"""Returns the version of a package of this process."""

PATIENCE = 30.0
"""Seconds for which the end of cancelled tasks is waited for."""


def distributed() -> Any:
    """Return the package; its functions have no types."""
    return import_module("distributed")


def cancel(client: Any, futures: Sequence[Any], name: str) -> None:
    """Cancel tasks, and wait until they are gone.

    What runs on a worker sees the event at its next look. It stays set: its name is this survey's
    alone.
    """
    distributed().Event(f"stop-{name}", client=client).set()
    client.cancel(list(futures), force=True)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        left = client.run_on_scheduler(_tasks_of, name=name)
        if not left:
            break
        time.sleep(0.1)


def _tasks_of(name: str, dask_scheduler: Any = None) -> int:
    """Count the tasks of a survey; it runs on the scheduler."""
    return sum(str(key).startswith(name) for key in dask_scheduler.tasks)


def check_client(client: Any, source: ImageSource) -> None:
    """Raise ImportError, TypeError or ValueError if a survey cannot run there."""
    try:
        library = distributed()
    except ImportError:
        raise ImportError(
            'client is given, and Dask is not installed: pip install "actwidget[dask]"'
        ) from None
    if not isinstance(client, library.Client):
        raise TypeError(
            f"client is of type {type(client).__name__}; it takes a distributed.Client, such as "
            "Client() for the cores of this machine"
        )
    if client.status != "running":
        raise ValueError(f"client is {client.status}; give one that is connected to a scheduler")
    if not source.is_picklable or source.length is None:
        raise TypeError(
            "images come as a stream, which cannot be divided among workers: give an array, a "
            "folder or a list of files, or leave the client out"
        )
    _check_versions(client)


def _check_versions(client: Any) -> None:
    """Compare the packages of the workers with those here."""
    for package in PACKAGES:
        try:
            wanted = here(package)
        except PackageNotFoundError:
            continue
        # A function of the standard library: a worker without actwidget knows it as well.
        there = client.run(version, package, on_error="return")
        if not there:
            raise ValueError("client has no worker; start one, or leave the client out")
        for worker, found in there.items():
            if isinstance(found, BaseException):
                raise ValueError(
                    f"the worker {worker} has no {package}; install what this process has: "
                    f"pip install {package}=={wanted}"
                )
            if found != wanted:
                raise ValueError(
                    f"the worker {worker} has {package} {found}, and this process {wanted}; the "
                    f"numbers may differ: pip install {package}=={wanted}"
                )
