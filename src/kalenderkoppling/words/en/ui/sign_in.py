"""English: texts of signing in, and of one's own sessions."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

SIGN_IN: Mapping[str, Text] = MappingProxyType(
    {
        "sign_in.as_local_administrator": "Sign in as a local administrator",
        "sign_in.local_administrator": "Local administrator",
        "sign_in.local_administrator_means": "For whoever runs the system, when the usual sign-in does not work.",
        "sign_in.name": "Name",
        "sign_in.password": "Password",
        "sign_in.refused": "The name or the password is wrong.",
        "sign_in.wait": "Too many attempts. Wait {seconds} seconds and try again.",
        "sessions.title": "Where you are signed in",
        "sessions.means": "You are signed in here now. End what you do not recognise.",
        "sessions.this": "This one",
        "sessions.begun": "Signed in {time}",
        "sessions.used": "Last used {time}",
        "sessions.end": "Sign out",
        "sessions.end_named": "Sign out {browser}, signed in {time}",
        "sessions.end_others": "Sign out everywhere else",
        "sessions.ended": "Signed out there.",
        "sessions.others_ended": "Signed out everywhere else.",
        "sessions.unknown_browser": "Unknown browser",
    }
)
