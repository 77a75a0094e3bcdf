"""States of finished parts in a folder, from which an interrupted survey goes on."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from actwidget.surveys.state import SurveyState

DESCRIPTION = "survey.json"

NAMES = {
    "model": "the model",
    "data": "the data set",
    "layers": "the layers",
    "options": "the options",
    "actwidget": "the version of actwidget",
}
"""What a difference in the description is called."""


class StaleCheckpointError(ValueError):
    """A checkpoint is of another survey.

    Examples
    --------
    >>> survey(model, images[:8], checkpoint="run.partial").images
    8
    """


class Checkpoint:
    """A folder with the states of finished parts.

    Parameters
    ----------
    folder : str or path
        Is made if it does not exist.
    description : mapping
        Of the survey, as JSON has it: see `NAMES`.

    Raises
    ------
    StaleCheckpointError
        If the folder holds parts of another survey.
    FileExistsError
        If it holds something else.
    OSError
        If it cannot be written.
    """

    def __init__(self, folder: str | os.PathLike[str], description: Mapping[str, Any]) -> None:
        self.folder = Path(folder).expanduser()
        self.description = self._description = json.loads(json.dumps(description))
        self.folder.mkdir(parents=True, exist_ok=True)
        known = self._known()
        if known is None:
            others = sorted(each.name for each in self.folder.iterdir())
            if others:
                raise FileExistsError(
                    f"checkpoint is {str(folder)!r}, a folder with other files ({others[0]}): give "
                    "an empty or a new one"
                )
            self._write(DESCRIPTION, lambda path: path.write_text(json.dumps(self._description)))
            return
        differing = [
            words for key, words in NAMES.items() if known.get(key) != self._description.get(key)
        ]
        if differing:
            raise StaleCheckpointError(
                f"checkpoint is {str(folder)!r}, which is of another survey: "
                f"{' and '.join(differing)} {'differs' if len(differing) == 1 else 'differ'} "
                f"({self._difference(known)}); give another folder, or delete this one"
            )

    def read(self, start: int, stop: int) -> SurveyState | None:
        """Return the state of a part; None if there is none, or it is damaged."""
        try:
            with (
                self._path(start, stop).open("rb") as file,
                np.load(file, allow_pickle=False) as found,
            ):
                arrays = {name: found[name] for name in found.files}
            rest = json.loads(str(arrays.pop("rest")))
            unreadable = [(number, name, why) for number, name, why in rest["unreadable"]]
            return SurveyState(images=rest["images"], unreadable=unreadable, **arrays)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            return None

    def write(self, start: int, stop: int, state: SurveyState) -> None:
        """Keep the state of a part."""
        rest = json.dumps({"images": state.images, "unreadable": state.unreadable})

        def save(path: Path) -> None:
            with path.open("wb") as file:
                arrays: dict[str, Any] = {"rest": np.array(rest), **state.arrays()}
                np.savez_compressed(file, **arrays)

        self._write(self._path(start, stop).name, save)

    def remove(self) -> None:
        """Delete its files once the survey is saved or returned."""
        for path in (*self.folder.glob("*-*.npz"), self.folder / DESCRIPTION):
            path.unlink(missing_ok=True)

    def _path(self, start: int, stop: int) -> Path:
        return self.folder / f"{start:012}-{stop:012}.npz"

    def _write(self, name: str, save: Callable[[Path], Any]) -> None:
        """Write a file completely or not at all."""
        part = self.folder / f".{name}.{os.getpid()}.part"
        try:
            save(part)
            os.replace(part, self.folder / name)
        finally:
            part.unlink(missing_ok=True)

    def _known(self) -> dict[str, Any] | None:
        try:
            known = json.loads((self.folder / DESCRIPTION).read_text())
        except FileNotFoundError:
            return None
        except ValueError:
            known = {}
        return known if isinstance(known, dict) else {}

    def _difference(self, known: Mapping[str, Any]) -> str:
        """Say of the first difference what was given and what is there."""
        for key in NAMES:
            old, new = known.get(key), self._description.get(key)
            if old == new:
                continue
            if isinstance(old, dict) and isinstance(new, dict):
                name = next(name for name in {**old, **new} if old.get(name) != new.get(name))
                return f"{name}: {old.get(name)!s:.60} there, {new.get(name)!s:.60} here"
            if key == "model":
                return "its weights or its layers"
            return f"{old!s:.60} there, {new!s:.60} here"
        return ""


def model_digest(model: Any) -> str:
    """Return a digest of a model's weights; names may differ, as Keras counts them up."""
    found = hashlib.sha256()
    for variable in model.variables:
        array = np.asarray(variable)
        found.update(f"{array.dtype} {array.shape}".encode())
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()
