"""Is the installation as it should be? Each finding says what was looked at, and what to do about a failure."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp

from kalenderkoppling.calendars.graph import Advice, Finding, open_graph
from kalenderkoppling.composition.clock import SystemClock
from kalenderkoppling.composition.from_settings.addresses import addresses_under
from kalenderkoppling.composition.from_settings.company import tenant_layer, tenant_settings
from kalenderkoppling.composition.from_settings.microsoft365 import graph_connection
from kalenderkoppling.composition.from_settings.people import people_source
from kalenderkoppling.composition.tenant import TENANT
from kalenderkoppling.domain.errors import InvalidValueError, KalenderkopplingError
from kalenderkoppling.domain.person import Person
from kalenderkoppling.settings import Settings
from kalenderkoppling.store import open_store

MOST_OUTSIDE = 20
"""How many mailboxes without the service are tried, to prove the scope."""

_NOTICE_DEADLINE = aiohttp.ClientTimeout(total=10)

_ADVICE = {
    Advice.NOTHING: "",
    Advice.RENEW_CREDENTIAL: "Make a new certificate, upload it to the app registration, and name it in the settings.",
    Advice.MEND_CERTIFICATE: "The PEM file must hold both the certificate and its private key, unencrypted.",
    Advice.CHECK_REGISTRATION: "Compare tenant id, client id and credential with the app registration in Entra ID.",
    Advice.CHECK_NETWORK: "Open the firewall for https to login.microsoftonline.com and graph.microsoft.com.",
    Advice.TRY_LATER: "Microsoft 365 asks for patience, or had a fault: try again in some minutes.",
    Advice.GRANT_SCOPE: "Give the application the role Application Calendars.Read over a scope with this mailbox "
    "(Exchange RBAC for Applications); a change takes up to two hours.",
    Advice.CHECK_ADDRESS: "Correct the mailbox address in the people file: Microsoft 365 knows no such user.",
    Advice.CHECK_LICENCE: "Give the person an Exchange Online licence, or move the mailbox to Exchange Online.",
    Advice.NARROW_SCOPE: "Mailboxes outside the service answer. Remove the tenant-wide consent to Calendars.Read in "
    "Entra ID: grants add up, and only the scoped role must remain.",
    Advice.NAME_OTHERS: "Add to the people file somebody with a mailbox but without the service, to prove the scope.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One line of the doctor's report."""

    what: str
    is_well: bool
    detail: str = ""
    advice: str = ""


async def examine(settings: Settings) -> Sequence[Checked]:
    """Look at settings, database, people, sign-in, reading, scope, mailboxes and the address for notices."""
    found = [_company(settings), await asyncio.to_thread(_database, settings)]
    people, checked = _people(settings)
    found.append(checked)
    found += await _microsoft365(settings, people)
    if found[1].is_well:
        found.append(await asyncio.to_thread(_mailboxes, settings))
    found.append(await _notice_address(settings))
    return found


def _company(settings: Settings) -> Checked:
    try:
        tenant_settings(settings.company)
        tenant_layer(settings.company)
    except InvalidValueError as error:
        return Checked(what="company", is_well=False, detail=str(error), advice="Correct the settings file.")
    return Checked(what="company", is_well=True, detail=f"{settings.company.time_zone}, {settings.company.language}")


def _database(settings: Settings) -> Checked:
    try:
        store = open_store(settings.database.url)
        store.tenants()
        store.close()
    except KalenderkopplingError as error:
        advice = "Check the database's address, that it runs, and that this user may write there."
        return Checked(what="database", is_well=False, detail=str(error), advice=advice)
    return Checked(what="database", is_well=True)


def _people(settings: Settings) -> tuple[Sequence[Person], Checked]:
    try:
        found = people_source(settings).read()
    except InvalidValueError as error:
        return (), Checked(what="people", is_well=False, detail=str(error), advice="Correct the people file.")
    people, remarks = found.people, found.remarks()
    served = sum(each.entitlements.calendar_coupling for each in people)
    detail = f"{len(people)} people, {served} with the service" + "".join(f"\n       {each}" for each in remarks)
    advice = "Correct these numbers in the people file." if remarks else ""
    return people, Checked(what="people", is_well=True, detail=detail, advice=advice)


def _mailboxes(settings: Settings) -> Checked:
    """Tell how the looks at the mailboxes went, by person: what a running server keeps of them."""
    with closing(open_store(settings.database.url)) as store, store.read(TENANT) as tx:
        states = tx.mailboxes.state(tx.people.ids())
    ill = [
        f"{id_} ({state.blocked or state.problem or 'a booking could not be placed in time'})"
        for id_, state in sorted(states.items())
        if state.blocked or state.problem or state.unreadable
    ]
    detail = f"{len(states)} looked at, {len(ill)} with a problem" + "".join(f"\n       {each}" for each in ill)
    advice = "What each word means and what to do: docs/calendars/graph.md, When something is refused." if ill else ""
    return Checked(what="mailboxes", is_well=not ill, detail=detail, advice=advice)


async def _microsoft365(settings: Settings, people: Sequence[Person]) -> list[Checked]:
    if settings.microsoft365 is None:
        advice = "Add the table [microsoft365] to the settings file: see docs/calendars/graph.md."
        return [Checked(what="Microsoft 365", is_well=False, detail="not set up", advice=advice)]
    served = [each.mailbox for each in people if each.mailbox and each.entitlements.calendar_coupling]
    outside = [each.mailbox for each in people if each.mailbox and not each.entitlements.calendar_coupling]
    try:
        graph = await open_graph(graph_connection(settings.microsoft365), SystemClock())
    except (InvalidValueError, OSError) as error:
        return [Checked(what="Microsoft 365", is_well=False, detail=str(error), advice="Correct [microsoft365].")]
    try:
        if not served:
            findings: Sequence[Finding] = [graph.check.credential(), await graph.check.sign_in()]
        else:
            findings = await graph.check.run(served[0], outside[:MOST_OUTSIDE])
    finally:
        await graph.close()
    return [_told(each) for each in findings]


def _told(finding: Finding) -> Checked:
    return Checked(
        what=finding.key.removeprefix("graph.").replace("_", "-"),
        is_well=finding.is_well,
        detail=finding.detail,
        advice=_ADVICE[finding.advice],
    )


async def _notice_address(settings: Settings) -> Checked:
    """Ask our own public address as Microsoft 365 will: it takes anything and tells nothing (202)."""
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
