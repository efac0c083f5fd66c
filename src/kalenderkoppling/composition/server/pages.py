"""The surfaces put together: the pages, and the hooks beside them or on a port of their own."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from litestar import Litestar

from kalenderkoppling.composition.running import PageServer
from kalenderkoppling.composition.server.listening import listening
from kalenderkoppling.composition.server.parts import ServerParts
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.settings import Server
from kalenderkoppling.settings.telephony import Telephony, Voices
from kalenderkoppling.surfaces.absences.surface import absences_surface
from kalenderkoppling.surfaces.administration.surface import administration_surface
from kalenderkoppling.surfaces.calls.surface import calls_surface
from kalenderkoppling.surfaces.directory.surface import directory_surface
from kalenderkoppling.surfaces.hooks.routes import Hooks
from kalenderkoppling.surfaces.hooks.surface import hooks_app, hooks_surface
from kalenderkoppling.surfaces.mine.surface import mine_surface
from kalenderkoppling.surfaces.operations.meter import PrometheusMeter
from kalenderkoppling.surfaces.operations.surface import operations_surface
from kalenderkoppling.surfaces.recordings.surface import recordings_surface
from kalenderkoppling.surfaces.web.app import create_app, machine_app
from kalenderkoppling.surfaces.web.options import WebOptions
from kalenderkoppling.surfaces.web.sign_in import SignIn


def page_app(
    parts: ServerParts,
    meter: PrometheusMeter,
    options: WebOptions,
    *,
    sign_in: SignIn,
    with_hooks: bool,
    telephony: Telephony | None = None,
) -> Litestar:
    """Make the application of all pages; `telephony` has the voices for listening, and what is connected."""
    voices = telephony.voices if telephony else Voices()
    surfaces = [
        directory_surface(),
        calls_surface(),
        absences_surface(),
        mine_surface(),
        recordings_surface(),
        administration_surface(),
        listening(voices),
        operations_surface(),
    ]
    if with_hooks and parts.notices is not None:
        surfaces.append(hooks_surface(_hooks(parts, meter)))
    return create_app(parts.core, connected(options, telephony), sign_in=sign_in, surfaces=surfaces)


def connected(options: WebOptions, telephony: Telephony | None) -> WebOptions:
    """Return the options with what the settings have of a telephone system: whether it sends calls and line states."""
    if telephony is None:
        return options
    tells_lines = telephony.dialog_events is not None or telephony.asterisk is not None
    return replace(
        options,
        has_telephone_system=options.has_telephone_system or tells_lines,
        takes_calls=options.takes_calls or bool(telephony.exchanges),
    )


def hook_server(parts: ServerParts, meter: PrometheusMeter, options: WebOptions, server: Server) -> PageServer:
    """Make the server that has the hooks and nothing else; requests name it by its public name or by loopback."""
    named = options.trusted_hosts | {urlsplit(server.public_url).hostname or ""}
    app = hooks_app(parts.core, replace(options, trusted_hosts=named), _hooks(parts, meter))
    return PageServer(app, host=server.hooks_host, port=server.hooks_port)


def metrics_server(parts: ServerParts, meter: PrometheusMeter, options: WebOptions, server: Server) -> PageServer:
    """Make the server that has figures and health, and nothing else; Prometheus may name it in any way."""
    app = machine_app(parts.core, options, surfaces=[operations_surface(meter)])
    return PageServer(app, host=server.metrics_host, port=server.metrics_port or 0)


def _hooks(parts: ServerParts, meter: PrometheusMeter) -> Hooks:
    if parts.notices is None:
        raise ValueError("no calendar system with notices is connected")
    return Hooks(notices=parts.notices, meter=meter, tenants=frozenset({TENANT}))
