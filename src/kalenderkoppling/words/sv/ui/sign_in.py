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
        "sign_in.with": "Logga in med {provider}",
        "sign_in.again": "Försök igen",
        "sign_in.failed": "Inloggningen lyckades inte",
        "sign_in.failed.provider_down": (
            "{provider} svarar inte som det ska just nu. Försök igen om en stund. Den som redan är "
            "inloggad berörs inte."
        ),
        "sign_in.failed.denied": "{provider} släppte inte in dig.",
        "sign_in.failed.stale": (
            "Inloggningen är redan avslutad, tog för lång tid eller började i en annan webbläsare."
        ),
        "sign_in.failed.refused": (
            "Svaret från {provider} gick inte att lita på. Kontakta din administratör om det händer igen."
        ),
        "sign_in.failed.clock": (
            "Svaret från {provider} gäller inte längre, eller så går klockorna olika. Försök igen, och "
            "kontakta din administratör om det händer igen."
        ),
        "sign_in.failed.wrong_tenant": "Ditt konto hör till en organisation som inte får logga in här.",
        "sign_in.failed.unknown_person": (
            "Ditt konto är inte kopplat till någon i telefonboken. Be din administratör koppla det."
        ),
        "sign_in.failed.no_role": "Du finns i telefonboken men har ingen roll här. Be din administratör om en.",
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
