"""What is raised where a survey could not be finished, with what it has."""

from __future__ import annotations

from actwidget.surveys.survey import Survey


class IncompleteSurveyError(RuntimeError):
    """Parts of a data set could not be surveyed.

    Parameters
    ----------
    survey : Survey or None
        Of the others.
    problem, kept : str
        What failed, and where the rest can go on from.
    reason : BaseException
        The error of the first part that failed.

    Attributes
    ----------
    survey : Survey or None
        Of the parts that were done, without pictures; None if none was.

    Examples
    --------
    >>> try:
    ...     found = survey(model, images)
    ... except IncompleteSurveyError as incomplete:
    ...     found = incomplete.survey
    """

    def __init__(
        self, survey: Survey | None, problem: str, kept: str, reason: BaseException
    ) -> None:
        self.survey, self.__cause__ = survey, reason
        done = "none was"
        if survey is not None:
            done = f"the other {survey.images:,} images are the survey of this error"
        super().__init__(f"{problem}; {done}{kept}")


class SurveyInterrupted(KeyboardInterrupt):
    """A survey was interrupted, as by a notebook's stop button.

    Parameters
    ----------
    survey : Survey
        Of the parts of the data set that were done.
    kept : str
        Where the rest can go on from, in words; empty if nowhere.

    Attributes
    ----------
    survey : Survey
        As usable as any, without pictures. In a notebook, which keeps the last error:
        ``sys.last_value.survey``.

    Examples
    --------
    >>> try:
    ...     found = survey(model, images)
    ... except SurveyInterrupted as interrupted:
    ...     found = interrupted.survey
    """

    def __init__(self, survey: Survey, kept: str = "") -> None:
        self.survey = survey
        super().__init__(
            f"the survey of {survey.model_name} was interrupted after {survey.images:,} images, "
            "which are the survey of this error (in a notebook: sys.last_value.survey)" + kept
        )
