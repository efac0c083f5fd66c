"""A person in front of the pages of absences: presses, fills in, and what the store holds afterwards."""

import re
from dataclasses import dataclass
from html import unescape

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from kalenderkoppling.domain.absence import Absence, AbsenceId
from kalenderkoppling.domain.kept import Kept
from kalenderkoppling.domain.person import PersonId
from kalenderkoppling.domain.time import Interval
from kalenderkoppling.ports.store.audit import Entry
from kalenderkoppling.usecases.situation import FAR, situation
from kktest.web import FRAGMENT, SAME_ORIGIN, TENANT, Company, sign_in

FORM = {
    "start_date": "2026-11-25",
    "start_time": "13:00",
    "end_date": "2026-11-25",
    "end_time": "14:00",
    "reason": "lunch",
    "diversion": "none",
}
"""A lunch on the day of the tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody signed in, in a browser without script unless a fragment is asked for.

    Readers share one client, since its application starts and stops with it: each brings its own cookies.
    """

    company: Company
    client: TestClient[Litestar]
    person: PersonId
    token: str
    cookies: dict[str, str]
    language: str

    def ask(self, method: str, path: str, fields: dict[str, str], **headers: str) -> Response:
        """Send a request with the reader's own cookies and language, and nothing that guards against forgery."""
        self.client.cookies.clear()
        self.client.cookies.update(self.cookies)
        sent = {"Accept-Language": self.language, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.request(method, path, data=fields or None, headers=sent)

    def get(self, path: str) -> Response:
        return self.ask("GET", path, {})

    def piece(self, path: str) -> Response:
        """Get a piece of a page, as a script does."""
        return self.ask("GET", path, {}, **FRAGMENT)

    def post(self, path: str, **fields: str) -> Response:
        """Send a form of ours."""
        return self.ask("POST", path, {"csrf_token": self.token, **fields}, **SAME_ORIGIN)

    def press(self, path: str, **fields: str) -> Response:
        """Press a button whose answer a script puts into the page."""
        return self.ask("POST", path, {"csrf_token": self.token, **fields}, **SAME_ORIGIN, **FRAGMENT)

    def followed(self, answer: Response) -> str:
        """Return the page that an answer sends the browser to."""
        assert answer.status_code == 303, answer.text
        return unescape(self.get(answer.headers["Location"]).text)

    def undo(self, page: str) -> Response:
        """Press "undo" on a page."""
        return self.post(undo_path(page))

    def absences(self, person: PersonId | None = None) -> list[Absence]:
        """Return a person's absences as they hold, in order."""
        now = self.company.clock.now()
        with self.company.store.read(TENANT) as tx:
            found = situation(tx, person or self.person, now, Interval(start=now - FAR, end=now + FAR))
        return list(found.absences) if found else []

    def kept(self, person: PersonId | None = None) -> Kept:
        """Return the one row that is kept of a person's bookings."""
        with self.company.store.read(TENANT) as tx:
            [only] = tx.absences.kept(person or self.person)
        return only

    def version(self, absence: AbsenceId) -> str:
        with self.company.store.read(TENANT) as tx:
            owned = tx.absences.owned(absence)
        assert owned is not None
        return str(owned.version)

    def audit(self, person: PersonId | None = None) -> list[Entry]:
        with self.company.store.read(TENANT) as tx:
            return list(tx.audit.of_person(person or self.person))


def reading(company: Company, client: TestClient[Litestar], person: PersonId, language: str = "sv") -> Reader:
    """Sign a person in, in a browser of its own."""
    client.cookies.clear()
    client.headers["Accept-Language"] = language
    token = sign_in(client, person)
    return Reader(
        company=company, client=client, person=person, token=token, cookies=dict(client.cookies), language=language
    )


def undo_path(page: str) -> str:
    """Return where the page's undo button leads."""
    found = re.search(r'action="(/absences/restore/[^"]+)"', page)
    assert found is not None, "no undo is offered"
    return unescape(found[1])


def value_of(page: str, name: str) -> str:
    """Return what stands in an input of the editor."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, name
    return unescape(found[1])


def wrong(page: str, group: str) -> str:
    """Return what the page says is wrong with a group of fields; empty for nothing."""
    found = re.search(rf'id="{group}-wrong">(.*?)</p>', page, re.DOTALL)
    return re.sub(r"<[^>]+>|!", "", unescape(found[1])).strip() if found else ""
