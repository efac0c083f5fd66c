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
        "sign_in.with": "Sign in with {provider}",
        "sign_in.again": "Try again",
        "sign_in.failed": "You could not be signed in",
        "sign_in.failed.provider_down": (
            "{provider} does not answer as it should. Try again in a while. Whoever is signed in already stays so."
        ),
        "sign_in.failed.denied": "{provider} did not let you in.",
        "sign_in.failed.stale": "This sign-in is finished already, took too long, or began in another browser.",
        "sign_in.failed.refused": (
            "The answer from {provider} could not be trusted. Tell your administrator if it happens again."
        ),
        "sign_in.failed.clock": (
            "The answer from {provider} is no longer valid, or the clocks differ. Try again, and tell "
            "your administrator if it happens again."
        ),
        "sign_in.failed.wrong_tenant": "Your account belongs to an organisation that may not sign in here.",
        "sign_in.failed.unknown_person": (
            "Your account is not linked to anybody in the directory. Ask your administrator to link it."
        ),
        "sign_in.failed.no_role": "You are in the directory but have no role here. Ask your administrator for one.",
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
