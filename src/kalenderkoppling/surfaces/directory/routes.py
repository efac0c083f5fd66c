"""The addresses of the directory: list, favourites, a person's card, and marking."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from litestar import Response, post
from litestar.params import FromPath, FromQuery, QueryParameter

from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.surfaces.directory.card import ShownCard, read_card
from kalenderkoppling.surfaces.directory.rows import Listing, listing
from kalenderkoppling.surfaces.web.given import TheCore, TheForm, TheVisit
from kalenderkoppling.surfaces.web.surface import page
from kalenderkoppling.surfaces.web.visit import Visit, local_path
from kalenderkoppling.usecases.core import Core
from kalenderkoppling.usecases.directory.mark_favourite import mark_favourite
from kalenderkoppling.usecases.directory.search_people import LONGEST_TEXT, favourite_people, search_people
from kalenderkoppling.words import day_heading, weekday_short

PAGE_SIZE = 50
_FARTHEST_OFFSET = 100_000

Query = Annotated[str, QueryParameter(name="q")]


@page("/")
async def directory(core: TheCore, visit: TheVisit, q: Query = "", offset: FromQuery[int] = 0) -> Response[str]:
    """Show the list: everybody, or who was searched for; to a script, the rows alone."""
    found = await _found(core, visit, q, offset)
    if visit.is_partial:
        return visit.render("directory/rows.html", listing=found)
    return _whole(visit, found)


@page("/favourites")
async def favourites(core: TheCore, visit: TheVisit) -> Response[str]:
    """Show whom the visitor has marked."""
    hits = await favourite_people(core, visit.actor)
    return _whole(visit, listing(visit, hits, query="", favourites=True), menu="/favourites")


@page("/people/{person:str}")
async def person_page(
    core: TheCore,
    visit: TheVisit,
    person: FromPath[str],
    q: Query = "",
    week: FromQuery[str] = "",
) -> Response[str]:
    """Show somebody's card beside the list; to a script, the card alone."""
    card = await read_card(core, visit, PersonId(person), week=week, query=q[:LONGEST_TEXT])
    if visit.is_partial:
        return _card_alone(visit, card, q[:LONGEST_TEXT])
    return _whole(visit, await _found(core, visit, q, 0), card=card)


@post("/people/{person:str}/favourite", status_code=200)
async def favourite(core: TheCore, visit: TheVisit, person: FromPath[str], form: TheForm) -> Response[str]:
    """Mark somebody, or take the mark away; to a script, the star as it is now."""
    marked = form.get("marked") == "yes"
    await mark_favourite(core, visit.actor, PersonId(person), marked=marked)
    if visit.is_partial:
        return visit.render(
            "directory/star_alone.html", id=person, name=form.get("name"), marked=marked, place=form.get("place")
        )
    return visit.redirect(local_path(form.get("back")))


async def _found(core: Core, visit: Visit, q: str, offset: int) -> Listing:
    offset = min(max(offset, 0), _FARTHEST_OFFSET)
    query = "".join(each for each in q[:LONGEST_TEXT] if each.isprintable()).strip()
    hits = await search_people(core, visit.actor, query, limit=PAGE_SIZE, offset=offset)
    return listing(visit, hits, query=query, offset=offset)


def _whole(visit: Visit, found: Listing, *, card: ShownCard | None = None, menu: str = "/") -> Response[str]:
    return visit.render(
        "directory/page.html",
        listing=found,
        card=card,
        query=found.query,
        active_menu=menu,
        weekday=lambda day: weekday_short(day, visit.language),
        heading=lambda day: _heading(visit, day),
    )


def _card_alone(visit: Visit, card: ShownCard, query: str) -> Response[str]:
    return visit.render(
        "directory/card.html",
        card=card,
        query=query,
        weekday=lambda day: weekday_short(day, visit.language),
        heading=lambda day: _heading(visit, day),
    )


def _heading(visit: Visit, day: date) -> str:
    return day_heading(day, visit.now.astimezone(visit.settings.zone).date(), visit.language)
