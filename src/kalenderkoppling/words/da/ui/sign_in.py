"""Danish: texts of signing in, and of one's own sessions."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

SIGN_IN: Mapping[str, Text] = MappingProxyType(
    {
        "sign_in.as_local_administrator": "Log ind som lokal administrator",
        "sign_in.local_administrator": "Lokal administrator",
        "sign_in.local_administrator_means": "Til den, der passer systemet, når det almindelige login ikke virker.",
        "sign_in.name": "Navn",
        "sign_in.password": "Adgangskode",
        "sign_in.refused": "Navnet eller adgangskoden er forkert.",
        "sign_in.wait": "For mange forsøg. Vent {seconds} sekunder, og prøv igen.",
        "sessions.title": "Her er du logget ind",
        "sessions.means": "Her er du logget ind nu. Afslut det, du ikke kender.",
        "sessions.this": "Denne",
        "sessions.begun": "Logget ind {time}",
        "sessions.used": "Sidst brugt {time}",
        "sessions.end": "Log ud",
        "sessions.end_named": "Log {browser} ud, logget ind {time}",
        "sessions.end_others": "Log ud alle andre steder",
        "sessions.ended": "Logget ud der.",
        "sessions.others_ended": "Logget ud alle andre steder.",
        "sessions.unknown_browser": "Ukendt browser",
    }
)
