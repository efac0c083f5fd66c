"""The route that tells why an absence is there."""

from __future__ import annotations

from litestar import Response
from litestar.params import FromPath

from kalenderkoppling.domain.absence import AbsenceId
from kalenderkoppling.surfaces.absences.answers import home_of
from kalenderkoppling.surfaces.absences.reading import Reader
from kalenderkoppling.surfaces.absences.why import Asking, why
from kalenderkoppling.surfaces.web.given import TheVisit
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.usecases.absences.explain_absence import explain_absence
from kalenderkoppling.usecases.directory.live_status import live_statuses


@page("/absences/{absence_id:str}/why")
async def show_why(visit: TheVisit, absence_id: FromPath[str]) -> Response[str]:
    """Tell the person, an attendant or an administrator why an absence is there."""
    core, actor = visit.shell.core, visit.actor
    explanation = await explain_absence(core, actor, AbsenceId(absence_id))
    person = explanation.person
    status = (await live_statuses(core, actor, [person]))[person]
    asking = Asking(
        viewer=actor.viewer_of(person),
        sick_to_attendants=visit.settings.sick_to_attendants,
        reader=Reader(language=visit.language, reasons=visit.reasons, zone=status.zone, now=visit.now),
    )
    template = "absences/why.html" if visit.is_partial else "absences/why_page.html"
    return visit.render(template, why=why(explanation, asking), back=home_of(visit, person))
