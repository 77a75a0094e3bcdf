"""Why a layer has no gradient."""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property

from actwidget.attribution.dependence.operations import Connection, Operation
from actwidget.attribution.dependence.tracer import Trace
from actwidget.attribution.target import ClassTarget, UnitTarget
from actwidget.attribution.target_pass import Wanted
from actwidget.attribution.traced import traced
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.structure import leaves
from actwidget.recording.recording import Recording

UNKNOWN = (
    "something between it and the target passes no gradients on, as stop_gradient, argmax, "
    "rounding and whole numbers do"
)

SHOWN = 3
"""How many operations are named at most."""


class Reasons:
    """Why a target has no gradient by outputs of layers and by inputs.

    The model is run once more, and its operations are noted, if what is known of the recording
    does not tell.

    Parameters
    ----------
    recording : Recording
    recorded : RecordedModel
    wanted : Wanted
    found : container of str
        The paths that have a gradient.
    """

    def __init__(
        self,
        recording: Recording,
        recorded: RecordedModel,
        wanted: Wanted,
        found: Container[str],
    ) -> None:
        self._recording = recording
        self._recorded = recorded
        self._wanted = wanted
        self._found = found

    def of_missing(self, path: str, dtype: str) -> str:
        """Return why there is none.

        `dtype` is that of the numbers if they are no floating-point numbers, else empty.
        """
        if dtype:
            after = self._first_after(path)
            shown = f": see {after}, the first layer after it" if after else ""
            return f"holds {dtype}, and whole numbers have no gradients{shown}"
        return self._after_the_target(path) or self._blocked(path) or UNKNOWN

    def of_zero(self, path: str) -> str:
        """Return why a gradient that is zero everywhere is none; empty if zero is what it is.

        JAX gives zero for all that is blocked, and every backend for the sign of a number.
        """
        return self._after_the_target(path) or self._blocked(path)

    def _after_the_target(self, path: str) -> str:
        recording, target = self._recording, self._wanted.target
        if isinstance(target, UnitTarget) and target.path in self._before(path):
            return f"comes after the target, {target.path}"
        if isinstance(target, ClassTarget) and path == recording.outputs[target.output].path:
            # Without a softmax, it is the target.
            return "comes after the target, the values before its softmax or sigmoid"
        return ""

    def _before(self, path: str) -> set[str]:
        """Return the paths of all that a layer's inputs came from, however far back."""
        recording, todo = self._recording, [path]
        found: set[str] = set()
        while todo:
            current = todo.pop()
            for each in recording[current].inputs if current in recording else ():
                if each not in found:
                    found.add(each)
                    todo.append(each)
        return found

    # By the operations

    @cached_property
    def _trace(self) -> Trace | None:
        return traced(self._recorded, self._wanted)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """The numbers of the tensors in the trace, by path."""
        trace, inputs = self._trace, self._recorded.inputs
        if trace is None:
            return {}
        by_key = {each.key: each.path for each in inputs.inputs}
        keys = [key for key, _ in leaves(inputs.structure)]
        of_inputs = {by_key[key]: number for key, number in zip(keys, trace.inputs, strict=True)}
        arrangements = self._recorded.arrangements
        return of_inputs | {arrangements[key].path: each for key, each in trace.outputs.items()}

    def _blocked(self, path: str) -> str:
        """Return what the operations tell; empty if nothing, or if a gradient comes through."""
        trace, number = self._trace, self._numbers.get(path)
        if trace is None or number is None:
            return ""
        connection = trace.operations.connection(number, trace.target)
        if connection.is_differentiable:
            return ""
        if connection.is_dependent:
            return _named(connection)
        if number in trace.operations.following(trace.explained):
            return "comes after the target"
        return "the target does not depend on it"

    def _first_after(self, path: str) -> str:
        """Return the first layer with a gradient that depends on an entry."""
        layers = [each for each in self._recording.layers if each in self._found]
        known = next((each for each in layers if path in self._before(each)), "")
        trace, number = self._trace if not known else None, self._numbers.get(path)
        if trace is None or number is None:
            return known
        following = trace.operations.following(number)
        return next((each for each in layers if self._numbers.get(each) in following), "")


def _named(connection: Connection) -> str:
    blockers = connection.blockers
    if not blockers[0].name:
        return (
            f"blocked in {blockers[0].layer}, which computes with arrays, such as NumPy's, that "
            "pass no gradients on"
        )
    names = list(dict.fromkeys(map(_place, blockers)))
    if len(names) > SHOWN:
        names = [*names[:SHOWN], f"{len(names) - SHOWN} more"]
    if len(names) == 1:
        return f"blocked by {names[0]}, which passes no gradients on"
    return f"blocked by {', '.join(names[:-1])} and {names[-1]}, which pass no gradients on"


def _place(operation: Operation) -> str:
    name = "stop_gradient" if operation.name == "StopGradient" else operation.name
    return f"{name} in {operation.layer}" if operation.layer else name
