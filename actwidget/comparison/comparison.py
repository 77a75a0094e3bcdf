"""Comparison: what differs between recordings, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from actwidget.comparison.checks import check_names, check_recordings
from actwidget.comparison.difference import difference_of
from actwidget.comparison.layer_comparison import LayerComparison, SurveyedLayer
from actwidget.comparison.matching import MatchedLayer, match_layers
from actwidget.recording.recording import Recording
from actwidget.utils.messages import quoted, unknown_name_message


class Comparison(Mapping[str, LayerComparison]):
    """A mapping of a layer's path to how much it differs between the first recording and another.

    ``comparison["conv2"]`` is of the first recording and the last, ``comparison["conv2", "b"]`` of
    the first and the one called b. Layers are matched by their paths; it lists those that are in
    both.

    Attributes
    ----------
    names : tuple of str
        Of the recordings.
    recordings : tuple of Recording
    matched : tuple of MatchedLayer
        The input and all layers, those that are in one recording alone among them.

    Raises
    ------
    TypeError, ValueError, RuntimeError
        If they cannot be compared.

    Examples
    --------
    >>> from actwidget import Comparison, record
    >>> from actwidget.examples import shapes_cnn
    >>> images = shapes_cnn.images()
    >>> untrained = record(shapes_cnn.untrained_model(), images)
    >>> trained = record(shapes_cnn.model(), images)
    >>> comparison = Comparison(["untrained", "trained"], [untrained, trained])
    >>> comparison["conv2"].distance.shape
    (24,)
    >>> comparison.difference()["conv2"].maps.shape
    (12, 20, 20, 24)
    """

    def __init__(
        self,
        names: Sequence[str],
        recordings: Sequence[Recording],
        surveys: Mapping[str, Mapping[str, SurveyedLayer]] | None = None,
    ) -> None:
        self.names = tuple(check_names(names))
        self._surveys = surveys or {}
        self.recordings = tuple(recordings)
        check_recordings(self.names, self.recordings)
        self.matched: tuple[MatchedLayer, ...] = match_layers(self.recordings)
        self._by_path = {layer.path: layer for layer in self.matched}
        self._known: dict[tuple[str, int], LayerComparison] = {}

    @property
    def alone(self) -> dict[str, list[str]]:
        """The names of the recordings that have a layer, by its path, where not all have it."""
        count = len(self.recordings)
        return {
            layer.path: [self.names[number] for number in layer.entries]
            for layer in self.matched
            if len(layer.entries) < count
        }

    def difference(self, name: str | None = None) -> Recording:
        """Return a recording of B − A, with B the recording of this name, A the first.

        Differences are computed where they are looked at, block by block. Layers that are in one
        of both alone, or of another shape, are listed in its ``not_shown``.

        Parameters
        ----------
        name : str, optional
            By default the last.
        """
        return difference_of(self.matched, self.recordings, self.names, self.number(name))

    def number(self, name: str | None) -> int:
        """Return the number of a recording that is compared with the first; by default the last."""
        if name is None:
            return len(self.names) - 1
        others = self.names[1:]
        if name not in others:
            raise ValueError(unknown_name_message("name", name, others))
        return self.names.index(name)

    def layer(self, path: str, number: int) -> LayerComparison:
        """Return a layer of the first recording and of another.

        Raises
        ------
        KeyError
            If it is not in both.
        """
        if path not in self._by_path:
            raise KeyError(unknown_name_message("layer", path, self._by_path))
        layer = self._by_path[path]
        missing = [self.names[each] for each in (0, number) if each not in layer.entries]
        if missing:
            raise KeyError(f"layer {quoted(path)} is not in {quoted(missing[0])}")
        if (path, number) not in self._known:
            surveyed = self._surveyed(path, 0), self._surveyed(path, number)
            found = LayerComparison(layer.entries[0], layer.entries[number], surveyed)
            self._known[path, number] = found
        return self._known[path, number]

    def _surveyed(self, path: str, number: int) -> SurveyedLayer | None:
        survey = self._surveys.get(self.names[number])
        return survey[path] if survey is not None and path in survey else None

    def __getitem__(self, path: str | tuple[str, str]) -> LayerComparison:
        """Return a layer of the first recording and the last, or the one of some name."""
        if isinstance(path, tuple):
            return self.layer(path[0], self.number(path[1]))
        return self.layer(path, self.number(None))

    def __iter__(self) -> Iterator[str]:
        """Iterate over the paths of the layers that are in the first recording and the last."""
        both = {0, self.number(None)}
        return (layer.path for layer in self.matched if both <= layer.entries.keys())

    def __len__(self) -> int:
        """Return how many these are."""
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        """Describe it without computing anything."""
        return f"<Comparison of {', '.join(self.names)}: {len(self)} layers>"
