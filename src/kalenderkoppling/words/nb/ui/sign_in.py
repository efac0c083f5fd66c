"""Norwegian: texts of signing in, and of one's own sessions."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

SIGN_IN: Mapping[str, Text] = MappingProxyType(
    {
        "sign_in.as_local_administrator": "Logg inn som lokal administrator",
        "sign_in.local_administrator": "Lokal administrator",
        "sign_in.local_administrator_means": "For den som drifter systemet, når den vanlige innloggingen ikke virker.",
        "sign_in.name": "Navn",
        "sign_in.password": "Passord",
        "sign_in.refused": "Navnet eller passordet er feil.",
        "sign_in.wait": "For mange forsøk. Vent {seconds} sekunder og prøv igjen.",
        "sessions.title": "Her er du logget inn",
        "sessions.means": "Her er du logget inn nå. Avslutt det du ikke kjenner igjen.",
        "sessions.this": "Denne",
        "sessions.begun": "Logget inn {time}",
        "sessions.used": "Sist brukt {time}",
        "sessions.end": "Logg ut",
        "sessions.end_named": "Logg ut {browser}, logget inn {time}",
        "sessions.end_others": "Logg ut alle andre steder",
        "sessions.ended": "Logget ut der.",
        "sessions.others_ended": "Logget ut alle andre steder.",
        "sessions.unknown_browser": "Ukjent nettleser",
    }
)
