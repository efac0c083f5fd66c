"""British English times, dates, weeks and order of names on the pages."""

from kalenderkoppling.words.catalogue import Collation, Formats

FORMATS = Formats(
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    weekdays_short=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    months_short=(
        *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
        *("Jul", "Aug", "Sept", "Oct", "Nov", "Dec"),
    ),
    clock="{hour:02}:{minute:02}",
    date="{weekday} {day} {month}",
    date_with_year="{date} {year}",
    heading="{near}, {date}",
    today="today",
    tomorrow="tomorrow",
    yesterday="yesterday",
    week="week {week}",
    back="back {when}",
)

COLLATION = Collation()
