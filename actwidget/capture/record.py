"""Recording a model: one forward pass in which every layer's output is kept."""

from __future__ import annotations

import warnings
from typing import Any

from actwidget.capture.cost import Cost
from actwidget.capture.errors import RecordingInterrupted, ScratchFullError
from actwidget.capture.forward_pass import ForwardPass
from actwidget.capture.inputs.model_inputs import ModelInputs
from actwidget.capture.inputs.prepare import prepare_inputs
from actwidget.capture.options import Grid, Preprocess, RecordOptions
from actwidget.capture.overrides import OutputOverrides
from actwidget.capture.selection import LayerSelection
from actwidget.model.input_spec import built_shape, forget_build
from actwidget.model.layer_tree import LayerTree
from actwidget.model.protocols import KerasModel
from actwidget.model.validation import check_model, looks_like_model
from actwidget.recording.recording import Recording
from actwidget.utils.memory import parse_memory_limit
from actwidget.utils.messages import NAME, listed, shortened
from actwidget.utils.progress import Progress
from actwidget.utils.sizes import format_bytes
from actwidget.utils.stacklevel import find_stack_level


def record(
    model: Any,
    image: Any,
    *,
    preprocess: Preprocess | None = None,
    layers: Any = None,
    channel_axis: dict[str, int] | None = None,
    grid: Grid | None = None,
    memory_limit: int | float | str | None = None,
) -> Recording:
    """Run a model once and keep what every layer returned.

    The model is called as ``model(x, training=False)``; one that is not built yet is built by the
    call, as by any other. It is left as it was, bit for bit, also by an error or an interrupt: all
    variables that its layers and metrics hold or its code refers to, losses, numbers, arrays and
    containers in attributes of its own layers, and random generators. Not put back is what a layer
    changes elsewhere, such as files, lookup tables and global numbers, and the generator within
    TensorFlow's own operations (``tf.random.normal``).

    One thread records at a time; others may call the model, or train it with ``fit``, meanwhile.

    What takes longer than a second says what goes on in a progress bar, as do the other functions
    of this package; ``TQDM_DISABLE=1`` in the environment does without it.

    Parameters
    ----------
    model : Keras model
        Sequential, functional, nested or subclassed, of Keras 3 or tf_keras.
    image : array, tensor, PIL image or nested list
        Whatever NumPy reads as an array, h5py, zarr and xarray arrays among them; masked values
        become gaps.
        ``(height, width, channels)``, or ``(images, height, width, channels)`` for several. The
        channel axis may be left out for a model that takes one channel. Other models take what
        they are made for: vectors and tokens ``(images, units)``, sequences
        ``(images, time, channels)``, volumes ``(images, depth, height, width, channels)``, each
        with or without the first axis. To a model that declares nothing, because it was never
        called, an image is an image. Several inputs are a list or tuple in the model's order,
        or a dict by their names; a subclassed model receives exactly this nesting. Each array of
        such a list needs its batch axis, or the list is read as a list of pictures.
    preprocess : callable, optional
        Applied to a float32 copy of the images, shape ``(images, height, width, channels)`` (or
        with channels first, if the model is), before the pass; such as the
        ``preprocess_input`` of a model family. The image itself is kept as
        ``recording.images``. Of several inputs it receives the one that is shown as the image:
        the first with a height, a width and channels, else the first sequence, else the first.
    layers : str, class, callable or list of these, optional
        Which layers to keep: names (``"conv1"``, ``"mobilenet/Conv1"``, ``"dense#2"``), patterns
        (``"block*_conv*"``, of the path or of the name alone), layer classes, a function from a
        layer to True or False, or ``"all"``. By default all but those that repeat another's
        values (input layers, dropout, a nested model's own output) and those that are an inner
        part of another (the projections inside attention). What a recurrent layer calls at every
        time step has no output of its own. ``recording.not_shown`` says what is missing and why.
    channel_axis : dict of str to int, optional
        Which axis of a layer's output counts channels, the batch axis being 0, by path, name or
        pattern, if it cannot be inferred. ``{"input": 1}`` sets it for the model's input.
    grid : (int, int), or dict of str to (int, int), optional
        The rows and columns of token grids, as in vision transformers: outputs of
        ``(images, height × width, channels)`` are then maps of height × width. Up to eight tokens
        before the grid, such as the class token, are left out of these maps. A pair applies to
        every layer whose number of tokens fits.
    memory_limit : int, float or str, optional
        How much of the maps is kept in memory: ``"500 MB"``, ``"1.5 GiB"``, or bytes; by default a
        quarter of the memory that is free, and at most 4 GB. The rest goes to memory-mapped
        scratch files as it is computed: it is used in the same way and its values are the same.
        The files have no name, and their space is free again once the recording is closed or
        dropped, or the process ends; TMPDIR sets the folder. The limit does not cover the model's
        own forward pass: a functional Keras model holds all its tensors until it has run.
        `recording_cost` estimates the size beforehand.

    Returns
    -------
    Recording
        What the model received, ``"input"``, then the layers in execution order. A layer's second
        call is ``"dense#2"``, the first of its outputs ``"lstm:0"``, one with a name
        ``"heads:age"``. Of several inputs, ``"input:left"``, the one that is shown as the image
        comes first.

    Raises
    ------
    TypeError
        If ``model`` is not a Keras model, ``image`` is not an image, or an option has another
        type.
    ValueError
        If the model has no layers, the image or the number or names of inputs do not fit it, a
        token is out of an embedding's range, or ``layers``, ``channel_axis`` or ``grid`` matches
        nothing in the model.
    Exception
        Whatever a layer raises, with a note that names the layer's path.
    ScratchFullError
        An OSError, if the scratch files did not have room for all maps. Its ``recording`` holds
        those that were kept, and its ``not_shown`` names the others.
    RecordingInterrupted
        A KeyboardInterrupt, if one came after the first layer. Its ``recording`` holds the layers
        that were recorded until then.

    Warns
    -----
    UserWarning
        If the image holds NaN, infinity or masked values, its numbers seem to be of another range
        than the model is made for (as 0 to 255 without any scaling), a value is beyond what
        float32 holds, or the scratch files will not find room.

    Examples
    --------
    >>> from actwidget import record
    >>> from actwidget.examples import shapes_cnn
    >>> recording = record(shapes_cnn.model(), shapes_cnn.images(), layers=["conv*", "softmax"])
    >>> recording.layers
    ('conv1', 'conv2', 'conv3', 'conv4', 'softmax')
    >>> recording["conv1"].maps.shape
    (12, 44, 44, 16)
    """
    options = RecordOptions(preprocess, layers, channel_axis, grid, memory_limit)
    with Progress("preparing the images"):
        return _record(model, image, options)


def recording_cost(model: Any, image: Any, **options: Any) -> Cost:
    """Estimate what it will cost to record a model, without running it.

    Parameters
    ----------
    model, image
        As `record` takes them.
    **options
        Those of `record`.

    Returns
    -------
    Cost
        How many layers there are, how large their maps, and how much goes to files.

    Raises
    ------
    TypeError, ValueError
        As from `record`.

    Examples
    --------
    >>> from actwidget import recording_cost
    >>> from actwidget.examples import shapes_cnn
    >>> cost = recording_cost(shapes_cnn.model(), shapes_cnn.images())
    >>> cost.layers, cost.bytes, cost.in_files
    (15, 4731744, 0)
    """
    return _prepare(model, image, RecordOptions(**options)).cost


def _record(model: Any, image: Any, options: RecordOptions) -> Recording:
    """Prepare the forward pass, run it, and return what it left behind."""
    forward_pass = _prepare(model, image, options)
    is_built = bool(getattr(model, "built", False))
    _warn_of_little_room(forward_pass.cost)
    is_interrupted = False
    try:
        forward_pass.run()
        recording = _recording_of(forward_pass, model, options)
        _warn_of_numbers(forward_pass)
    except KeyboardInterrupt:
        if not is_built:
            forget_build(model)
        recorded = _recorded_so_far(forward_pass, model, options)
        if recorded is None:
            raise
        recording, is_interrupted = recorded, True
    except BaseException as error:
        forward_pass.store.close()
        if isinstance(error, Exception):
            _explain(error, model, forward_pass, image)
        if not is_built:
            forget_build(model)
        raise
    # Notebooks keep the last error, whose traceback must not keep the maps as well.
    if is_interrupted:
        del forward_pass
        raise RecordingInterrupted(recording)
    if (failure := forward_pass.store.failure) is not None:
        del forward_pass
        raise ScratchFullError(recording, failure) from failure
    return recording


def _prepare(model: Any, image: Any, options: RecordOptions) -> ForwardPass:
    """Check the arguments, and prepare the forward pass."""
    if not looks_like_model(model) and looks_like_model(image):
        raise TypeError("model and image are swapped: the model comes first")
    check_model(model)
    if looks_like_model(image):
        raise TypeError(f"image is the model {shortened(image.name, NAME)}; the pixels go there")
    if options.preprocess is not None and not callable(options.preprocess):
        raise TypeError(
            f"preprocess is of type {type(options.preprocess).__name__}; give a function from "
            "images to what the model takes, such as lambda images: images / 255"
        )
    limit = parse_memory_limit(options.memory_limit)
    selection = LayerSelection(options.layers)
    overrides = OutputOverrides(options.channel_axis, options.grid)
    tree = LayerTree(model)
    layers = [node.layer for node in tree]
    model_inputs = prepare_inputs(
        model, image, layers=layers, preprocess=options.preprocess, overrides=overrides
    )
    return ForwardPass(tree, model_inputs, selection, overrides, limit)


def _inputs(model: KerasModel, image: Any, options: RecordOptions) -> ModelInputs:
    """Return what a model that has been recorded is called with for other images."""
    return prepare_inputs(
        model,
        image,
        layers=[node.layer for node in LayerTree(model)],
        preprocess=options.preprocess,
        overrides=OutputOverrides(options.channel_axis, options.grid),
    )


def _recording_of(
    forward_pass: ForwardPass, model: KerasModel, options: RecordOptions
) -> Recording:
    """Return the recording of a pass that has run."""
    inputs, entries = forward_pass.input_entries(), forward_pass.entries()
    model_inputs = forward_pass.model_inputs
    shown = inputs.pop(model_inputs.shown)
    return Recording(
        [*inputs, *entries],
        model_name=model.name,
        inputs=shown.maps,
        images=model_inputs.images,
        input=shown,
        not_shown=forward_pass.not_shown(entries),
        source=forward_pass.store.scratch,
        outputs=forward_pass.output_entries(entries),
        hint=forward_pass.hint,
        recorded_model=forward_pass.recorded_model(
            entries,
            lambda new_images: record(model, new_images, **vars(options)),
            lambda new_images: _inputs(model, new_images, options),
        ),
    )


def _recorded_so_far(
    forward_pass: ForwardPass, model: KerasModel, options: RecordOptions
) -> Recording | None:
    """Return what a pass recorded before it was interrupted; None if no layer had run."""
    try:
        forward_pass.settle()
        recording = _recording_of(forward_pass, model, options)
        if recording.layers:
            return recording
    except ValueError:
        # What `layers` asks for was not reached.
        pass
    except BaseException:
        forward_pass.store.close()
        raise
    forward_pass.store.close()
    return None


def _warn_of_numbers(forward_pass: ForwardPass) -> None:
    """Warn of numbers that the maps cannot hold, and of an image in an unexpected range."""
    if paths := forward_pass.beyond_float32:
        warnings.warn(
            "finite values beyond ±3.4e38, where float32 ends, in which maps are kept, are shown "
            f"as infinite, in {listed(paths)}",
            stacklevel=find_stack_level(),
        )
    if forward_pass.hint:
        warnings.warn(forward_pass.hint, stacklevel=find_stack_level())


def _warn_of_little_room(cost: Cost) -> None:
    if cost.in_files and cost.in_files > cost.free:
        in_files, size, free = map(format_bytes, (cost.in_files, cost.bytes, cost.free))
        warnings.warn(
            f"{in_files} of this recording's {size} are to go to files in {cost.folder}, "
            f"where {free} are free: choose fewer layers, raise "
            "memory_limit, or set TMPDIR to a folder with more room before Python starts",
            stacklevel=find_stack_level(),
        )


def _explain(error: Exception, model: KerasModel, forward_pass: ForwardPass, image: Any) -> None:
    """Add to an exception which layer raised it, and what the model was given."""
    notes = []
    if forward_pass.failing is not None and forward_pass.failing.path:
        layer = forward_pass.failing.layer
        notes.append(
            f"raised in layer {forward_pass.failing.path} ({type(layer).__name__}) of {model.name}"
        )
    several = len(forward_pass.model_inputs.inputs)
    if several > 1 and isinstance(image, (list, tuple)) and not getattr(model, "inputs", None):
        notes.append(
            f"image is a {type(image).__name__} of {several} arrays, taken for as many inputs, as "
            f"{shortened(model.name, NAME)} declares none; of (images, labels), as a data set has "
            "them, give image[0]"
        )
    # A subclassed model declares no input shape, but may have been built for one.
    built, given = built_shape(model), forward_pass.model_inputs.inputs[0].array.shape
    if built is not None:
        if built[1:] != given[1:]:
            notes.append(f"{model.name} was built for {built}, and received {given}")
    elif forward_pass.model_inputs.is_guess and isinstance(error, (ValueError, TypeError)):
        notes.append(
            f"{model.name} declares no input, and was given {given}; if it takes something else, "
            "call it once on that, which declares it"
        )
    for note in notes:
        if hasattr(error, "add_note"):
            error.add_note(note)
        # Python 3.10
        elif error.args and isinstance(error.args[0], str):
            error.args = (f"{error.args[0]}\n{note}", *error.args[1:])
