"""What to do about each finding of the check, in English for the command line."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Advice(StrEnum):
    """The keys of what to do about a finding."""

    NOTHING = "graph.advice.nothing"
    RENEW_CREDENTIAL = "graph.advice.renew_credential"
    MEND_CERTIFICATE = "graph.advice.mend_certificate"
    CHECK_REGISTRATION = "graph.advice.check_registration"
    CHECK_NETWORK = "graph.advice.check_network"
    TRY_LATER = "graph.advice.try_later"
    GRANT_SCOPE = "graph.advice.grant_scope"
    CHECK_ADDRESS = "graph.advice.check_address"
    CHECK_LICENCE = "graph.advice.check_licence"
    NARROW_SCOPE = "graph.advice.narrow_scope"
    NAME_OTHERS = "graph.advice.name_others"


ADVICE: Mapping[str, str] = {
    Advice.NOTHING: "",
    Advice.RENEW_CREDENTIAL: "Make a new certificate, upload it to the app registration, and name it in the settings.",
    Advice.MEND_CERTIFICATE: "The PEM file must hold both the certificate and its private key, unencrypted.",
    Advice.CHECK_REGISTRATION: "Compare tenant id, client id and credential with the app registration in Entra ID.",
    Advice.CHECK_NETWORK: "Open the firewall for https to login.microsoftonline.com and graph.microsoft.com.",
    Advice.TRY_LATER: "Microsoft 365 is throttling, or had a fault: try again in some minutes.",
    Advice.GRANT_SCOPE: "Give the application the role Application Calendars.Read over a scope with this mailbox "
    "(Exchange RBAC for Applications); a change takes up to two hours.",
    Advice.CHECK_ADDRESS: "Correct the mailbox address in the people file: Microsoft 365 knows no such user.",
    Advice.CHECK_LICENCE: "Give the person an Exchange Online licence, or move the mailbox to Exchange Online.",
    Advice.NARROW_SCOPE: "Mailboxes outside the service answer. Remove the tenant-wide consent to Calendars.Read in "
    "Entra ID: grants add up, and only the scoped role must remain.",
    Advice.NAME_OTHERS: "Add to the people file somebody with a mailbox but without the service, to prove the scope.",
}
