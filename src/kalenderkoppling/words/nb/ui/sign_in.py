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
        "sign_in.with": "Logg inn med {provider}",
        "sign_in.again": "Prøv igjen",
        "sign_in.failed": "Innloggingen lyktes ikke",
        "sign_in.failed.provider_down": (
            "{provider} svarer ikke som den skal akkurat nå. Prøv igjen om litt. De som alt er logget "
            "inn, merker ikke noe."
        ),
        "sign_in.failed.denied": "{provider} slapp deg ikke inn.",
        "sign_in.failed.stale": ("Innloggingen er alt avsluttet, tok for lang tid eller begynte i en annen nettleser."),
        "sign_in.failed.refused": (
            "Svaret fra {provider} var ikke til å stole på. Si fra til administratoren hvis det skjer igjen."
        ),
        "sign_in.failed.clock": (
            "Svaret fra {provider} gjelder ikke lenger, eller klokkene går ulikt. Prøv igjen, og si fra "
            "til administratoren hvis det skjer igjen."
        ),
        "sign_in.failed.wrong_tenant": "Kontoen din hører til en organisasjon som ikke kan logge inn her.",
        "sign_in.failed.unknown_person": (
            "Kontoen din er ikke knyttet til noen i telefonkatalogen. Be administratoren knytte den."
        ),
        "sign_in.failed.no_role": "Du er i telefonkatalogen, men har ingen rolle her. Be administratoren om en.",
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
