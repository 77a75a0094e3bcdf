"""Gradients of a target, by layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from actwidget.attribution.backward_pass import Explained
from actwidget.attribution.grad_cam import grad_cam
from actwidget.attribution.importance import channel_importance
from actwidget.attribution.model_of import recorded_model
from actwidget.attribution.randomization import RandomizationCheck, randomization_check
from actwidget.attribution.target import ClassTarget, Of, Target
from actwidget.recording.recording import Recording
from actwidget.utils.messages import unknown_name_message


class Gradients(Mapping[str, NDArray[np.float32]]):
    """Gradients of a target, by layer.

    ``gradients["conv2"]`` has the shape of ``recording["conv2"].maps``,
    ``(images, height, width, channels)``, float32: by how much the target of an image grows when a
    unit does, per unit of it. ``gradients["input"]`` is that of the input.

    Attributes
    ----------
    name : str
        What is explained: ``"logit of cat"``.
    target : ClassTarget, UnitTarget or FunctionTarget
        The same as it was understood.
    quantity : {"logit", "probability", "output", "activation", "value"}
        What the target is: the value before a final softmax or sigmoid, if one was found. If none
        was, ``"output"`` is what the model returns.
    target_values : NDArray[np.float32]
        The target of each image, shape ``(images,)``; of a function, what it returned.
    blocked : dict of str to str
        Why there is no gradient of a layer, by path: the operation that passes none on, where it is
        found. Such a gradient is not zero: it is unknown.
    precision : {"float32", "float16", "bfloat16"}
        In what the least precise layer computed. The gradients of half precision are rough: an
        error of 15 % of the largest was measured for a small network.
    note : str
        What the viewer should know: that the model has changed since it was recorded, or computes
        in half precision. Else empty.
    weights : dict of str to NDArray
        The target's gradients by trainable weights, summed over the images, by the layer's path
        and the weight's name: ``"conv2/kernel"``. Empty unless they were asked for.

    Examples
    --------
    >>> from actwidget import record
    >>> from actwidget.examples import shapes_cnn
    >>> recording = record(shapes_cnn.model(), shapes_cnn.images())
    >>> recording.class_names = shapes_cnn.CLASS_NAMES
    >>> g = recording.gradients("circle")
    >>> g
    <Gradients of the logit of circle: 15 layers and inputs, 1 blocked>
    >>> g["conv2"].shape
    (12, 20, 20, 24)
    >>> int(g.importance("relu3")[0].argmax())  # the channel that adds most on the first image
    25
    >>> g.grad_cam("relu4").shape
    (12, 2, 2)
    """

    def __init__(
        self,
        recording: Recording,
        *,
        name: str,
        explained: Explained,
        gradients: dict[str, NDArray[np.float32]],
        blocked: dict[str, str],
        weights: dict[str, NDArray[np.float32]],
        precision: str = "float32",
        note: str = "",
        target: Target,
        of: Of,
    ) -> None:
        self.target = target
        self._of: Of = of
        self._recording = recording
        self._gradients = gradients
        self.name = name
        self.quantity = explained.quantity
        self.target_values = explained.values
        self.blocked = blocked
        self.precision = precision
        self.note = note
        self.weights = weights

    def __getitem__(self, path: str) -> NDArray[np.float32]:
        """Return the gradient by a layer's maps, or by an input.

        Raises KeyError if there is none; the message says why.
        """
        if path in self._gradients:
            return self._gradients[path]
        if path in self.blocked:
            raise KeyError(f"there is no gradient of {path}: {self.blocked[path]}")
        raise KeyError(unknown_name_message("layer", path, self._gradients))

    def __iter__(self) -> Iterator[str]:
        """Iterate over the paths: the inputs', then the layers' in execution order."""
        return iter(self._gradients)

    def __len__(self) -> int:
        """Return the number of inputs and layers that have a gradient."""
        return len(self._gradients)

    @property
    def input(self) -> NDArray[np.float32]:
        """The gradient by what the model received, shape ``(images, height, width, channels)``.

        Its absolute values are a saliency map (Simonyan, Vedaldi and Zisserman 2014, "Deep inside
        convolutional networks"). Of several inputs, of the one that is shown as the image.
        """
        return self[self._recording.input.path]

    def name_of(self, image: int) -> str:
        """Return what the target is called in an image, which may have a class of its own.

        Parameters
        ----------
        image : int

        Returns
        -------
        str
            ``"logit of cat"``; `name` itself unless the target is each image's likeliest class.

        Examples
        --------
        >>> import actwidget
        >>> from actwidget.examples import shapes_cnn
        >>> recording = actwidget.record(shapes_cnn.model(), shapes_cnn.images())
        >>> recording.class_names = shapes_cnn.CLASS_NAMES
        >>> g = recording.gradients("top")
        >>> g.name, g.name_of(0)
        ('logit of the likeliest class', 'logit of circle')
        """
        names = getattr(self.target, "names", ())
        return f"{self.quantity} of {names[image]}" if names else self.name

    def importance(self, layer: str) -> NDArray[np.float32]:
        """Return how much each channel adds to the target, to first order.

        The sum over a channel's units of gradient × activation, signed, in the target's unit
        (logits), shape ``(images, channels)``. It is an estimate of what the target loses if the
        channel is set to zero; `Recording.ablate` computes that exactly.

        Raises
        ------
        KeyError
            If the layer has no gradient; the message says why.
        """
        entry = self._recording[layer]
        return channel_importance(self[layer], np.asarray(entry.maps), entry.kind)

    def importance_of(self, layer: str, image: int) -> NDArray[np.float32]:
        """Return `importance` of one image, ``(channels,)``; without computing the others'."""
        entry = self._recording[layer]
        one = slice(image, image + 1)
        found = channel_importance(self[layer][one], np.asarray(entry.maps[one]), entry.kind)
        return np.asarray(found[0])

    def grad_cam_of(self, layer: str, image: int) -> NDArray[np.float32]:
        """Return `grad_cam` of one image, ``(height, width)``; without computing the others'."""
        one = slice(image, image + 1)
        maps = np.asarray(self._recording[layer].maps[one])
        return np.asarray(grad_cam(self[layer][one], maps, signed=False)[0])

    def grad_cam(self, layer: str, *, signed: bool = False) -> NDArray[np.float32]:
        """Return where a layer speaks for the target, on the layer's own grid.

        Selvaraju et al. 2017, "Grad-CAM": the maps, each weighted with the mean of its gradient,
        are added, and what is negative is set to zero. Not scaled: the values are the target's
        unit per unit of the grid, divided by none but the number of units.

        Parameters
        ----------
        layer : str
            One with maps.
        signed : bool, optional
            Whether what speaks against the target stays, as negative values.

        Returns
        -------
        NDArray[np.float32]
            Shape ``(images, height, width)``; of a volume, the slices below each other.

        Raises
        ------
        KeyError
            If the layer has no gradient; the message says why.
        ValueError
            If the layer has no maps.
        """
        entry = self._recording[layer]
        if entry.kind != "maps" or entry.height * entry.width == 1:
            raise ValueError(
                f"layer is {layer!r}, which has no maps, but {' × '.join(map(str, entry.sizes))} "
                "units: Grad-CAM takes a layer whose units lie in rows and columns, such as the "
                "last convolution"
            )
        return grad_cam(self[layer], np.asarray(entry.maps), signed=signed)

    def randomization_check(self) -> RandomizationCheck:
        """Compute how alike the input's gradient stays when it should not.

        Its rank correlation with that of the model whose class layer is shuffled, and with that of
        another class: near 1 the map says little of the class (Adebayo et al. 2018, "Sanity checks
        for saliency maps"). The model itself is left as it is.

        Raises
        ------
        ValueError
            If the target is no class, or no layer has a weight for each class.
        """
        if not isinstance(self.target, ClassTarget):
            raise ValueError(f"the target is {self.name}; the check takes a class")
        classes = self._recording.outputs[self.target.output].channels
        return randomization_check(
            recorded_model(self._recording), self.target, classes, self._of, guided=self.is_guided
        )

    is_guided = False
    """Whether the signal was rectified at ReLUs."""

    def __repr__(self) -> str:
        """Describe what was explained, and how much of it there is."""
        blocked = f", {len(self.blocked)} blocked" if self.blocked else ""
        half = "" if self.precision == "float32" else f", in {self.precision}"
        return f"<Gradients of the {self.name}: {len(self)} layers and inputs{blocked}{half}>"
