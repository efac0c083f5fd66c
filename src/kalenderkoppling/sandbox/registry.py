"""The mailboxes of people, who come, are renamed, blocked and leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from kalenderkoppling.sandbox import ids
from kalenderkoppling.sandbox.mailbox import Blocked, Mailbox


class Registry:
    """The mailboxes of the tenant, found by user id, userPrincipalName or mail in any case.

    Raises (all methods): KeyError for a user that does not exist.
    """

    def __init__(self, clock: Callable[[], datetime], *, tenant_id: str | None = None) -> None:
        self.clock = clock
        self.tenant_id = tenant_id or ids.guid("tenant")
        self.mailboxes: dict[str, Mailbox] = {}
        self._names: dict[str, str] = {}

    def add_mailbox(
        self,
        principal_name: str,
        *,
        user_id: str | None = None,
        mail: str | None = None,
        display_name: str = "",
        zone: str = "Europe/Stockholm",
    ) -> Mailbox:
        """Open a mailbox. The user id is a GUID derived from the name unless it is given."""
        mailbox = Mailbox(
            user_id=user_id or ids.guid(f"user/{principal_name}"),
            principal_name=principal_name,
            mail=mail or principal_name,
            display_name=display_name or principal_name.partition("@")[0],
            zone=zone,
        )
        self.mailboxes[mailbox.user_id] = mailbox
        self._name(mailbox)
        return mailbox

    def mailbox(self, user: str) -> Mailbox:
        """Find a mailbox by user id, userPrincipalName or mail, in any case."""
        name = user.casefold()
        return self.mailboxes[self._names.get(name, name)]

    def rename(
        self, user: str, *, principal_name: str, mail: str | None = None, display_name: str | None = None
    ) -> None:
        """Give a person another address; the user id stays (F-13). The old address is then unknown."""
        mailbox = self.mailbox(user)
        self._names = {name: user_id for name, user_id in self._names.items() if user_id != mailbox.user_id}
        mailbox.principal_name, mailbox.mail = principal_name, mail or principal_name
        mailbox.display_name = display_name or mailbox.display_name
        mailbox.version += 1
        self._name(mailbox)

    def block(self, user: str, why: Blocked = Blocked.NO_SUCH_USER, lasting: timedelta | None = None) -> None:
        """Make Graph refuse a mailbox, for a time or until `unblock` (F-14); its bookings stay as they are."""
        mailbox = self.mailbox(user)
        mailbox.blocked = why
        mailbox.blocked_until = None if lasting is None else self.clock() + lasting

    def unblock(self, user: str) -> None:
        """Unblock a mailbox."""
        mailbox = self.mailbox(user)
        mailbox.blocked = mailbox.blocked_until = None

    def remove_mailbox(self, user: str) -> None:
        """Delete a mailbox."""
        mailbox = self.mailboxes.pop(self.mailbox(user).user_id)
        self._names = {name: user_id for name, user_id in self._names.items() if user_id != mailbox.user_id}

    def _name(self, mailbox: Mailbox) -> None:
        for name in (mailbox.user_id, mailbox.principal_name, mailbox.mail):
            self._names[name.casefold()] = mailbox.user_id
