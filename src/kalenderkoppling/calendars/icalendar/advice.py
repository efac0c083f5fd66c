"""What to do about each finding of the check, in English for the command line."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Advice(StrEnum):
    """The keys of what to do about a finding."""

    NOTHING = "icalendar.advice.nothing"
    NAME_SOMEBODY = "icalendar.advice.name_somebody"
    CHECK_ADDRESS = "icalendar.advice.check_address"
    CHECK_LOGIN = "icalendar.advice.check_login"
    CHECK_NETWORK = "icalendar.advice.check_network"
    CHECK_FILE = "icalendar.advice.check_file"
    TRY_LATER = "icalendar.advice.try_later"


ADVICE: Mapping[str, str] = {
    Advice.NOTHING: "",
    Advice.NAME_SOMEBODY: "Give somebody in the people file a mailbox and the service: then a file can be tried.",
    Advice.CHECK_ADDRESS: "There is no file for this mailbox: compare url or file in [icalendar] with the people file.",
    Advice.CHECK_LOGIN: "The server refuses us: correct user and password in [icalendar], or the address's secret.",
    Advice.CHECK_NETWORK: "The server was not reached: check its name, certificate and firewall. A server in a private "
    "network has to be listed in networks.",
    Advice.CHECK_FILE: "What was read is no whole iCalendar file, or the address redirects: name the final address of "
    "the file itself.",
    Advice.TRY_LATER: "The server asks us to wait, or had a fault: try again in some minutes.",
}
