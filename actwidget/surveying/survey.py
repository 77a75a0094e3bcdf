"""`survey`: a model is run over a data set once, and what excites each channel is kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from actwidget.capture.options import Grid, Preprocess
from actwidget.images.fit import Resize
from actwidget.model.structure import map_leaves
from actwidget.surveying.checkpoint import Checkpoint
from actwidget.surveying.image_shape import image_shape
from actwidget.surveying.job import SurveyJob, survey_of_state
from actwidget.surveying.locally import nothing_read, run_here
from actwidget.surveying.pictures import take_pictures
from actwidget.surveying.runner import OnUnreadable, fixed_batch
from actwidget.surveying.sources.open_images import open_images
from actwidget.surveying.sources.source import ImageSource
from actwidget.surveys.reduced import SAMPLED, StatisticsOf
from actwidget.surveys.survey import Survey
from actwidget.utils.messages import quoted
from actwidget.utils.progress import Progress

MOST_TOP = 100

LOOKED_AT = 16
"""How many images are read at once to find the first."""


def survey(
    model: Any,
    images: Any,
    labels: Any = None,
    *,
    class_names: Sequence[str] | None = None,
    layers: Any = None,
    top: int = 9,
    preprocess: Preprocess | None = None,
    batch_size: int = 32,
    statistics: StatisticsOf = "exact",
    on_unreadable: OnUnreadable = "skip",
    resize: Resize | None = None,
    pictures: bool = True,
    channel_axis: dict[str, int] | None = None,
    grid: Grid | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    client: Any = None,
) -> Survey:
    """Run a model over a data set, and keep what excites each channel most.

    One pass in constant memory: of every channel the strongest images and the place of the
    strongest unit in each, statistics over all images and, with labels, the mean of each class. The
    model is compiled with the reductions inside, and left as it was. A second pass over the images
    in the lists cuts out what these units see.

    The result is the same, bit for bit, however the work is divided: alone, on several processes,
    after an interruption. It is that of one batch size on one kind of machine.

    Parameters
    ----------
    model : Keras model or callable
        As `record` takes it, or a function without arguments that makes it.
    images
        An array ``(images, height, width, channels)`` of NumPy, zarr, h5py or dask; a folder, whose
        classes are its sub-folders; a pattern or a URL (``"s3://…/*.jpg"``); a list of files; a
        data set of Hugging Face; a ``tf.data.Dataset`` or a generator. What the model takes in
        place of images is as `record` takes it.
    labels : sequence of int or of str, optional
        The class of each image.
    class_names : sequence of str, optional
        The names of the classes, by their numbers.
    layers : optional
        As `record` takes them; by default those after a non-linearity: with an activation, ReLUs,
        sums, the model's outputs.
    top : int, optional
        How many images are kept of each channel.
    preprocess : callable, optional
        As `record` takes it.
    batch_size : int, optional
        How many images are computed at once.
    statistics : {"exact", "sampled", None}, optional
        Of all units; of four places in each image, which takes less time where a model's layers
        are large and cheap; or none. Lists, maxima and active images are always exact. NaN units
        are found for certain where statistics are exact.
    on_unreadable : {"skip", "raise"}, optional
        What is done about images that cannot be read: ``survey.unreadable`` names them.
    resize : {"crop", "stretch"}, optional
        How image files become as large as the model takes them; by default they have to be.
    pictures : bool, optional
        Whether pictures of what the strongest units see are kept.
    channel_axis, grid : optional
        As `record` takes them.
    checkpoint : str or path, optional
        A folder for the states of finished parts, from which an interrupted survey goes on if it
        is called again. It is emptied once the survey is done.
    client : dask.distributed.Client, optional
        Where the parts are computed; by default here. Needs ``actwidget[dask]``.

    Returns
    -------
    Survey

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it takes; the message says what it takes.
    UnreadableImageError
        If an image cannot be read, and `on_unreadable` is ``"raise"``; an OSError.
    StaleCheckpointError
        If the checkpoint is of another model, data set or other options; a ValueError.
    SurveyInterrupted
        If it is interrupted: what was done is the error's ``survey``; a KeyboardInterrupt.

    Examples
    --------
    >>> from actwidget import survey
    >>> from actwidget.examples import shapes_cnn
    >>> from actwidget.examples.shapes import draw_shapes
    >>> images, labels = draw_shapes(64, seed=11)
    >>> names = shapes_cnn.CLASS_NAMES
    >>> found = survey(shapes_cnn.model(), images, labels, class_names=names, layers="relu4")
    >>> found.images
    64
    >>> found["relu4"].top(3).labels[:3]
    ('star', 'star', 'star')
    """
    _check_options(top=top, batch_size=batch_size, statistics=statistics)
    if on_unreadable not in ("skip", "raise"):
        raise ValueError(f'on_unreadable is {quoted(on_unreadable)}; it takes "skip" or "raise"')
    if statistics is None and labels is not None:
        raise ValueError(
            "statistics is None and labels are given, but class means are statistics: give "
            'statistics="exact" or "sampled", or leave the labels out'
        )
    job = SurveyJob(
        model=model,
        layers=layers,
        record_options={"preprocess": preprocess, "channel_axis": channel_axis, "grid": grid},
        top=int(top),
        batch_size=int(batch_size),
        statistics=statistics,
        on_unreadable=on_unreadable,
    )
    built = job.build()
    source = open_images(images, labels, class_names, shape=image_shape(built), resize=resize)
    try:
        return _survey(job, built, source, pictures, checkpoint, client)
    except BaseException:
        source.close()
        raise


def _survey(
    job: SurveyJob,
    model: Any,
    source: ImageSource,
    pictures: bool,
    folder: str | os.PathLike[str] | None,
    client: Any,
) -> Survey:
    with Progress(f"looking at {model.name} on one image"):
        plan = job.plan(model, first_image(source, fixed_batch(model) or 1))
    try:
        kept = None
        if folder is not None:
            kept = Checkpoint(folder, job.described(model, plan, source))
        if client is not None:
            from actwidget.surveying.on_dask import run_on_dask

            state, note = run_on_dask(client, job, model, plan, source, kept)
        else:
            with Progress(f"compiling {model.name}"):
                runner = job.runner(plan)
            state, note = run_here(job, runner, source, kept), runner.note
        strips = take_pictures(source, state, plan.layers) if pictures else None
        found = survey_of_state(plan, source, state, job, strips, note)
        if kept is not None:
            kept.remove()
        return found
    finally:
        plan.reference.close()


def first_image(source: ImageSource, count: int) -> Any:
    """Return the first image that can be read, as `record` takes it; `count` of it if it is one.

    Raises
    ------
    ValueError
        If there is none.
    """
    start, unread = 0, []
    while source.length is None or start < source.length:
        stop = start + LOOKED_AT
        batch = source.batch(start, stop if source.length is None else min(stop, source.length))
        if len(batch.numbers):
            return map_leaves(batch.images, lambda array: np.repeat(array[:1], count, axis=0))
        unread += batch.unreadable
        if not batch.unreadable:
            break
        start = stop
    raise ValueError(nothing_read(unread))


def _check_options(*, top: Any, batch_size: Any, statistics: Any) -> None:
    for name, value, most in (("top", top, MOST_TOP), ("batch_size", batch_size, 1 << 16)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise TypeError(f"{name} is {quoted(value)}; it takes a whole number")
        if not 1 <= value <= most:
            raise ValueError(f"{name} is {quoted(value)}; it takes 1 to {most:,}")
    if statistics not in tuple(SAMPLED):
        raise ValueError(f'statistics is {quoted(statistics)}; it takes "exact", "sampled" or None')
