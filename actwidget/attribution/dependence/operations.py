"""Operations of a forward pass, and which of them keeps a gradient from coming through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Operation:
    """One operation on tensors, which are numbered.

    Attributes
    ----------
    name : str
        As the backend calls it: ``"ArgMax"``, ``"stop_gradient"``. Empty for what a layer does
        without the backend.
    layer : str
        The path of the innermost layer that was running; empty between layers.
    inputs, outputs : tuple of int
    differentiable : frozenset of int
        The outputs whose gradient is passed on to the inputs.
    """

    name: str
    layer: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    differentiable: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Connection:
    """How a target depends on a tensor.

    Attributes
    ----------
    is_differentiable : bool
        Whether a gradient comes through.
    is_dependent : bool
        Whether it is computed of it at all.
    blockers : tuple of Operation
        What keeps a gradient from coming through: the first such operation on each way.
    """

    is_differentiable: bool
    is_dependent: bool
    blockers: tuple[Operation, ...] = ()


@dataclass(eq=False)
class Operations:
    """The operations of a pass in the order of their execution.

    Attributes
    ----------
    of_backend : list of Operation
        What the backend was told to do.
    of_layers : list of Operation
        Each call of a layer, from the tensors that it was given to those that it returned: they
        may depend on each other by way of arrays, of which a backend knows nothing.
    """

    of_backend: list[Operation] = field(default_factory=list)
    of_layers: list[Operation] = field(default_factory=list)

    def connection(self, source: int, target: int) -> Connection:
        """Return how a target depends on a tensor."""
        if source == target:
            return Connection(is_differentiable=True, is_dependent=True)
        leading = _ancestors(self.of_backend, [target])
        if source not in leading:
            return self._past_the_backend(source, target)
        reached, blockers = _differentiable(self.of_backend, source, leading)
        if target in reached:
            return Connection(is_differentiable=True, is_dependent=True)
        return Connection(
            is_differentiable=False,
            is_dependent=True,
            blockers=_first(self.of_backend, blockers, target),
        )

    def following(self, source: int) -> set[int]:
        """Return the tensors that are computed of one, and itself."""
        return _closure([*self.of_backend, *self.of_layers], [source])

    def _past_the_backend(self, source: int, target: int) -> Connection:
        """Return what layer's arrays are between two tensors that no operations connect."""
        every = [*self.of_backend, *self.of_layers]
        leading, following = _closure(every, [target], back=True), _closure(every, [source])
        for call in self.of_layers:
            of_inputs = _descendants(self.of_backend, call.inputs)
            if (
                following & set(call.inputs)
                and leading & set(call.outputs)
                and not of_inputs & set(call.outputs)
            ):
                # What is called within another layer returns before it.
                return Connection(is_differentiable=False, is_dependent=True, blockers=(call,))
        return Connection(is_differentiable=False, is_dependent=False)


def _ancestors(operations: Sequence[Operation], tensors: Iterable[int]) -> set[int]:
    """Return the tensors that others are computed of, and these."""
    found = set(tensors)
    for each in reversed(operations):
        if not found.isdisjoint(each.outputs):
            found.update(each.inputs)
    return found


def _descendants(operations: Sequence[Operation], tensors: Iterable[int]) -> set[int]:
    """Return the tensors that are computed of others, and these."""
    found = set(tensors)
    for each in operations:
        if not found.isdisjoint(each.inputs):
            found.update(each.outputs)
    return found


def _closure(
    operations: Sequence[Operation], tensors: Iterable[int], *, back: bool = False
) -> set[int]:
    """Return ancestors or descendants where the order of operations is not known."""
    found: set[int] = set(tensors)
    while True:
        grown = (_ancestors if back else _descendants)(operations, found)
        if grown == found:
            return found
        found = grown


def _differentiable(
    operations: Sequence[Operation], source: int, leading: set[int]
) -> tuple[set[int], list[Operation]]:
    """Return the tensors with a gradient by the source, and what ends it on a way to the target."""
    reached = {source}
    blockers = []
    for each in operations:
        if reached.isdisjoint(each.inputs):
            continue
        outputs = set(each.outputs)
        passed = outputs & each.differentiable
        reached |= passed
        if (outputs - passed) & leading:
            blockers.append(each)
    return reached, blockers


def _first(
    operations: Sequence[Operation], blockers: list[Operation], target: int
) -> tuple[Operation, ...]:
    """Leave out what leads to the target by way of the other blockers alone.

    What is subtracted for a softmax's stability is one: if an argmax follows, that is what blocks.
    """
    found = []
    for each in blockers:
        others = [other for other in blockers if other is not each]
        ways = [operation for operation in operations if operation not in others]
        if target in _descendants(ways, each.outputs):
            found.append(each)
    return tuple(found or blockers[:1])
