"""What a recording computes with the model that it is of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from actwidget.recording.class_attributions import ClassAttributions
from actwidget.recording.provided import provided

if TYPE_CHECKING:
    from actwidget.attribution.ablation import Ablation
    from actwidget.attribution.gradients import Gradients
    from actwidget.attribution.guided_backprop import GuidedGradients
    from actwidget.attribution.integrated_gradients import IntegratedGradients
    from actwidget.attribution.receptive_field import ReceptiveField
    from actwidget.recording.recording import Recording


class RecordedModel(Protocol):
    """A model that was recorded: see `actwidget.capture.recorded_model`."""

    @property
    def record(self) -> Callable[[Any], Recording]:
        """What records the model on other images, with the same options."""


class ModelMethods:
    """The methods of `Recording` that need its model.

    The room ``attribution`` provides most of them, which this one does not know.
    """

    model_name: str
    _recorded_model: RecordedModel | None
    _attributions: ClassAttributions | None = None
    _read_attributions: Callable[[], ClassAttributions] | None = None

    @property
    def closed(self) -> bool:
        """Whether the recording is closed."""
        raise NotImplementedError

    def _closed_error(self) -> RuntimeError:
        raise NotImplementedError

    def rerun(self, new_images: Any) -> Recording:
        """Record the same model on other images, with the same options as this recording.

        Raises
        ------
        RuntimeError
            If the recording is closed, or has no model because it was loaded or unpickled.
        """
        return self.recorded_model.record(new_images)

    @property
    def has_model(self) -> bool:
        """Whether there is a model to compute with: a recording that was loaded has none."""
        return self._recorded_model is not None

    @property
    def recorded_model(self) -> RecordedModel:
        """The model that was recorded.

        Raises
        ------
        RuntimeError
            If the recording is closed, or has no model because it was loaded or unpickled.
        """
        if self.closed:
            raise self._closed_error()
        if self._recorded_model is None:
            raise RuntimeError(
                f"this recording of {self.model_name} holds no model, because a model is not "
                "saved with it: give it with recording.attach(model)"
            )
        return self._recorded_model

    def attach(self, model: Any) -> None:
        """Give the recording its model, which is not saved with it.

        Then gradients and the like can be computed of a recording that was loaded. The model is
        run once, on what was recorded as its input.

        Parameters
        ----------
        model : Keras model
            That which was recorded.

        Raises
        ------
        TypeError
            If it is no Keras model.
        ValueError
            If it lacks a layer of the recording, or one has another shape.
        RuntimeError
            If the recording is closed.

        Warns
        -----
        UserWarning
            If its last layer gives something else than was recorded.
        """
        provided("attach")(self, model)

    def take_model(self, recorded_model: RecordedModel) -> None:
        """Take a model that has been checked: see `attach`."""
        if self.closed:
            raise self._closed_error()
        self._recorded_model = recorded_model

    def gradients(
        self,
        target: Any = "top",
        *,
        of: Literal["logit", "probability"] = "logit",
        class_names: Sequence[str] | None = None,
        weights: bool = False,
    ) -> Gradients:
        """Compute by how much a class, a channel or a unit grows with every unit of every layer.

        One forward and one backward pass give all of it, on TensorFlow, torch and JAX. The model is
        left as it was.

        Parameters
        ----------
        target : str, int, tuple or callable, optional
            What is explained: a class by its name or its number; ``"top"``, each image's likeliest
            class; a channel, ``(layer, channel)``, or a unit, ``(layer, channel, (row, column))``;
            or a function from what the model returns to a tensor of numbers, such as a loss.
        of : {"logit", "probability"}, optional
            Whether the target is a class's value before the final softmax or sigmoid, or after it.
            Where no such function is found, it is what the model returns: see
            ``Gradients.quantity``. The gradients differ by more than a factor.
        class_names : sequence of str, optional
            A name for each class; by default `class_names`.
        weights : bool, optional
            Whether gradients by the model's trainable weights are computed as well.

        Returns
        -------
        Gradients
            A mapping of path to the gradient by the layer's maps, float32, shape
            ``(images, height, width, channels)``, as in the recording.

        Raises
        ------
        TypeError
            If the target is none of these.
        ValueError
            If the model has no such class, or the layer no such channel or unit.
        KeyError
            If no layer has the path.
        RuntimeError
            If the recording is closed, or has no model: see `attach`.
        MemoryError
            If the backward pass, which holds all layers at once, finds no room.

        Warns
        -----
        UserWarning
            If the model returns something else than when it was recorded.
        """
        computed: Gradients = provided("gradients")(
            self, target, of=of, class_names=class_names, weights=weights
        )
        return computed

    def guided_backprop(
        self,
        target: Any = "top",
        *,
        of: Literal["logit", "probability"] = "logit",
        class_names: Sequence[str] | None = None,
    ) -> GuidedGradients:
        """Compute guided backpropagation: gradients that are rectified at every ReLU.

        Springenberg et al. 2015, "Striving for simplicity: the all convolutional net": on its way
        back through a ReLU only what is positive of the signal passes. It shows which pixels drive
        the strong units, in fine detail, but hardly depends on the class: after the class layer was
        randomised, its map was like the one before (Adebayo et al. 2018, "Sanity checks for
        saliency maps"). See ``GuidedGradients.randomization_check``.

        Parameters are those of `gradients`.

        Returns
        -------
        GuidedGradients
            Like `Gradients`; ``relus`` counts the ReLUs, ``others`` the non-linearities at which
            the signal passes as it is.

        Raises
        ------
        ValueError
            If there is no ReLU before the target.
        TypeError, ValueError, KeyError, RuntimeError
            As from `gradients`.
        """
        computed: GuidedGradients = provided("guided_backprop")(
            self, target, of=of, class_names=class_names
        )
        return computed

    def integrated_gradients(
        self,
        target: Any = "top",
        *,
        baseline: Any,
        steps: int = 64,
        of: Literal["logit", "probability"] = "logit",
        class_names: Sequence[str] | None = None,
    ) -> IntegratedGradients:
        """Compute what each value of the input adds to a target, against a baseline.

        Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks": gradients along
        the straight line from the baseline to the image, by the midpoint rule.

        Parameters
        ----------
        target : str, int or tuple, optional
            As `gradients` takes it, except a function.
        baseline : float or array
            Where the line begins: a number, or an array that fits what the model receives. It is
            yours to choose: after preprocessing 0 is not black, and what equals the baseline is
            attributed nothing.
        steps : int, optional
            How many gradients are computed; ``completeness_error`` says whether they are enough.
        of, class_names
            As `gradients` takes them.

        Returns
        -------
        IntegratedGradients

        Raises
        ------
        TypeError, ValueError, KeyError, RuntimeError
            As from `gradients`; ValueError also if the baseline does not fit, or the input holds
            whole numbers.
        """
        computed: IntegratedGradients = provided("integrated_gradients")(
            self, target, baseline=baseline, steps=steps, of=of, class_names=class_names
        )
        return computed

    def smooth_grad(
        self,
        target: Any = "top",
        *,
        samples: int = 25,
        noise: float = 0.15,
        seed: int = 0,
        of: Literal["logit", "probability"] = "logit",
        class_names: Sequence[str] | None = None,
    ) -> NDArray[np.float32]:
        """Compute the mean of the input's gradient over noisy copies of each image.

        Smilkov et al. 2017, "SmoothGrad: removing noise by adding noise".

        Parameters
        ----------
        target : str, int, tuple or callable, optional
            As `gradients` takes it.
        samples : int, optional
            How many noisy copies.
        noise : float, optional
            The noise's standard deviation, as a share of each image's range.
        seed : int, optional
            Of the noise: the same seed gives the same result.
        of, class_names
            As `gradients` takes them.

        Returns
        -------
        NDArray[np.float32]
            Shape ``(images, height, width, channels)``, as `inputs`; signed.

        Raises
        ------
        TypeError, ValueError, KeyError, RuntimeError
            As from `gradients`; ValueError also if the input holds whole numbers.
        """
        computed: NDArray[np.float32] = provided("smooth_grad")(
            self,
            target,
            samples=samples,
            noise=noise,
            seed=seed,
            of=of,
            class_names=class_names,
        )
        return computed

    def ablate(
        self,
        layer: str,
        *,
        channels: Sequence[int] | None = None,
        value: float | Literal["mean"] = 0.0,
    ) -> Ablation:
        """Switch off each channel of a layer, one at a time, and run the model on from there.

        It is exact, where ``gradients().importance(layer)`` estimates the same to first order. What
        was finished before the layer is not computed again. Zero after a convolution is not always
        off: if batch normalization follows, choose the layer behind it, or ``value="mean"``.

        Parameters
        ----------
        layer : str
            The layer's path.
        channels : sequence of int, optional
            Those to switch off, by default all.
        value : float or "mean", optional
            What each unit of the channel is set to: a number, or their mean in the image.

        Returns
        -------
        Ablation
            ``ablation.drop("cat")`` has the shape ``(images, channels)``.

        Raises
        ------
        KeyError
            If no layer has the path.
        TypeError, ValueError
            If there is no such channel, or the model has no classes.
        AblationInterrupted
            A KeyboardInterrupt; its ``ablation`` holds what was computed until then.
        RuntimeError
            If the recording is closed, or has no model.
        """
        computed: Ablation = provided("ablate")(self, layer, channels=channels, value=value)
        return computed

    def attributions(self, *, classes: int = 5) -> ClassAttributions:
        """Compute what explains the likeliest classes of each image, to be kept with it.

        A saved recording and an exported page carry it, so that a widget can explain these classes
        where there is no model. One backward pass for each class.

        Parameters
        ----------
        classes : int, optional
            How many classes of each image.

        Raises
        ------
        ValueError
            If the model does not end in a value for each class.
        RuntimeError
            If the recording is closed, or has no model and was saved without them.
        """
        if self.kept_attributions is None:
            self._attributions = provided("attributions")(self, classes=classes)
        kept = self._attributions
        assert kept is not None
        return kept

    @property
    def kept_attributions(self) -> ClassAttributions | None:
        """What `attributions` returned, or was saved with the recording; None if it was not."""
        if self._attributions is None and self._read_attributions is not None:
            self._attributions = self._read_attributions()
        return self._attributions

    @property
    def keeps_attributions(self) -> bool:
        """Whether there are `kept_attributions`, which are read at their first use."""
        return self._attributions is not None or self._read_attributions is not None

    def without(
        self, layer: str, channel: int, *, value: float | Literal["mean"] = 0.0
    ) -> Recording:
        """Record the same images with a channel switched off: what the layers behind it give then.

        Parameters
        ----------
        layer : str
            The layer's path.
        channel : int
            The channel to switch off.
        value : float or "mean", optional
            What each unit of it is set to: a number, or their mean in the image.

        Returns
        -------
        Recording
            Of the same layers. It holds no model.

        Raises
        ------
        KeyError
            If no layer has the path.
        TypeError, ValueError
            If there is no such channel.
        RuntimeError
            If the recording is closed, or has no model.
        """
        computed: Recording = provided("without")(self, layer, channel, value=value)
        return computed

    def check_target(self, target: Any) -> str:
        """Return what a target is called, ``"cat"``; raises as `gradients` if it is none."""
        name: str = provided("check_target")(self, target)
        return name

    def receptive_windows(self) -> dict[str, Any]:
        """Work out the receptive fields of layers from their sizes, strides and padding.

        Returns
        -------
        dict of str to (Windows, Windows) or None
            By path, for layers of which it is known what they came from and what they do: windows
            of rows and of columns; None for those that see the whole image. `receptive_field`
            finds them for all layers, and takes a moment.

        Raises
        ------
        RuntimeError
            If the recording is closed, or has no model.
        """
        found: dict[str, Any] = provided("receptive_windows")(self)
        return found

    def receptive_field(self, layer: str) -> ReceptiveField:
        """Find the part of the input that each unit of a layer can see.

        By gradients of a twin of the model with positive weights, in which activations pass what
        they are given and maximum pooling averages: it is what the architecture allows, whatever
        the weights and the image. A rule of size, stride and offset is found from three units,
        and checked at others.

        Parameters
        ----------
        layer : str
            The layer's path.

        Returns
        -------
        ReceptiveField
            ``box(row, column)`` is what a unit can see, ``effective_box(row, column)`` what holds
            95 % of its gradient in an image.

        Raises
        ------
        KeyError
            If no layer has the path.
        ValueError
            If it is an input, or the input holds whole numbers.
        RuntimeError
            If the recording is closed, or has no model.
        """
        found: ReceptiveField = provided("receptive_field")(self, layer)
        return found
