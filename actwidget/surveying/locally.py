"""A survey on this machine: one part after the other."""

from __future__ import annotations

from collections.abc import Sequence

from actwidget.surveying.checkpoint import Checkpoint
from actwidget.surveying.errors import SurveyInterrupted
from actwidget.surveying.job import SurveyJob, survey_of_state
from actwidget.surveying.runner import SurveyRunner
from actwidget.surveying.sources.source import ImageSource
from actwidget.surveys.state import MergeTree, SurveyState, Unread
from actwidget.utils.progress import Progress


def run_here(
    job: SurveyJob, runner: SurveyRunner, source: ImageSource, kept: Checkpoint | None
) -> SurveyState:
    """Survey one part after the other."""
    length, tree = job.part_length(runner.batch_size), MergeTree()
    total = source.length
    words = f"surveying {runner.plan.recorded.model.name}"
    start = 0
    with Progress(words, total or 0, "image") as progress:

        def advance(images: int) -> None:
            progress.done += images

        try:
            while total is None or start < total:
                stop = start + length if total is None else min(start + length, total)
                state = kept.read(start, stop) if kept is not None else None
                if state is not None:
                    advance(stop - start)
                else:
                    state = runner.run(
                        source, start, stop, on_unreadable=job.on_unreadable, advance=advance
                    )
                    if kept is not None:
                        kept.write(start, stop, state)
                tree.add(state)
                start = stop
                if state.images + len(state.unreadable) < length and total is None:
                    break
        except KeyboardInterrupt:
            state_so_far = tree.result()
            if state_so_far is None:
                raise
            where = "" if kept is None else f"; call it again with checkpoint={str(kept.folder)!r}"
            found = survey_of_state(runner.plan, source, state_so_far, job, None, runner.note)
            raise SurveyInterrupted(found, where) from None
    result = tree.result()
    if result is None or not result.images:
        raise ValueError(nothing_read([] if result is None else result.unreadable))
    return result


def nothing_read(unread: Sequence[Unread]) -> str:
    """Return the message where no image could be read."""
    if not unread:
        return "images is empty; give at least one image"
    _, name, reason = unread[0]
    return f"none of the {len(unread):,} images could be read; the first, {name}: {reason}"
