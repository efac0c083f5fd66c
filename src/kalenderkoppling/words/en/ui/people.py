"""English: texts of the administrator's pages about people."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Plural, Text

PEOPLE: Mapping[str, Text] = MappingProxyType(
    {
        "administration.people": "People",
        "service.calendar_coupling": "Calendar coupling",
        "service.referral": "Referral",
        "people.for_many": "Give a department or group a service",
        "people.for_many_means": (
            "It takes effect at once, a few people at a time. When the calendar coupling is switched off, "
            "the calendar is no longer read, and what was read is deleted."
        ),
        "people.whom": "Department or group",
        "people.service": "Service",
        "people.services": "Services",
        "people.services_mean": (
            "What you set here overrides the people file, until you choose the people file again."
        ),
        "people.setting": "Setting",
        "people.set.on": "On",
        "people.set.off": "Off",
        "people.set.source": "As the people file says",
        "people.set_for_many": "Set",
        "people.no_departments": "Nobody in the directory has a department or group.",
        "people.order.on": "{service} on for {whom}",
        "people.order.off": "{service} off for {whom}",
        "people.order.source": "{service} as the people file says for {whom}",
        "people.of_department": "the department {name}",
        "people.of_group": "the group {name}",
        "people.progress": "{done} of {total}",
        "people.finished": "Done",
        "people.list": "Everybody in the directory",
        "people.search": "Search",
        "people.department": "Department",
        "people.groups": "Group",
        "people.all": "All",
        "people.has": "Has the service",
        "people.in_trouble": "Only people whose mailbox needs attention",
        "people.show": "Show",
        "people.none": "Nobody matches.",
        "people.more": "Show more",
        "people.first": "From the beginning",
        "people.on": "on",
        "people.off": "off",
        "people.says_yes": "on",
        "people.says_no": "off",
        "people.by_hand": "set here; the people file says {says}",
        "people.now": "Now: {state}",
        "people.mailbox": "Mailbox",
        "people.mailbox_state": "The mailbox",
        "people.last_look": "Last read",
        "people.never": "never",
        "people.failures": "Failed attempts in a row",
        "people.paused": "Waits until",
        "people.left_out": "Bookings that could not be read",
        "people.rules": "Rules in force",
        "people.rules_sleep": "This is what happens once the person has the calendar coupling.",
        "people.becomes": "Becomes",
        "people.whose": "Whose rule",
        "people.rule_of.own_switch": "The person has switched the update off",
        "people.rule_of.own_rule": "The person's own",
        "people.rule_of.standard_template": "The standard template",
        "people.rule_of.person": "The administrator's for the person",
        "people.rule_of.group": "A group's",
        "people.rule_of.tenant": "The company's",
        "people.edit_rules": "Change the person's rules",
        "people.facts": "Details",
        "people.id": "Id",
        "people.title_of": "Title",
        "people.extension": "Extension",
        "people.mobile": "Mobile",
        "people.phone_uri": "Address of the telephone",
        "people.roles": "Roles",
        "people.sessions": "Signed in",
        "people.session_count": Plural(one="in {count} browser", other="in {count} browsers"),
        "done.service_ordered": "The service is being set. It takes effect at once, and the progress is shown here.",
        "done.services_saved": "Saved. It is in force from now on.",
        "problem.nobody_there": "Nobody is there any more. Choose again.",
        "mailbox.off": "is not read",
        "mailbox.no_address": "has no address",
        "mailbox.no_address.do": "Enter the person's mailbox address in the people file.",
        "mailbox.waiting": "waits to be read for the first time",
        "mailbox.fine": "is read as it should be",
        "mailbox.partly": "is read, but some booking cannot be understood",
        "mailbox.partly.do": (
            "Open the booking in Outlook and save it again. What was known before is in force until then."
        ),
        "mailbox.blocked_not_found": "does not exist",
        "mailbox.blocked_not_found.do": (
            "Check the address in the people file. A new mailbox can take some hours to be created."
        ),
        "mailbox.blocked_forbidden": "may not be read",
        "mailbox.blocked_forbidden.do": (
            "Add the person to the group that the program may read. It can take up to two hours to take effect."
        ),
        "mailbox.blocked_not_enabled": "is not enabled",
        "mailbox.blocked_not_enabled.do": "Check that the account has a licence and a mailbox in Microsoft 365.",
        "mailbox.problem_malformed": "could not be read: the answer could not be understood",
        "mailbox.problem_malformed.do": "It is tried again automatically. Contact support if it goes on.",
        "mailbox.problem_cut_short": "could not be read: the answer was cut short",
        "mailbox.problem_cut_short.do": "It is tried again automatically. Check the network if it goes on.",
        "mailbox.problem_unreachable": "could not be read: the calendar system cannot be reached",
        "mailbox.problem_unreachable.do": "Check the network and the firewall. It is tried again automatically.",
        "mailbox.problem_server_error": "could not be read: the calendar system has an error",
        "mailbox.problem_server_error.do": (
            "It is tried again automatically. See Microsoft's service status if it goes on."
        ),
        "mailbox.problem_sign_in_refused": "could not be read: the program's sign-in is refused",
        "mailbox.problem_sign_in_refused.do": "Check the certificate or secret, and the consent in Microsoft 365.",
        "mailbox.problem_throttled": "waits: the calendar system has asked for a pause",
        "mailbox.problem_throttled.do": "It passes by itself.",
        "mailbox.problem_not_stored": "was read, but could not be stored",
        "mailbox.problem_not_stored.do": "Check the database and the disk space.",
    }
)
