"""Danish: texts of the administrator's pages."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Plural, Text

ADMINISTRATION: Mapping[str, Text] = MappingProxyType(
    {
        "administration.title": "Administration",
        "administration.pages": "Administratorens sider",
        "administration.rules": "Regler",
        "rules.scopes": "Hvis regler",
        "rules.scope.tenant": "Virksomheden",
        "rules.scope.group": "Grupper",
        "rules.scope.person": "Én person",
        "rules.for": "Regler for {whose}",
        "rules.of_company": "virksomheden",
        "rules.of_group": "gruppen {group}",
        "rules.of_template": "standardskabelonen",
        "rules.means.tenant": "Gælder alle, der ikke har egne regler eller en gruppes regler.",
        "rules.means.group": "Går forud for virksomhedens regler for gruppens medlemmer.",
        "rules.means.person": (
            "Går forud for gruppernes og virksomhedens regler. Personens egne regler går forud for disse."
        ),
        "rules.update": "Opdater",
        "rules.yes": "Opdater",
        "rules.no_update": "Opdater ikke",
        "rules.inherited": "Som {whose}: {value}",
        "rules.empty_is": "Tomt felt: {inherited}",
        "rules.on": "Ja",
        "rules.off": "Nej",
        "rules.seconds": Plural(one="{count} sekund", other="{count} sekunder"),
        "rules.settings": "Indstillinger",
        "rules.show_subject": "Vis aftalernes emne",
        "rules.addin": "Outlook-tilføjelsesprogrammet må bruges",
        "rules.ring_seconds": "Sekunder det ringer før viderestilling ved intet svar",
        "rules.working_hours": "Arbejdstid",
        "rules.no_hours": "ingen arbejdstid",
        "rules.hours_from": "Hvilken arbejdstid",
        "rules.hours_own": "Den, der angives her",
        "rules.days": "Arbejdsdage",
        "rules.pinned": "bestemmes i indstillingsfilen",
        "rules.conflict": "En anden har ændret noget, siden du åbnede siden. Intet af dit er gemt endnu.",
        "rules.conflict_table": "Forskelle",
        "rules.conflict_what": "Indstilling",
        "rules.theirs": "Gemt nu",
        "rules.mine": "Dit",
        "rules.conflict_choose": "Gem dit nedenfor, eller",
        "rules.take_theirs": "behold det, der er gemt",
        "rules.save_mine": "Gem mit",
        "rules.groups_ordered": "Grupper med egne regler",
        "rules.groups_mean": "For den, der er med i flere grupper, gælder den øverste.",
        "rules.no_groups_ordered": "Ingen gruppe har egne regler.",
        "rules.groups_others": "Øvrige grupper",
        "rules.no_groups": "Der er ikke flere grupper i telefonbogen.",
        "rules.members": Plural(one="{count} person", other="{count} personer"),
        "rules.move_up": "Flyt {group} op",
        "rules.move_down": "Flyt {group} ned",
        "rules.choose_person": "Vælg en person",
        "rules.search": "Søg",
        "setting.title": "Virksomhedens indstillinger",
        "setting.time_zone": "Tidszone",
        "setting.time_zone.means": "For eksempel Europe/Copenhagen.",
        "setting.country": "Land",
        "setting.country.means": (
            "To bogstaver, for eksempel DK. Landets helligdage gælder. Hvordan telefonnumre læses, ændres "
            "først, når programmerne genstartes."
        ),
        "setting.language": "Sprog",
        "setting.speaks": "Flere sprog til den, der ringer",
        "setting.retention_days": "Dage, afsluttet fravær gemmes",
        "setting.retention_days.means": "Derefter slettes det.",
        "setting.freshness_hours": "Timer uden kontakt med kalenderen",
        "setting.freshness_hours.means": "Efter så lang tid styrer kalenderen ingen opkald.",
        "setting.calls_days": "Dage, opkald gemmes",
        "setting.calls_days.means": "Derefter slettes de fra opkaldshistorikken.",
        "setting.call_numbers_hours": "Timer, den opkaldendes nummer gemmes",
        "setting.call_numbers_hours.means": "Derefter slettes nummeret, men ikke opkaldet.",
        "setting.bounds": "Mellem {least} og {most}.",
        "setting.sick_to_attendants": "Omstillingsmedarbejdere må se årsagen Syg",
        "done.rules_saved": "Gemt. Det gælder fra nu af.",
        "problem.pinned": "Bestemmes i indstillingsfilen og kan ikke ændres her.",
        "problem.out_of_range": "Angiv et helt tal inden for grænserne.",
        "problem.no_days": "Vælg mindst én arbejdsdag.",
        "problem.unknown_group": "Der findes ingen sådan gruppe.",
        "problem.unknown_person": "Der findes ingen sådan person.",
        "problem.unknown_time_zone": "Der findes ingen sådan tidszone.",
        "problem.unknown_country": "Angiv landets to bogstaver, for eksempel DK.",
        "rules.carrying_out": "Ændringen gennemføres",
        "rules.carried_out": (
            "Ændringen gælder allerede. Det, der ikke længere skal findes, slettes: {done} af {total} "
            "personer er færdige."
        ),
        "rules.all_carried_out": "Ændringen er gennemført for alle.",
    }
)
