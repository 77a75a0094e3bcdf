"""One layer of each frame, in the fastest way that gives what a recording gives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.capture.arrangement import Arrangement
from actwidget.capture.inputs.model_inputs import ModelInputs
from actwidget.capture.passes.eager import EagerModel
from actwidget.capture.passes.graph import TracedModel
from actwidget.capture.passes.jitted import JittedModel
from actwidget.capture.passes.layer_pass import Compiled, Traced
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.backend import is_on_jax, is_on_tensorflow
from actwidget.model.structure import leaves
from actwidget.recording.recording import Recording
from actwidget.utils.messages import listed
from actwidget.utils.worker_pool import WorkerPool

CLOSE = 1e-4
"""By how much of the layer's largest |x| a compiled function may differ from the recording."""

Computed = tuple[NDArray[np.float32], NDArray[Any] | None]
"""A layer's maps, ``(1, height, width, channels)``, and the model's output if it was asked for."""

Way = Literal["alone", "with all", "as it is"]
"""``"alone"``: compiled with what it needs and nothing else. ``"with all"``: compiled with all
layers. ``"as it is"``: the model runs as it would for anybody."""

_Wanted = tuple[str, bool]


class FrameRunner:
    """Computes a layer's maps of one frame after another.

    The first frame is recorded. What is compiled from then on, in a thread of its own, is tried on
    that frame and used if it gives what was recorded. Until then, and where the model cannot be
    compiled, it runs as it is.

    Parameters
    ----------
    recorded : RecordedModel
    output : int or None
        Which of the model's outputs is asked for beside layers.

    Attributes
    ----------
    note : str
        Why it is slower than it could be; empty if it is not.
    """

    def __init__(self, recorded: RecordedModel, output: int | None) -> None:
        self.note = ""
        self._recorded = recorded
        self._output = output
        self._arrangements: dict[str, Arrangement] = {
            each.path: each for each in recorded.arrangements.values()
        }
        self._eager = EagerModel(recorded)
        self._traced: Traced | None = None
        self._functions: dict[_Wanted, Compiled] = {}
        self._all: Compiled | None = None
        self._all_paths: list[str] = []
        self._asked: set[_Wanted] = set()
        self._reference: Recording | None = None
        self._first: Sequence[Any] = ()
        self._closed = threading.Event()
        # One thread: what is compiled takes all of a core.
        self._compiler = WorkerPool(1)

    def start(self, path: str, inputs: ModelInputs, reference: Recording) -> None:
        """Begin with a frame and its recording, and compile for a layer and for all of them."""
        self._reference, self._first = reference, _tensors(inputs)
        self.ask_for(path, with_output=self._output is not None)
        self._compiler.submit(self._guarded(self._compile_all))

    def ask_for(self, path: str, *, with_output: bool) -> None:
        """Compile for a layer, if that is not under way."""
        wanted = path, with_output
        if path not in self._arrangements or wanted in self._asked:
            return
        self._asked.add(wanted)
        self._compiler.submit(self._guarded(lambda: self._compile(wanted)))

    def way(self, path: str, *, with_output: bool) -> Way:
        """Return how a layer would be computed now."""
        if (path, with_output and self._output is not None) in self._functions:
            return "alone"
        return "with all" if self._all is not None and path in self._all_paths else "as it is"

    def run(self, path: str, inputs: ModelInputs, *, with_output: bool) -> Computed:
        """Return a layer's maps, and the model's output."""
        with_output = with_output and self._output is not None
        if path not in self._arrangements:
            return self._of_input(path, inputs, with_output)
        tensors = _tensors(inputs)
        function = self._functions.get((path, with_output))
        if function is not None:
            return self._arranged(path, function(tensors))
        self.ask_for(path, with_output=with_output)
        if self._all is not None and path in self._all_paths:
            found = self._all(tensors)
            place = self._all_paths.index(path)
            outputs = found[len(self._all_paths) :] if with_output else []
            return self._arranged(path, [found[place], *outputs])
        output = self._output if with_output else None
        return self._arranged(path, self._eager.function([path], output)(tensors))

    def wait(self, seconds: float) -> None:
        """Wait for about so long until all that was asked for is compiled."""
        self._compiler.wait(seconds)

    def close(self) -> None:
        """Let go of the first frame; what is being compiled is not used."""
        self._closed.set()
        self._compiler.close()
        if self._reference is not None:
            self._reference.close()

    def _of_input(self, path: str, inputs: ModelInputs, with_output: bool) -> Computed:
        """Return what the model receives, and its output."""
        number = 0
        for place, each in enumerate(self._recorded.inputs.inputs):
            number = place if each.path == path else number
        maps = inputs.inputs[number].maps().values
        if not with_output:
            return maps, None
        # A layer that costs the least, as all are computed for the output anyway.
        last = list(self._arrangements)[-1]
        return maps, self.run(last, inputs, with_output=True)[1]

    def _arranged(self, path: str, found: Sequence[NDArray[Any]]) -> Computed:
        maps = self._arrangements[path].arranged(found[0])
        return maps, (found[1] if len(found) > 1 else None)

    def _guarded(self, job: Callable[[], None]) -> Callable[[], None]:
        """Return a job that does nothing once this is closed, and leaves the rest as it is."""

        def run() -> None:
            if self._closed.is_set():
                return
            try:
                job()
            except Exception as error:
                # A stopped session's compilation may fail for its model that is gone.
                if not self._closed.is_set():
                    self.note = f"the model cannot be compiled ({_first_line(error)}): it is slower"

        return run

    def _trace(self) -> Traced | None:
        if self._traced is None and not self.note:
            if is_on_tensorflow(self._recorded.model):
                self._traced = TracedModel(self._recorded)
            elif is_on_jax(self._recorded.model):
                self._traced = JittedModel(self._recorded)
            else:
                self.note = "on this backend the model is not compiled: it is slower"
        return self._traced

    def _compile(self, wanted: _Wanted) -> None:
        path, with_output = wanted
        traced = self._trace()
        if traced is None or path not in traced.paths:
            return
        function = traced.function([path], self._output if with_output else None)
        if self._agrees([path], function(self._first)):
            self._functions[wanted] = function

    def _compile_all(self) -> None:
        traced = self._trace()
        if traced is None:
            return
        paths = [path for path in traced.paths if path in self._arrangements]
        function = traced.function(paths, self._output)
        if self._agrees(paths, function(self._first)):
            self._all_paths, self._all = paths, function

    def _agrees(self, paths: Sequence[str], found: Sequence[NDArray[Any]]) -> bool:
        """Check what was compiled against the recording of the first frame."""
        reference = self._reference
        assert reference is not None
        differing = [
            path
            for path, array in zip(paths, found, strict=False)
            if path in reference
            and not _is_close(self._arrangements[path].arranged(array), reference[path].maps)
        ]
        if differing and not self._closed.is_set():
            self.note = (
                f"compiled, {listed(differing[:2])} gives something else than as it is, which is "
                "shown: it is slower"
            )
        return not differing


def _tensors(inputs: ModelInputs) -> list[Any]:
    return [tensor for _, tensor in leaves(inputs.structure)]


def _is_close(one: NDArray[np.float32], other: Any) -> bool:
    other = np.asarray(other)
    if one.shape != other.shape:
        return False
    size = float(np.abs(np.where(np.isfinite(other), other, 0)).max(initial=0))
    return bool(np.allclose(one, other, rtol=0, atol=CLOSE * size, equal_nan=True))


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:120].rstrip(": ")
