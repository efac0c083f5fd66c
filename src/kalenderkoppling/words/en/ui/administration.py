"""English: texts of the administrator's pages."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Plural, Text

ADMINISTRATION: Mapping[str, Text] = MappingProxyType(
    {
        "administration.title": "Administration",
        "administration.pages": "Administrator's pages",
        "administration.rules": "Rules",
        "rules.scopes": "Whose rules",
        "rules.scope.tenant": "Company",
        "rules.scope.group": "Groups",
        "rules.scope.person": "One person",
        "rules.for": "Rules for {whose}",
        "rules.of_company": "the company",
        "rules.of_group": "the group {group}",
        "rules.of_template": "the standard template",
        "rules.means.tenant": "Applies to everybody without rules of their own or of a group.",
        "rules.means.group": "Takes precedence over the company's rules for the members of the group.",
        "rules.means.person": (
            "Takes precedence over the groups' and the company's rules. The person's own rules take "
            "precedence over these."
        ),
        "rules.update": "Update",
        "rules.yes": "Update",
        "rules.no_update": "Do not update",
        "rules.inherited": "As {whose}: {value}",
        "rules.empty_is": "Empty field: {inherited}",
        "rules.on": "Yes",
        "rules.off": "No",
        "rules.seconds": Plural(one="{count} second", other="{count} seconds"),
        "rules.settings": "Settings",
        "rules.show_subject": "Show the bookings' subjects",
        "rules.addin": "The Outlook add-in may be used",
        "rules.ring_seconds": "Seconds that it rings before an open referral",
        "rules.working_hours": "Working hours",
        "rules.no_hours": "no working hours",
        "rules.hours_from": "Which working hours",
        "rules.hours_own": "Those given here",
        "rules.days": "Working days",
        "rules.pinned": "set in the settings file",
        "rules.conflict": "Somebody else has made changes since you opened the page. Nothing of yours is saved yet.",
        "rules.conflict_table": "Differences",
        "rules.conflict_what": "Setting",
        "rules.theirs": "Saved now",
        "rules.mine": "Yours",
        "rules.conflict_choose": "Save yours below, or",
        "rules.take_theirs": "keep what is saved",
        "rules.save_mine": "Save mine",
        "rules.groups_ordered": "Groups with rules of their own",
        "rules.groups_mean": "For a member of several groups the topmost applies.",
        "rules.no_groups_ordered": "No group has rules of its own.",
        "rules.groups_others": "Other groups",
        "rules.no_groups": "There are no more groups in the directory.",
        "rules.members": Plural(one="{count} person", other="{count} people"),
        "rules.move_up": "Move {group} up",
        "rules.move_down": "Move {group} down",
        "rules.choose_person": "Choose a person",
        "rules.search": "Search",
        "setting.title": "The company's settings",
        "setting.time_zone": "Time zone",
        "setting.time_zone.means": "For instance Europe/Stockholm.",
        "setting.country": "Country",
        "setting.country.means": (
            "Two letters, for instance SE. The country's public holidays apply. How telephone numbers are "
            "read changes only when the programs are restarted."
        ),
        "setting.language": "Language",
        "setting.speaks": "Further languages for callers",
        "setting.retention_days": "Days for which ended absences are kept",
        "setting.retention_days.means": "Then they are erased.",
        "setting.freshness_hours": "Hours without contact with the calendar",
        "setting.freshness_hours.means": "After that long the calendar diverts no calls.",
        "setting.calls_days": "Days for which calls are kept",
        "setting.calls_days.means": "Then they are erased from the call history.",
        "setting.call_numbers_hours": "Hours for which a caller's number is kept",
        "setting.call_numbers_hours.means": "Then the number is erased, but not the call.",
        "setting.bounds": "Between {least} and {most}.",
        "setting.sick_to_attendants": "Attendants may see the reason Sick",
        "done.rules_saved": "Saved. It is in force from now on.",
        "problem.pinned": "It is set in the settings file and cannot be changed here.",
        "problem.out_of_range": "Give a whole number within the bounds.",
        "problem.no_days": "Choose at least one working day.",
        "problem.unknown_group": "There is no such group.",
        "problem.unknown_person": "There is no such person.",
        "problem.unknown_time_zone": "There is no such time zone.",
        "problem.unknown_country": "Give a country's two letters, for instance SE.",
        "rules.carrying_out": "The change is being carried out",
        "rules.carried_out": (
            "The change is in force already. What must no longer be kept is being erased: {done} of {total} "
            "people are done."
        ),
        "rules.all_carried_out": "The change has been carried out for everybody.",
    }
)
