"""Norwegian times, dates, weeks and order of names on the pages."""

from kalenderkoppling.words.catalogue import Collation, Formats

FORMATS = Formats(
    weekdays=("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    weekdays_short=("man.", "tir.", "ons.", "tor.", "fre.", "lør.", "søn."),
    months=(
        *("januar", "februar", "mars", "april", "mai", "juni"),
        *("juli", "august", "september", "oktober", "november", "desember"),
    ),
    months_short=(
        *("jan.", "feb.", "mars", "apr.", "mai", "juni"),
        *("juli", "aug.", "sep.", "okt.", "nov.", "des."),
    ),
    clock="{hour:02}:{minute:02}",
    date="{weekday} {day}. {month}",
    date_with_year="{date} {year}",
    heading="{near}, {date}",
    today="i dag",
    tomorrow="i morgen",
    yesterday="i går",
    week="uke {week}",
    back="tilbake {when}",
)

# Aa is an old spelling of å: Aasen stands with Åsen.
COLLATION = Collation(after_z="æøå", counts_as={"aa": "å", "ä": "æ", "ö": "ø", "ü": "y"})
