"""English: texts of the page of the audit log, and of a person's data."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

AUDIT_LOG: Mapping[str, Text] = MappingProxyType(
    {
        "administration.log": "Log",
        "log.narrow": "Search the log",
        "log.means": (
            "Who did what for whom, newest first. Subjects of bookings are never here. Contents older than "
            "twelve months are erased."
        ),
        "log.person": "About",
        "log.person.means": (
            "Name or id. Searching for a person shows what was changed in that person's absences, and the "
            "log notes that you have read it."
        ),
        "log.actor": "Done by",
        "log.act": "Event",
        "log.any_act": "All events",
        "log.since": "From",
        "log.until": "To",
        "log.search": "Search",
        "log.readings": "Who has read absences",
        "log.entries": "Events",
        "log.time": "Time",
        "log.details": "What was changed",
        "log.became": "became",
        "log.erased": "Erased",
        "log.older": "Show older",
        "log.none": "No events to show.",
        "log.export": "Export",
        "log.export.means": (
            "All events that the search gives, at most 100,000, with what was changed. The log notes that "
            "you have read others' absences."
        ),
        "log.export.csv": "Download as CSV",
        "log.export.jsonl": "Download as JSON lines",
        "log.verify": "Verify the log",
        "log.verify.means": "Tells whether somebody has changed, removed or cut off events.",
        "log.verify.do": "Verify",
        "log.verified.well": "The log is whole.",
        "log.verified.wrong": "The log is not whole.",
        "log.verified.unreadable": (
            "The file outside the database with the ends of the log cannot be read, so the log could not be verified."
        ),
        "log.verified.counts": "Whole events: {whole}. Erased by the rules: {erased}.",
        "log.verified.restored": "Restored from a backup {when}, after event {number}.",
        "log.verified.lost": "Later events, up to {last}, are gone.",
        "log.problem.broken": "Event {number} was changed, or does not follow the one before it.",
        "log.problem.contents_gone": (
            "The contents of event {number} are gone, and the log does not say that they were erased."
        ),
        "log.problem.cut": "The log ends before event {number}, which has existed.",
        "log.problem.another": "Event {number} is another than the one that has existed.",
        "log.data_of": "Data about {name}",
        "log.of_person": "In the log",
        "log.of_person.means": "What was done for the person, and who has read the person's absences.",
        "log.of_person.show": "Show events",
        "log.hand_out": "Hand out data",
        "log.hand_out.means": (
            "A file with everything that is kept about the person. The log notes that it was handed out."
        ),
        "log.hand_out.do": "Download as JSON",
        "log.erase": "Erase the person",
        "log.erase.means": (
            "Removes the person with absences, rules, calls, recordings and everything else, in the log too."
            " It cannot be undone. When an old backup is restored, the person is erased again."
        ),
        "log.erase.source": (
            "Take the person out of the directory's source as well: otherwise the next import brings the person back."
        ),
        "log.erase.type": "Type {name} to confirm",
        "log.erase.do": "Erase for good",
        "problem.not_the_name": "That is not the name. Nothing was erased.",
        "done.person_erased": "The person is erased.",
        "log.act.create_absence": "Added an absence",
        "log.act.edit_absence": "Edited an absence",
        "log.act.remove_absence": "Removed an absence",
        "log.act.restore_absence": "Put an absence back",
        "log.act.choose": "Made a choice for a booking",
        "log.act.set_own_rules": "Changed own rules",
        "log.act.set_rules": "Changed rules",
        "log.act.set_service": "Changed services",
        "log.act.set_settings": "Changed settings",
        "log.act.import_people": "Imported people",
        "log.act.read_absences": "Read absences",
        "log.act.export_person": "Handed out data about a person",
        "log.act.erase_person": "Erased a person",
        "log.act.call_back_done": "Finished a call-back request",
        "log.act.record_phrase": "Recorded a phrase",
        "log.act.remove_recording": "Removed a recording",
        "log.act.link_sign_in": "Linked a sign-in to a person",
        "log.act.unlink_sign_in": "Unlinked a sign-in from a person",
        "log.act.erase_entries": "Erased contents of the log",
        "log.act.back_up": "Made a backup",
        "log.act.restore": "Restored a backup",
        "log.act.make_administrator": "Made a local administrator",
        "log.act.set_administrator_password": "Set a local administrator's password",
        "log.act.remove_administrator": "Removed a local administrator",
        "log.act.administrator_sign_in": "A local administrator signed in",
        "log.act.refused_sign_in": "A sign-in was refused",
    }
)
