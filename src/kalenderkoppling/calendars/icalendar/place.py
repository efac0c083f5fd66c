"""Where a mailbox's file is: an address or a path made of a template with `{mailbox}`."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urlsplit

from yarl import URL

from kalenderkoppling.domain.errors import BlockedReason, InvalidValueError, MailboxBlockedError

MAILBOX = "{mailbox}"

_LONGEST_MAILBOX = 254
_SCHEMES = {"webcal": "https", "webcals": "https"}
_AS_WRITTEN = "!#$%&'()*+,/:;=?@[]~"


class UrlTemplate:
    """Addresses of files; the mailbox is in the path or the query, percent-encoded.

    Raises:
        InvalidValueError: it is not an address of http or https, has a login or a fragment, or has no `{mailbox}` in
            its path or query. The message does not quote the address: it may be a secret.
    """

    def __init__(self, template: str) -> None:
        scheme, colon, rest = template.partition(":")
        template = _SCHEMES.get(scheme.lower(), scheme.lower()) + colon + rest
        try:
            parts = urlsplit(template)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise InvalidValueError("icalendar.url is no address") from None
        if parts.scheme not in {"http", "https"} or not host or parts.fragment or "@" in parts.netloc:
            raise InvalidValueError("icalendar.url must be an https address without a login (see user and password)")
        if MAILBOX in parts.netloc or MAILBOX not in parts.path + parts.query:
            raise InvalidValueError(f"icalendar.url needs {MAILBOX} in its path or query")
        self.is_encrypted = parts.scheme == "https"
        self._pieces = [quote(each, safe=_AS_WRITTEN) for each in template.split(MAILBOX)]

    def of(self, mailbox: str) -> URL:
        """Return the address of a mailbox's file. Raises MailboxBlockedError: it cannot be a mailbox."""
        return URL(quote(_checked(mailbox), safe="").join(self._pieces), encoded=True)


class PathTemplate:
    """Paths of files; the mailbox is a name in the path, or a part of one, and never leads elsewhere.

    Raises:
        InvalidValueError: it has no `{mailbox}`.
    """

    def __init__(self, template: str) -> None:
        if MAILBOX not in template:
            raise InvalidValueError(f"icalendar.file needs {MAILBOX} in it")
        self._template = template

    def of(self, mailbox: str) -> Path:
        """Return the path of a mailbox's file. Raises MailboxBlockedError: it cannot be a mailbox or a file name."""
        if re.search(r"[/\\]", mailbox):
            raise MailboxBlockedError(BlockedReason.NOT_FOUND)
        return Path(self._template.replace(MAILBOX, _checked(mailbox)))


def _checked(mailbox: str) -> str:
    if not 0 < len(mailbox) <= _LONGEST_MAILBOX or not mailbox.isprintable() or not mailbox.strip(". "):
        raise MailboxBlockedError(BlockedReason.NOT_FOUND)
    return mailbox
