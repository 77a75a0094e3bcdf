"""One forward pass of a model in which every layer's output is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actwidget.capture.call_recorder import CallRecorder
from actwidget.capture.cost import Cost, estimate_cost
from actwidget.capture.hooked_pass import HookedPass
from actwidget.capture.inputs.model_inputs import ModelInputs
from actwidget.capture.map_store import MapStore
from actwidget.capture.overrides import OutputOverrides
from actwidget.capture.reasons import INTERRUPTED, did_not_run
from actwidget.capture.recorded_model import RecordedModel
from actwidget.capture.selection import LayerSelection
from actwidget.model.layer_tree import LayerNode, LayerTree
from actwidget.model.output_sizes import expected_sizes
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import INPUT, Recording
from actwidget.utils.progress import Progress


class ForwardPass:
    """One forward pass with every layer's ``call`` wrapped.

    Maps of at most `memory_limit` bytes stay in memory; the others go to scratch files.

    Attributes
    ----------
    model_inputs : ModelInputs
        What the model is called with.
    cost : Cost
        What it will cost, as far as that is known beforehand.
    store : MapStore
        Where the maps are.

    Raises
    ------
    ValueError
        If the selection or an override matches no layer of a built model, whose layers are known.
    """

    def __init__(
        self,
        tree: LayerTree,
        model_inputs: ModelInputs,
        selection: LayerSelection,
        overrides: OutputOverrides,
        memory_limit: int,
    ) -> None:
        self.model_inputs = model_inputs
        self._tree = tree
        self._selection = selection
        self._overrides = overrides
        if getattr(tree.model, "built", False):
            self._check_names()
        expected = expected_sizes(tree, len(model_inputs.images), selection.will_be_kept).values()
        self.cost: Cost = estimate_cost(expected, memory_limit)
        self.store = MapStore(memory_limit, [size for sizes in expected for size in sizes or ()])
        self._is_interrupted = False
        self._pass = HookedPass(tree, Progress(f"recording {tree.model.name} ({self.cost})"))
        self._recorder = CallRecorder(
            *(self.store, tree, model_inputs, selection, overrides),
            functions=self._pass.functions,
            state=self._pass.state,
            progress=self._pass.progress,
        )

    @property
    def failing(self) -> LayerNode | None:
        """The layer whose exception ended the pass."""
        return self._pass.failing

    @property
    def hint(self) -> str:
        """What the user should know of the image's numbers; empty if there is nothing."""
        return self.model_inputs.hint or self._recorder.range_watch.hint

    @property
    def beyond_float32(self) -> list[str]:
        """The paths of outputs with finite values that float32, and so their maps, cannot hold."""
        return [self._recorder.outputs.path(each) for each in self._recorder.beyond_float32]

    def run(self) -> None:
        """Call the model; whatever happens, it is as before afterwards."""
        model = self._tree.model
        watched = [node for node in self._tree if self._selection.is_watched(node)]
        try:
            self._pass.run(
                self._recorder,
                watched,
                lambda: model(self.model_inputs.structure, training=False),
            )
        except Exception:
            # Keras would bury the message under the arguments of every call around it.
            if self._recorder.refusal is not None:
                raise self._recorder.refusal from None
            raise
        self._check_names()
        self._overrides.check_grids()
        self._recorder.assign_paths(self._input_paths())

    def settle(self) -> None:
        """Make what a pass recorded before it was interrupted as usable as all of it."""
        self._is_interrupted = True
        self._recorder.outputs.miss(INTERRUPTED)
        self._recorder.assign_paths(self._input_paths())

    def entries(self) -> list[LayerMaps]:
        """Return what was recorded, in execution order."""
        return self._recorder.outputs.entries(self._selection)

    def recorded_model(
        self,
        entries: list[LayerMaps],
        record: Callable[[Any], Recording],
        prepare: Callable[[Any], ModelInputs],
    ) -> RecordedModel:
        """Return the model, with where its outputs are among the entries."""
        outputs = self._recorder.outputs
        arrangements, fed = outputs.arrangements(entries), outputs.fed_by_entries(entries)
        return RecordedModel(self._tree, self.model_inputs, arrangements, fed, record, prepare)

    def output_entries(self, entries: list[LayerMaps]) -> list[LayerMaps]:
        """Return what the model returned, as those of the entries that hold it if any do."""
        returned, name = self._recorder.returned, self._tree.model.name
        return self._recorder.outputs.returned(returned, entries, name)

    def input_entries(self) -> list[LayerMaps]:
        """Return what the model received."""
        inputs = zip(self.model_inputs.inputs, self._input_paths(), strict=True)
        return [each.maps().as_layer(path, "Input") for each, path in inputs]

    def not_shown(self, entries: list[LayerMaps]) -> dict[str, str]:
        """Return why each layer that is not an entry is missing, by path."""
        shown = {entry.path for entry in entries}
        inputs = {
            path: f"only stands for what {node.path or self._tree.model.name} receives"
            for path, node in self._tree.input_layers
            if path not in shown
        }

        def why_no_output(node: LayerNode) -> str:
            known = self._selection.why_not(node) or self._recorder.reasons.get(node)
            if known:
                return known
            return INTERRUPTED if self._is_interrupted else did_not_run(node.layer)

        return inputs | self._recorder.outputs.not_shown(self._tree, shown, why_no_output)

    def _input_paths(self) -> list[str]:
        taken = any(node.path == INPUT for node in self._tree)
        start = f"{INPUT} of {self._tree.model.name}" if taken else INPUT
        return [start + each.path.removeprefix(INPUT) for each in self.model_inputs.inputs]

    def _check_names(self) -> None:
        """Raise if a name that the user gave matches no layer."""
        self._selection.check(self._tree)
        self._overrides.check(self._tree, [each.path for each in self.model_inputs.inputs])
