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
        "sign_in.with": "Log ind med {provider}",
        "sign_in.again": "Prøv igen",
        "sign_in.failed": "Du kunne ikke logges ind",
        "sign_in.failed.provider_down": (
            "{provider} svarer ikke, som den skal, lige nu. Prøv igen om lidt. De, der allerede er "
            "logget ind, mærker intet."
        ),
        "sign_in.failed.denied": "{provider} lukkede dig ikke ind.",
        "sign_in.failed.stale": (
            "Dette login er allerede afsluttet, tog for lang tid eller begyndte i en anden browser."
        ),
        "sign_in.failed.refused": (
            "Svaret fra {provider} kunne ikke godtages. Sig til din administrator, hvis det sker igen."
        ),
        "sign_in.failed.clock": (
            "Svaret fra {provider} gælder ikke længere, eller urene går forskelligt. Prøv igen, og sig "
            "til din administrator, hvis det sker igen."
        ),
        "sign_in.failed.wrong_tenant": "Din konto hører til en organisation, der ikke kan logge ind her.",
        "sign_in.failed.unknown_person": (
            "Din konto er ikke knyttet til nogen i telefonbogen. Bed din administrator om at knytte den."
        ),
        "sign_in.failed.no_role": "Du er i telefonbogen, men har ingen rolle her. Bed din administrator om en.",
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
