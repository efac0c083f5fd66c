"""Checks the installation; each finding says what was checked, and what to do about a failure."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp

from kalenderkoppling.calendars.kind import calendar_kinds, kind_of
from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.from_settings.addresses import addresses_under
from kalenderkoppling.composition.from_settings.company import pinned_company
from kalenderkoppling.composition.from_settings.people import company_country, people_source
from kalenderkoppling.composition.from_settings.store import opened_store
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.errors import InvalidValueError, KalenderkopplingError
from kalenderkoppling.domain.mailbox import MailboxState
from kalenderkoppling.domain.person import Person
from kalenderkoppling.domain.tenant import TenantSettings
from kalenderkoppling.rules.pins import Pin
from kalenderkoppling.settings import Settings

MOST_OUTSIDE = 20
"""At most this many mailboxes without the service are read, to verify that access is denied."""

_NOTICE_DEADLINE = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One line of the doctor's report."""

    what: str
    is_well: bool
    detail: str = ""
    advice: str = ""


async def examine(settings: Settings) -> Sequence[Checked]:
    """Check settings, database, people, the calendar system, mailboxes and the address for notices."""
    found = [_company(settings), await asyncio.to_thread(_database, settings)]
    people, checked = _people(settings)
    found.append(checked)
    found += await _calendar(settings, people)
    if found[1].is_well:
        found.append(await asyncio.to_thread(_mailboxes, settings))
    if settings.calendar is None or kind_of(settings.calendar).has_notices:
        found.append(await _notice_address(settings))
    return found


def _company(settings: Settings) -> Checked:
    try:
        pinned = pinned_company(settings.company)
    except InvalidValueError as error:
        return Checked(what="company", is_well=False, detail=str(error), advice="Correct the settings file.")
    return Checked(what="company", is_well=True, detail=_pinned(pinned.names))


def _pinned(names: frozenset[Pin]) -> str:
    return f"the file sets {', '.join(sorted(names))}" if names else "the file sets nothing: the pages do"


def _database(settings: Settings) -> Checked:
    try:
        store = opened_store(settings)
        store.tenants()
        store.close()
    except KalenderkopplingError as error:
        advice = "Check the database's address, that it runs, and that this user may write there."
        return Checked(what="database", is_well=False, detail=str(error), advice=advice)
    return Checked(what="database", is_well=True)


def _people(settings: Settings) -> tuple[Sequence[Person], Checked]:
    if not settings.names_people_file and not Path(settings.people.file).exists():
        people = _stored_people(settings)
        detail = f"{len(people)} people; no people file is read"
        return people, Checked(what="people", is_well=True, detail=detail)
    try:
        found = people_source(settings, _country(settings)).read()
    except InvalidValueError as error:
        return (), Checked(what="people", is_well=False, detail=str(error), advice="Correct the people file.")
    people, remarks = found.people, found.remarks()
    served = sum(each.entitlements.calendar_coupling for each in people)
    detail = f"{len(people)} people, {served} with the service" + "".join(f"\n       {each}" for each in remarks)
    advice = "Correct these numbers in the people file." if remarks else ""
    return people, Checked(what="people", is_well=True, detail=detail, advice=advice)


def _stored_people(settings: Settings) -> Sequence[Person]:
    """Return the directory; empty where the database, which has its own line, is unavailable."""
    try:
        with closing(opened_store(settings)) as store, store.read(TENANT) as tx:
            return list(tx.people.many(tx.people.ids()).values())
    except KalenderkopplingError:
        return ()


def _country(settings: Settings) -> str:
    """Return the company's country; the default where the database, which has its own line, is unavailable."""
    try:
        return company_country(settings)
    except KalenderkopplingError:
        return TenantSettings().country


def _mailboxes(settings: Settings) -> Checked:
    """Report which mailboxes could not be read, by person, from the stored states."""
    with closing(opened_store(settings)) as store, store.read(TENANT) as tx:
        states = tx.mailboxes.state(tx.people.ids())
    ill = [
        f"{id_} ({state.blocked or state.problem or _left_out(state)})"
        for id_, state in sorted(states.items())
        if state.blocked or state.problem or state.unreadable
    ]
    detail = f"{len(states)} looked at, {len(ill)} with a problem" + "".join(f"\n       {each}" for each in ill)
    guide = kind_of(settings.calendar).guide if settings.calendar else "docs/calendars/"
    advice = f"What each word means and what to do: {guide}, When something is refused." if ill else ""
    return Checked(what="mailboxes", is_well=not ill, detail=detail, advice=advice)


def _left_out(state: MailboxState) -> str:
    """Return how many bookings and series were left as they were, and which: by id, without text."""
    named = ", ".join(state.left_out)
    return f"{len(state.left_out) or 'some'} bookings or series could not be read or stored: {named}"


async def _calendar(settings: Settings, people: Sequence[Person]) -> list[Checked]:
    """Check the connection to the calendar system, as its kind does it."""
    if settings.calendar is None:
        kinds = ", ".join(f"[{each.section}] (see {each.guide})" for each in calendar_kinds())
        advice = f"Add one of these sections to the settings file: {kinds}."
        return [Checked(what="calendar", is_well=False, detail="not set up", advice=advice)]
    kind = kind_of(settings.calendar)
    served = [each.mailbox for each in people if each.mailbox and each.entitlements.calendar_coupling]
    outside = [each.mailbox for each in people if each.mailbox and not each.entitlements.calendar_coupling]
    try:
        async with kind.open(settings.calendar, SystemClock()) as calendar:
            found = await calendar.check.run(served[0] if served else None, outside[:MOST_OUTSIDE])
    except (InvalidValueError, OSError) as error:
        advice = f"Correct [{kind.section}]; see {kind.guide}."
        return [Checked(what=kind.title, is_well=False, detail=str(error), advice=advice)]
    return [
        Checked(
            what=each.what.replace("_", "-"),
            is_well=each.is_well,
            detail=each.detail,
            advice=kind.advice.get(each.advice, ""),
        )
        for each in found
    ]


async def _notice_address(settings: Settings) -> Checked:
    """Post to our own public address as the calendar system will; any request is answered 202."""
    what = "address for notices"
    if not settings.server.public_url:
        detail = "not set: changes are seen by the sweep, within 15 minutes"
        advice = "Publish the hooks port behind https and name it as server.public_url: changes then come in seconds."
        return Checked(what=what, is_well=False, detail=detail, advice=advice)
    try:
        url = addresses_under(settings.server.public_url)(TENANT, "doctor", "").changes_url
        async with (
            aiohttp.ClientSession(timeout=_NOTICE_DEADLINE) as session,
            session.post(url, data=b"{}", allow_redirects=False) as answer,
        ):
            status = answer.status
    except (InvalidValueError, aiohttp.ClientError, TimeoutError) as error:
        advice = "Start the server, and check DNS, certificate and proxy of server.public_url."
        return Checked(what=what, is_well=False, detail=type(error).__name__, advice=advice)
    if status != HTTPStatus.ACCEPTED:
        advice = "The proxy must pass /hooks/ on to the hooks port of this server."
        return Checked(what=what, is_well=False, detail=f"answered {status}", advice=advice)
    return Checked(what=what, is_well=True)
