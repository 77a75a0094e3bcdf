"""Ablation: what a model returns when a channel of one of its layers is switched off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.target import ClassTarget, parse_target
from actwidget.recording.recording import Recording
from actwidget.utils.messages import quoted


@dataclass(eq=False)
class AblatedOutput:
    """One of a model's outputs, with channels switched off.

    Attributes
    ----------
    before : NDArray[np.float32]
        With none switched off, shape ``(images, classes)``.
    after : NDArray[np.float32]
        Shape ``(images, channels, classes)``; NaN where it has not been computed.
    is_logit : bool
        Whether the values are those before a final softmax or sigmoid.
    """

    before: NDArray[np.float32]
    after: NDArray[np.float32]
    is_logit: bool = False


class Ablation:
    """What a model returns with each channel of a layer switched off, exactly.

    Attributes
    ----------
    layer : str
    channels : tuple of int
        Those that were switched off, one at a time.
    value : float or "mean"
        What each unit of the channel was set to.

    Examples
    --------
    >>> from actwidget import record
    >>> from actwidget.examples import shapes_cnn
    >>> recording = record(shapes_cnn.model(), shapes_cnn.images()[:2])
    >>> recording.class_names = shapes_cnn.CLASS_NAMES
    >>> ablation = recording.ablate("relu4", channels=[3, 24])
    >>> ablation.drop("circle").shape
    (2, 2)
    >>> bool((ablation.drop("circle")[0] > 0).all())  # both speak for it on the first image
    True
    """

    def __init__(
        self,
        recording: Recording,
        *,
        layer: str,
        channels: tuple[int, ...],
        value: float | Literal["mean"],
        outputs: dict[int, AblatedOutput],
        output: int,
    ) -> None:
        self._recording = recording
        self.layer = layer
        self.channels = channels
        self.value = value
        self._outputs = outputs
        self._output = outputs[output]

    @property
    def quantity(self) -> str:
        """What the numbers are: "logit", those before a final softmax or sigmoid, or "output"."""
        return "logit" if self._output.is_logit else "output"

    @property
    def before(self) -> NDArray[np.float32]:
        """The output that has the classes, nothing switched off, shape ``(images, classes)``."""
        return self._output.before

    @property
    def after(self) -> NDArray[np.float32]:
        """The same with each channel switched off, shape ``(images, channels, classes)``.

        It is NaN for channels that an interrupt left out.
        """
        return self._output.after

    def drop(
        self, target: str | int = "top", *, class_names: Sequence[str] | None = None
    ) -> NDArray[np.float32]:
        """Return by how much a class falls with each channel switched off.

        Parameters
        ----------
        target : str or int, optional
            A class by name or number, or ``"top"``, each image's likeliest.
        class_names : sequence of str, optional
            By default `Recording.class_names`. Of several outputs, they say which is meant.

        Returns
        -------
        NDArray[np.float32]
            Shape ``(images, channels)``: positive where the channel speaks for the class.

        Raises
        ------
        TypeError, ValueError
            If it is no class of the model.
        """
        names = class_names or self._recording.class_names
        parsed = parse_target(target, self._recording, names)
        if not isinstance(parsed, ClassTarget):
            raise TypeError(f"target is {quoted(target)}; what was switched off changes classes")
        images = np.arange(len(self.before))
        output = self._outputs[parsed.output]
        before = output.before[images, parsed.units]
        after = output.after[images, :, parsed.units]
        fallen: NDArray[np.float32] = (before[:, None] - after) * parsed.signs[:, None]
        return fallen

    def __repr__(self) -> str:
        """Describe what was switched off, and how many channels are done."""
        done = np.isfinite(self.after).all(axis=(0, 2)).sum()
        return f"<Ablation of {self.layer}: {done} of {len(self.channels)} channels>"


class AblationInterrupted(KeyboardInterrupt):
    """An ablation was interrupted.

    Attributes
    ----------
    ablation : Ablation
        What was computed until then.

    Examples
    --------
    >>> try:
    ...     ablation = recording.ablate("conv1")
    ... except AblationInterrupted as interrupted:
    ...     ablation = interrupted.ablation
    """

    def __init__(self, ablation: Ablation) -> None:
        self.ablation = ablation
        super().__init__(f"{ablation!r} were computed before, as the ablation of this error")
