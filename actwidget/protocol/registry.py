"""The kinds of requests and their handlers; further rooms add theirs with `register`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from actwidget.protocol import handlers
from actwidget.protocol.compare_requests import (
    ChangesRequest,
    DistancesRequest,
    handle_changes,
    handle_distances,
)
from actwidget.protocol.live_requests import LiveRequest, handle_live
from actwidget.protocol.profiles import (
    MeasuresRequest,
    ProfilesRequest,
    handle_measures,
    handle_profiles,
)
from actwidget.protocol.requests import (
    Buffer,
    CancelRequest,
    ClippedRequest,
    DetailRequest,
    InputRequest,
    OverviewRequest,
    PrepareRequest,
    Reply,
    Request,
    ValueRequest,
    parse_request,
)
from actwidget.protocol.shown_recording import ShownRecording
from actwidget.protocol.survey_requests import (
    SurveyImageRequest,
    SurveyRequest,
    TopImagesRequest,
    handle_survey,
    handle_survey_image,
    handle_top_images,
)
from actwidget.protocol.why_requests import (
    AblationRequest,
    AttributionRequest,
    BoxRequest,
    FieldRequest,
    SaliencyRequest,
    handle_ablation,
    handle_attribution,
    handle_box,
    handle_field,
    handle_saliency,
)

R = TypeVar("R", bound=Request)

Handler = Callable[[R, ShownRecording, threading.Event], Reply | None]
"""Computes the reply to a request about what is shown; None if that is sent by somebody else.

The event is set once nobody waits for the reply any more: a handler that takes long looks at it now
and then, and returns whatever it likes. What it raises goes to the page as an error. It is called
without a lock, and slow ones in several threads at once.
"""

Slow = bool | Callable[[Any, ShownRecording], bool]
"""Whether a request is answered in a thread of its own; a function says so of each request."""


class Registered(NamedTuple):
    """A kind's class and handler."""

    request: type[Request]
    handler: Handler[Any]
    slow: Slow


_kinds: dict[str, Registered] = {}


def register(request: type[R], handler: Handler[R], *, slow: Slow = False) -> None:
    """Have all widgets answer a kind of request, slow ones in a thread of its own.

    A class of the same name takes the place of the one before, so that a notebook's cell can be
    run again.

    Raises
    ------
    ValueError
        If another class has the kind.
    """
    before = _kinds.get(request.kind)
    if before and _name(before.request) != _name(request):
        raise ValueError(
            f"kind is {request.kind!r}, which {_name(before.request)} has; give {_name(request)} "
            "another"
        )
    _kinds[request.kind] = Registered(request, handler, slow)


def parse(content: object, buffers: Sequence[Buffer] = ()) -> Request:
    """Check a message against the kinds that are registered: see `parse_request`."""
    classes = {kind: registered.request for kind, registered in _kinds.items()}
    return parse_request(content, classes | {CancelRequest.kind: CancelRequest}, buffers)


def registered(request: Request) -> Registered:
    """Return how a request is answered."""
    return _kinds[request.kind]


def _name(request: type[Request]) -> str:
    return f"{request.__module__}.{request.__qualname__}"


register(OverviewRequest, handlers.handle_overview, slow=handlers.needs_scales)
register(DetailRequest, handlers.handle_detail, slow=handlers.needs_scales)
register(PrepareRequest, handlers.handle_prepare, slow=handlers.needs_scales)
register(ClippedRequest, handlers.handle_clipped, slow=True)
register(ValueRequest, handlers.handle_value)
register(InputRequest, handlers.handle_input)
register(ProfilesRequest, handle_profiles, slow=True)
register(MeasuresRequest, handle_measures, slow=True)
register(AttributionRequest, handle_attribution, slow=True)
register(SaliencyRequest, handle_saliency, slow=True)
register(FieldRequest, handle_field, slow=True)
register(BoxRequest, handle_box, slow=True)
register(AblationRequest, handle_ablation, slow=True)
register(SurveyRequest, handle_survey, slow=True)
register(TopImagesRequest, handle_top_images, slow=True)
register(SurveyImageRequest, handle_survey_image, slow=True)
register(DistancesRequest, handle_distances, slow=True)
register(ChangesRequest, handle_changes, slow=True)
register(LiveRequest, handle_live)
