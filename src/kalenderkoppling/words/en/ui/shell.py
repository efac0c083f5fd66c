"""English: texts of the frame around every page, and of list and card beside what the directory has."""

from collections.abc import Mapping
from types import MappingProxyType

from kalenderkoppling.words.catalogue import Text

SHELL: Mapping[str, Text] = MappingProxyType(
    {
        # The frame of every page.
        "app.menu": "Menu",
        "app.to_start": "To the directory",
        "app.choose_language": "Change language",
        "app.account": "Your account",
        "app.offline": "No connection",
        # The demo says what it is.
        "demo.says": "Demo with a made-up company.",
        "demo.outlook": "Open the pretend Outlook",
        "sign_in.suggested": "Suggestions",
        "sign_in.search": "Find a person",
        "sign_in.no_one": "No match for “{query}”.",
        "sign_in.welcome": "See who is free, in a call or absent, straight from the calendar.",
        # The list.
        "list.back": "Back to the list",
        "list.line_unknown": "the line's status is unknown",
        "list.no_telephone_system": "No telephone system is connected, so the colour shows absence only, not calls.",
        "list.legend": "How to read the list",
        "search.help": (
            "Try fewer words, a department, a responsibility such as “permits” or some digits of the number."
        ),
        "search.clear": "Clear the search",
        "search.several": "Several words work: name, department, place.",
        # The contact card.
        "card.choose": "Choose a person in the list to see the card and the week.",
        "card.contact": "Contact",
        "card.close": "Close the contact card",
        "card.to_my_absence": "Change in My absence",
        "card.note": "Note: {note}",
        "card.no_service": "The calendar is not connected to the directory.",
        "week.of": "{week}, {start} – {end}",
        "week.now": "Now",
        # Keys.
        "keys.title": "Shortcuts",
        "keys.single_on": "Use single-letter shortcuts (/, ? and f)",
        # The live mark.
        "live.signed_out": "Signed out, status is not updated",
        "live.too_many": "Too many open pages, status is not updated here",
        "live.back": "Status is live again.",
        "live.stale": "The connection is lost. Status may be old.",
        # Errors.
        "error.status": "Error {status}",
        "error.not_sent": "The server could not be reached. Try again.",
    }
)
