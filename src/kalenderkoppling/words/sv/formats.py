"""Swedish times, dates, weeks and order of names on the pages."""

from kalenderkoppling.words.catalogue import Collation, Formats

FORMATS = Formats(
    weekdays=("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    weekdays_short=("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    months=(
        *("januari", "februari", "mars", "april", "maj", "juni"),
        *("juli", "augusti", "september", "oktober", "november", "december"),
    ),
    months_short=(
        *("jan.", "feb.", "mars", "apr.", "maj", "juni"),
        *("juli", "aug.", "sep.", "okt.", "nov.", "dec."),
    ),
    clock="{hour:02}:{minute:02}",
    date="{weekday} {day} {month}",
    date_with_year="{date} {year}",
    heading="{near}, {date}",
    today="i dag",
    tomorrow="i morgon",
    yesterday="i går",
    week="v. {week}",
    back="åter {when}",
)

COLLATION = Collation(after_z="åäö", counts_as={"æ": "ä", "ø": "ö", "ü": "y"})
