"""The addresses of the page "Logg": the log itself, its export and verification."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Response, post

from kalenderkoppling.domain.errors import InvalidValueError, RefusedError
from kalenderkoppling.ports.store.audit import Act, LinkState
from kalenderkoppling.surfaces.administration.log.filter_form import FIELDS, Address, Fields, meant, printable
from kalenderkoppling.surfaces.administration.log.rows import as_csv, as_json_lines, shown_rows
from kalenderkoppling.surfaces.administration.tabs import LOG, show_tab
from kalenderkoppling.surfaces.web.given import TheForm, TheVisit
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit
from kalenderkoppling.usecases.audit_log.read_log import export_log, read_log
from kalenderkoppling.usecases.audit_log.verify_log import LogReport, verify_log
from kalenderkoppling.usecases.situation import zone_of

EXPORT = f"{LOG}/export"
VERIFY = f"{LOG}/verify"

_FORMATS = {"csv": (as_csv, "text/csv; charset=utf-8"), "jsonl": (as_json_lines, "application/jsonl; charset=utf-8")}
_LONGEST_NUMBER = 18


@page(LOG)
async def show_log(visit: TheVisit) -> Response[str]:
    """Show the log, newest first, narrowed by what the form says; `before` is where an older page begins."""
    asked = visit.request.query_params
    fields = {name: printable(asked.get(name, "")) for name in FIELDS}
    return await _show(visit, fields, before=asked.get("before", ""))


@post(EXPORT, status_code=200)
async def send_log(visit: TheVisit, form: TheForm) -> Response[str]:
    """Send the entries that the form asks for as a file."""
    fields = {name: form.get(name) for name in FIELDS}
    kind = form.get("format") if form.get("format") in _FORMATS else "csv"
    try:
        asked = meant(fields, zone_of(visit.person, visit.settings))
    except RefusedError as error:
        return _refused(visit, fields, error)
    write, media_type = _FORMATS[kind]
    content = write(await export_log(visit.shell.core, visit.actor, asked))
    return as_file(content, f"log.{kind}", media_type)


@post(VERIFY, status_code=200)
async def check_log(visit: TheVisit) -> Response[str]:
    """Verify the log, and say in words what was found."""
    try:
        report = await verify_log(visit.shell.core, visit.actor)
    except InvalidValueError:
        return await _show(visit, {}, verdict=_Verdict(visit).unreadable())
    return await _show(visit, {}, verdict=_Verdict(visit).of(report))


def as_file(content: str, name: str, media_type: str) -> Response[str]:
    """Answer with a file to be saved."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


async def _show(
    visit: Visit, fields: Fields, *, before: str = "", verdict: Mapping[str, object] | None = None
) -> Response[str]:
    try:
        asked = meant(fields, zone_of(visit.person, visit.settings))
    except RefusedError as error:
        return _refused(visit, fields, error)
    number = int(before) if before.isascii() and before.isdigit() and len(before) <= _LONGEST_NUMBER else None
    found = await read_log(visit.shell.core, visit.actor, asked, before=number)
    address = Address(path=LOG, fields=fields)
    older = address.with_(before=str(found.before)) if found.before is not None else ""
    return _page(visit, fields, rows=shown_rows(visit, found), older=older, verdict=verdict)


def _refused(visit: Visit, fields: Fields, error: RefusedError) -> Response[str]:
    problems = {each.field: visit.text(f"problem.{each.problem}") for each in error.problems}
    return _page(visit, fields, status=422, problems=problems)


def _page(visit: Visit, fields: Fields, *, status: int = 200, **values: object) -> Response[str]:
    acts = sorted(((str(each), visit.text(f"log.act.{each}")) for each in Act), key=lambda each: each[1].casefold())
    readings = Address(path=LOG, fields={"person": fields.get("person", "")}).with_(act=Act.READ_ABSENCES)
    fields = {**dict.fromkeys(FIELDS, ""), **fields}
    shown = {"rows": (), "older": "", "verdict": None, "problems": {}, **values}
    return show_tab(
        visit,
        "administration/log/log.html",
        LOG,
        status=status,
        say=None,
        fields=fields,
        acts=acts,
        readings=readings,
        **shown,
    )


class _Verdict:
    """What a verification found, in words: a headline, and further sentences."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    def unreadable(self) -> Mapping[str, object]:
        return {"is_well": False, "headline": self._visit.text("log.verified.unreadable"), "sentences": []}

    def of(self, report: LogReport) -> Mapping[str, object]:
        text = self._visit.text
        zone = zone_of(self._visit.person, self._visit.settings)
        counts = text(
            "log.verified.counts",
            whole=report.states.get(LinkState.WHOLE, 0),
            erased=report.states.get(LinkState.ERASED, 0),
        )
        found = [text(f"log.problem.{each.problem}", number=each.number) for each in report.problems]
        restores = [
            text("log.verified.restored", when=f"{each.at.astimezone(zone):%Y-%m-%d %H:%M}", number=each.after)
            + (f" {text('log.verified.lost', last=each.lost_to)}" if each.lost_to > each.after else "")
            for each in report.restores
        ]
        headline = text("log.verified.wrong" if found else "log.verified.well")
        return {"is_well": not found, "headline": headline, "sentences": [*found, *restores, counts]}
