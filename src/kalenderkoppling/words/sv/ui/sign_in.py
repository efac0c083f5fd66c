"""Swedish: texts of signing in, and of one's own sessions."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

SIGN_IN: Mapping[str, Text] = MappingProxyType(
    {
        "sign_in.as_local_administrator": "Logga in som lokal administratör",
        "sign_in.local_administrator": "Lokal administratör",
        "sign_in.local_administrator_means": "För den som sköter systemet, när den vanliga inloggningen inte fungerar.",
        "sign_in.name": "Namn",
        "sign_in.password": "Lösenord",
        "sign_in.refused": "Namnet eller lösenordet stämmer inte.",
        "sign_in.wait": "För många försök. Vänta {seconds} sekunder och försök igen.",
        "sessions.title": "Dina inloggningar",
        "sessions.means": "Här är du inloggad nu. Avsluta det du inte känner igen.",
        "sessions.this": "Den här",
        "sessions.begun": "Inloggad {time}",
        "sessions.used": "Senast använd {time}",
        "sessions.end": "Logga ut",
        "sessions.end_named": "Logga ut {browser}, inloggad {time}",
        "sessions.end_others": "Logga ut överallt utom här",
        "sessions.ended": "Utloggad där.",
        "sessions.others_ended": "Utloggad överallt utom här.",
        "sessions.unknown_browser": "Okänd webbläsare",
    }
)
