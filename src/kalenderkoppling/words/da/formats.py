"""Danish times, dates, weeks and order of names on the pages."""

from kalenderkoppling.words.catalogue import Collation, Formats

# A time is written with a colon, which Danish has beside the full stop: "13.05" runs into the dates before it.
FORMATS = Formats(
    weekdays=("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    weekdays_short=("man.", "tirs.", "ons.", "tors.", "fre.", "lør.", "søn."),
    months=(
        *("januar", "februar", "marts", "april", "maj", "juni"),
        *("juli", "august", "september", "oktober", "november", "december"),
    ),
    months_short=(
        *("jan.", "feb.", "mar.", "apr.", "maj", "jun."),
        *("jul.", "aug.", "sep.", "okt.", "nov.", "dec."),
    ),
    clock="{hour:02}:{minute:02}",
    date="{weekday} d. {day}. {month}",
    date_with_year="{date} {year}",
    heading="{near}, {date}",
    today="i dag",
    tomorrow="i morgen",
    yesterday="i går",
    week="uge {week}",
    back="tilbage {when}",
)

# Aa is an old spelling of å, and many names keep it: Aagaard stands with Ågård.
COLLATION = Collation(after_z="æøå", counts_as={"aa": "å", "ä": "æ", "ö": "ø", "ü": "y"})
