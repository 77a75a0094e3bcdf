"""`actwidget survey`: what excites each channel of a model over a data set, as a file."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from actwidget.examples.quiet_start import quiet_start
from actwidget.utils.messages import listed, quoted, shortened
from actwidget.utils.sizes import format_bytes
from actwidget.utils.urls import is_url
from actwidget.utils.valid_text import valid_text


class SurveyError(Exception):
    """Why the survey cannot start, in words for the person who typed the command."""


def add_to(commands: Any) -> None:
    """Add the command to those of a parser."""
    parser = commands.add_parser(
        "survey",
        help="run a model over a data set, and write what excites each channel",
        description="Run a model over a data set once, and write each channel's strongest images, "
        "statistics and, with labels, the mean of each class: to be opened with Survey.load.",
    )
    parser.add_argument("model", metavar="MODEL", help="such as model.keras")
    parser.add_argument(
        "images",
        nargs="+",
        metavar="IMAGES",
        help="a folder, whose classes are its sub-folders, a pattern, a URL, or names of files",
    )
    parser.add_argument("output", metavar="OUTPUT", help="such as survey.zarr, which must be new")
    parser.add_argument(
        "--layers",
        nargs="+",
        action="extend",
        metavar="PATTERN",
        help="layers by name or by a pattern; by default those after a non-linearity",
    )
    parser.add_argument(
        "--top", type=int, metavar="N", help="how many images of each channel, by default 9"
    )
    parser.add_argument("--batch-size", type=int, metavar="N", help="images at once, by default 32")
    parser.add_argument(
        "--statistics",
        choices=("exact", "sampled", "none"),
        help="of all units, of some of them, or none; by default exact",
    )
    parser.add_argument(
        "--resize",
        choices=("crop", "stretch"),
        help="how images get the model's size, which they have to have by default",
    )
    parser.add_argument(
        "--checkpoint",
        metavar="FOLDER",
        help="where finished parts are kept, from which an interrupted survey goes on",
    )
    parser.add_argument(
        "--scheduler", metavar="URL", help="of a Dask cluster to compute on, such as tcp://…"
    )
    parser.add_argument(
        "--preprocess",
        metavar="MODULE:FUNCTION",
        help="what images go through first; the module may also define what the model is made of",
    )
    parser.set_defaults(run=_run_command)


def _run_command(options: argparse.Namespace) -> int:
    try:
        survey_to_file(options)
    except KeyboardInterrupt as error:
        print(f"actwidget survey: {error or 'interrupted'}", file=sys.stderr)
        return 130
    except (SurveyError, OSError, RuntimeError, ValueError, TypeError, ImportError) as error:
        print(f"actwidget survey: {error}", file=sys.stderr)
        return 1
    return 0


def survey_to_file(options: argparse.Namespace) -> None:
    """Survey a data set, and write and print what was found.

    Raises
    ------
    SurveyError
        If the output exists, the model cannot be read or there is no such function.
    """
    _check_new(options.output)
    preprocess = None if options.preprocess is None else _function(options.preprocess)
    model = _load(options.model)
    from actwidget.surveying.survey import survey

    chosen = {
        "layers": options.layers,
        "top": options.top,
        "batch_size": options.batch_size,
        "resize": options.resize,
        "checkpoint": options.checkpoint,
        "preprocess": preprocess,
    }
    given = {name: value for name, value in chosen.items() if value is not None}
    if options.statistics is not None:
        given["statistics"] = None if options.statistics == "none" else options.statistics
    images = options.images if len(options.images) > 1 else options.images[0]
    with ExitStack() as stack:
        if options.scheduler is not None:
            given["client"] = stack.enter_context(_client(options.scheduler))
            _send_along(preprocess, given["client"])
        found = survey(model, images, **given)
        found.save(options.output)
    _print(found, options.output)


def _print(found: Any, output: str) -> None:
    files = [file for file in Path(output).rglob("*") if file.is_file()]
    size = format_bytes(sum(file.stat().st_size for file in files))
    print(f"Wrote {valid_text(output)} ({size}): {found.images:,} images")
    if found.unreadable:
        names = listed(f"{name} ({reason})" for _, name, reason in found.unreadable)
        print(f"{len(found.unreadable):,} could not be read: {valid_text(names)}", file=sys.stderr)


def _check_new(output: str) -> None:
    """Raise SurveyError if a survey cannot be written there."""
    if is_url(output):
        raise SurveyError(f"OUTPUT is {quoted(output)}, a URL; name a local folder")
    path = Path(output)
    if os.path.lexists(path):
        raise SurveyError(f"OUTPUT is {quoted(output)}, which exists already; give another name")
    if not path.absolute().parent.is_dir():
        raise SurveyError(
            f"OUTPUT is {quoted(output)}, and there is no folder {quoted(str(path.parent))}; make "
            "it first"
        )


def _load(model: str) -> Any:
    if not os.path.exists(model):
        raise SurveyError(f"MODEL is {quoted(model)}, and there is no such file")
    try:
        with quiet_start():
            import keras

            return keras.models.load_model(model)
    except Exception as error:
        # Whatever Keras and its backend raise of a file.
        raise SurveyError(
            f"MODEL is {quoted(model)}, which Keras does not load ({shortened(error, 200)}); "
            "a model with classes of its own needs the module that defines them: name it with "
            "--preprocess"
        ) from error


def _function(name: str) -> Callable[..., Any]:
    """Return a function that is named ``module:function``; modules may lie in this folder."""
    module, colon, function = name.partition(":")
    if not colon or not module or not function:
        raise SurveyError(f"--preprocess is {quoted(name)}; it takes module:function")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not (module + ".").startswith(error.name + "."):
            raise
        raise SurveyError(
            f"--preprocess is {quoted(name)}, and there is no module {quoted(module)}"
        ) from error
    for part in function.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise SurveyError(
            f"--preprocess is {quoted(name)}, and {module} has no function {quoted(function)}"
        )
    return found  # type: ignore[no-any-return]


def _send_along(function: Callable[..., Any] | None, client: Any) -> None:
    """Give workers the module of a function if that is a file in this folder."""
    module = sys.modules.get(getattr(function, "__module__", ""))
    file = getattr(module, "__file__", None)
    if file is not None and Path(file).parent == Path.cwd():
        client.upload_file(file)


def _client(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise SurveyError(
            f"--scheduler needs Dask, which cannot be imported here ({shortened(error)}): "
            'pip install "actwidget[dask]"'
        ) from error
    return Client(scheduler)  # type: ignore[no-untyped-call]
