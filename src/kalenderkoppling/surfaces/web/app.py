"""The application: surfaces put together, with what all pages share around them."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from kalenderkoppling.surfaces.web.access import ROUTES, Table, require_listed
from kalenderkoppling.surfaces.web.assets import Assets, read_assets, serve_asset
from kalenderkoppling.surfaces.web.failures import AnswerFailure, answer_failure
from kalenderkoppling.surfaces.web.forms import LARGEST_FORM_BYTES, read_form
from kalenderkoppling.surfaces.web.gate import check_request, provide_visit
from kalenderkoppling.surfaces.web.headers import header_hook
from kalenderkoppling.surfaces.web.live import routes as live
from kalenderkoppling.surfaces.web.live.stream import StreamTiming
from kalenderkoppling.surfaces.web.live.streams import Streams
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.surfaces.web.own_sessions import end_all_others, end_session, show_sessions
from kalenderkoppling.surfaces.web.pages import template_environment
from kalenderkoppling.surfaces.web.request import AnyRequest
from kalenderkoppling.surfaces.web.routes import favicon, manifest, set_language, sign_out
from kalenderkoppling.surfaces.web.said import Said, Undoing
from kalenderkoppling.surfaces.web.shell import Shell, shell_of
from kalenderkoppling.surfaces.web.sign_in import SignIn
from kalenderkoppling.surfaces.web.surface import Surface
from kalenderkoppling.surfaces.web.week_styles import WEEK_STYLES
from kalenderkoppling.usecases.core import Core


def create_app(
    core: Core,
    options: WebOptions,
    *,
    sign_in: SignIn,
    surfaces: Sequence[Surface],
    pace: StreamTiming | None = None,
    access: Table = ROUTES,
) -> Litestar:
    """Put the application together.

    Args:
        core: The ports that use cases share.
        options: How the web is set up.
        sign_in: The kind of sign-in.
        surfaces: The surfaces, in the order of their tabs.
        pace: How fast live streams go; tests go faster.
        access: Who may use which route.

    Raises:
        UnlistedRouteError: a route is not in the table of who may use it.
    """
    shared = [live.open_stream, live.watch, live.seen, sign_out, set_language, manifest, favicon, serve_asset]
    shared += [show_sessions, end_session, end_all_others]
    return _app(core, options, [*shared, *sign_in.handlers], surfaces, pace=pace, access=access)


def machine_app(
    core: Core, options: WebOptions, *, surfaces: Sequence[Surface], answer_failure: AnswerFailure = answer_failure
) -> Litestar:
    """Put an application together that only machines call: no pages, no sign-in, the same headers.

    `answer_failure` answers every error, those of unknown addresses and methods too.
    """
    return _app(core, options, [], surfaces, answer_failure=answer_failure)


def _app(
    core: Core,
    options: WebOptions,
    shared: Sequence[ControllerRouterHandler],
    surfaces: Sequence[Surface],
    *,
    pace: StreamTiming | None = None,
    access: Table = ROUTES,
    answer_failure: AnswerFailure = answer_failure,
) -> Litestar:
    folders = ["web", *(each.name for each in surfaces if each.has_pages)]
    shell = Shell(
        core=core,
        options=options,
        templates=template_environment(folders),
        assets=read_assets(folders, {"web/week_styles.css": WEEK_STYLES}),
        menu=[item for each in surfaces for item in each.menu],
        said=Said(),
        undoing=Undoing(),
        shows_again={path: show for each in surfaces for path, show in each.shows_again.items()},
        streams=Streams(core.bus, options.tenant, pace),
        access=access,
    )
    app = Litestar(
        [*shared, *(handler for each in surfaces for handler in each.handlers)],
        path=options.base_path or None,
        state=State({"shell": shell}),
        before_request=check_request,
        before_send=[header_hook(https=options.https)],
        dependencies={
            "visit": Provide(provide_visit, sync_to_thread=False),
            "core": Provide(_provide_core, sync_to_thread=False),
            "assets": Provide(_provide_assets, sync_to_thread=False),
            "form": Provide(read_form),
        },
        exception_handlers={Exception: answer_failure},
        on_shutdown=[shell.streams.stop, *(close for each in surfaces for close in each.when_stopping)],
        request_max_body_size=LARGEST_FORM_BYTES,
        openapi_config=None,
        logging_config=None,
    )
    require_listed(app, options.base_path, access)
    return app


def _provide_core(request: AnyRequest) -> Core:
    return shell_of(request).core


def _provide_assets(request: AnyRequest) -> Assets:
    return shell_of(request).assets
