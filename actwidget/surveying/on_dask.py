"""A survey on the workers of a Dask cluster."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from actwidget.surveying.checkpoint import Checkpoint
from actwidget.surveying.dask_client import cancel, check_client, distributed
from actwidget.surveying.errors import IncompleteSurveyError, SurveyInterrupted
from actwidget.surveying.job import SurveyJob, survey_of_state
from actwidget.surveying.model_transfer import SentModel
from actwidget.surveying.plan import SurveyPlan
from actwidget.surveying.runner import SurveyRunner, fixed_batch
from actwidget.surveying.sources.source import ImageSource
from actwidget.surveys.state import SurveyState, merged
from actwidget.utils.messages import listed
from actwidget.utils.progress import Progress, without_progress

LOOK = 2.0
"""Seconds between two looks of a worker at whether the survey was cancelled."""

MOST_IN_TASK = 1 << 27
"""Bytes that the scheduler keeps of a model or a data set; larger ones are with the workers."""


@dataclass(frozen=True, eq=False)
class SentJob:
    """What each worker gets once."""

    name: str
    job: SurveyJob
    model: SentModel
    image: Any
    folder: str | None
    description: dict[str, Any]


def run_on_dask(
    client: Any,
    job: SurveyJob,
    model: Any,
    plan: SurveyPlan,
    source: ImageSource,
    kept: Checkpoint | None,
) -> tuple[SurveyState, str]:
    """Survey the parts of a data set on workers, and merge their states there.

    The tree of merges is that of `MergeTree`: the result is that of one machine.

    Raises
    ------
    ImportError
        If Dask is not installed.
    TypeError
        If `client` is no client, or the data set cannot be sent.
    ValueError
        If a worker lacks a package, or has another version of it.
    IncompleteSurveyError
        If parts failed, or killed their workers; the others are its ``survey``.
    SurveyInterrupted
        If it is interrupted; no task is left.
    """
    check_client(client, source)
    length = job.part_length(_batch_size(job, plan))
    total = source.length
    assert total is not None
    name = f"survey-{uuid.uuid4().hex[:12]}"
    sent = SentJob(
        name,
        # What the model is, is sent beside it.
        replace(job, model=None),
        SentModel.of(job.model, model),
        plan.image,
        None if kept is None else str(kept.folder.absolute()),
        {} if kept is None else kept.description,
    )
    parts = [(start, min(start + length, total)) for start in range(0, total, length)]
    everything: list[Any] = []
    with Progress(f"surveying {plan.recorded.model.name}", total, "image") as progress:
        try:
            job_there, source_there = _sent(client, name, sent, source)
            everything += [job_there, source_there]

            def submit(part: tuple[int, int], again: str = "") -> Any:
                key = f"{name}-{part[0]}{again}"
                given = job_there, source_there, part
                everything.append(client.submit(_survey_part, *given, pure=False, key=key))
                return everything[-1]

            futures = [submit(part) for part in parts]
            failed = _wait(futures, parts, progress)
            for number in list(failed):
                # Parts that waited at a worker that was killed are blamed as well: one by one.
                if _killed(futures[number]):
                    futures[number] = submit(parts[number], "-alone")
                    if not _wait([futures[number]], [parts[number]], progress):
                        failed.remove(number)
            if failed:
                raise _failure(client, job, plan, source, futures, parts, failed, kept)
            whole = _merged_there(client, futures, name, everything)
            state, note = whole.result()
        except KeyboardInterrupt:
            done = [each for each in everything[2:] if each.status == "finished"]
            states = client.gather(done) if done else []
            cancel(client, everything, name)
            if not states:
                raise
            raise _interrupted(job, plan, source, states, kept) from None
        except BaseException:
            cancel(client, everything, name)
            raise
    client.cancel(everything)
    return state, note


def _sent(client: Any, name: str, *things: Any) -> list[Any]:
    """Bring to the workers what all parts need.

    As tasks: were they scattered, they would be lost with the last worker that has them.
    """
    serialize = import_module("cloudpickle")
    found = []
    for number, thing in enumerate(things):
        data = serialize.dumps(thing)
        if len(data) > MOST_IN_TASK:
            found += client.scatter([thing], broadcast=True, hash=False)
        else:
            key = f"{name}-given-{number}"
            found.append(client.submit(serialize.loads, data, pure=False, key=key))
    return found


def _survey_part(sent: SentJob, source: ImageSource, part: tuple[int, int]) -> Any:
    """Survey a part on a worker: its state, and why it was slower than it could be."""
    kept = None if sent.folder is None else Checkpoint(sent.folder, sent.description)
    known = kept.read(*part) if kept is not None else None
    if known is not None:
        return known, ""
    # One at a time in a process: the model computes on all its threads by itself.
    with _lock, without_progress():
        runner = _runner(sent)
        state = runner.run(
            source, *part, on_unreadable=sent.job.on_unreadable, advance=_Watch(sent.name)
        )
    if kept is not None:
        kept.write(*part, state)
    return state, runner.note


def _merge(one: Any, other: Any) -> Any:
    return merged(one[0], other[0]), one[1] or other[1]


_lock = threading.RLock()
_runners: dict[str, SurveyRunner] = {}


def _runner(sent: SentJob) -> SurveyRunner:
    """Return this process's runner of a job; only the last one is kept."""
    if sent.name not in _runners:
        _runners.clear()
        _take_own_threads()
        _runners[sent.name] = sent.job.runner(sent.job.plan(sent.model.build(), sent.image))
    return _runners[sent.name]


def _take_own_threads() -> None:
    """Have TensorFlow use as many threads as the worker has, unless it runs already."""
    import tensorflow

    try:
        threads = distributed().get_worker().state.nthreads
        tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    except (RuntimeError, ValueError):
        # It has begun with other threads.
        pass


class _Watch:
    """Ends a part of a survey that was cancelled."""

    def __init__(self, name: str) -> None:
        self._stop = distributed().Event(f"stop-{name}")
        self._looked = time.monotonic()

    def __call__(self, images: int) -> None:
        if time.monotonic() - self._looked < LOOK:
            return
        if self._stop.is_set():
            raise RuntimeError("the survey was cancelled")
        self._looked = time.monotonic()


def _batch_size(job: SurveyJob, plan: SurveyPlan) -> int:
    return fixed_batch(plan.recorded.model) or job.batch_size


def _wait(
    futures: Sequence[Any], parts: Sequence[tuple[int, int]], progress: Progress
) -> list[int]:
    """Wait for all parts, and return the numbers of those that failed."""
    numbers = {future.key: number for number, future in enumerate(futures)}
    failed = []
    for future in distributed().as_completed(futures):
        number = numbers[future.key]
        if future.status != "finished":
            failed.append(number)
        else:
            start, stop = parts[number]
            progress.done += stop - start
    return sorted(failed)


def _merged_there(client: Any, futures: list[Any], name: str, everything: list[Any]) -> Any:
    """Merge neighbours, then pairs of pairs, on the workers."""
    level, row = 0, list(futures)
    while len(row) > 1:
        level += 1
        pairs = [
            client.submit(
                _merge, row[at], row[at + 1], pure=False, key=f"{name}-merge-{level}-{at}"
            )
            for at in range(0, len(row) - 1, 2)
        ]
        everything += pairs
        row = pairs + row[2 * len(pairs) :]
    return row[0]


def _failure(
    client: Any,
    job: SurveyJob,
    plan: SurveyPlan,
    source: ImageSource,
    futures: Sequence[Any],
    parts: Sequence[tuple[int, int]],
    failed: Sequence[int],
    kept: Checkpoint | None,
) -> BaseException:
    """Return the error that names the images of the parts that failed."""
    done = [future for number, future in enumerate(futures) if number not in set(failed)]
    found = None
    if done:
        state, note = _in_tree(client.gather(done))
        found = survey_of_state(plan, source, state, job, None, note)
    error = futures[failed[0]].exception()
    ranges = [f"{parts[number][0]:,} to {parts[number][1] - 1:,}" for number in failed]
    names = source.name(parts[failed[0]][0]), source.name(parts[failed[0]][1] - 1)
    return IncompleteSurveyError(
        found,
        f"images {listed(ranges)} ({names[0]} to {names[1]}) could not be surveyed: "
        f"{_reason(error)}",
        _kept(kept),
        error,
    )


def _killed(future: Any) -> bool:
    return isinstance(future.exception(), distributed().KilledWorker)


def _reason(error: BaseException) -> str:
    if isinstance(error, distributed().KilledWorker):
        return (
            "they killed their worker each time; if it lacks memory, a smaller batch_size takes "
            "less, and its log tells more"
        )
    return f"{type(error).__name__}: {error!s:.200}"


def _interrupted(
    job: SurveyJob, plan: SurveyPlan, source: ImageSource, found: Sequence[Any], kept: Any
) -> SurveyInterrupted:
    state, note = _in_tree(found)
    return SurveyInterrupted(survey_of_state(plan, source, state, job, None, note), _kept(kept))


def _kept(kept: Checkpoint | None) -> str:
    return "" if kept is None else f"; call it again with checkpoint={str(kept.folder)!r}"


def _in_tree(found: Sequence[Any]) -> Any:
    whole = found[0]
    for each in found[1:]:
        whole = _merge(whole, each)
    return whole
