"""Danish: the standard reasons as shown and as spoken."""

from kalenderkoppling.words.standard import ReasonWords, StandardReasons

REASONS = StandardReasons(
    meeting=ReasonWords("Møde", "er til møde"),
    out_of_office=ReasonWords("Fraværende", "er ikke til stede"),
    lunch=ReasonWords("Frokost", "er til frokost"),
    away=ReasonWords("Ude et øjeblik", "er ude et øjeblik"),
    busy=ReasonWords("Optaget", "er optaget"),
    errand=ReasonWords("Ude af huset", "er ude af huset"),
    business_trip=ReasonWords("Tjenesterejse", "er på tjenesterejse"),
    course=ReasonWords("Kursus", "er på kursus"),
    gone_for_the_day=ReasonWords("Gået for i dag", "er gået for i dag"),
    part_time=ReasonWords("Deltid", "arbejder på deltid"),
    day_off=ReasonWords("Fri", "har fri"),
    vacation=ReasonWords("Ferie", "er på ferie"),
    parental_leave=ReasonWords("Forældreorlov", "er på forældreorlov"),
    leave=ReasonWords("Orlov", "har orlov"),
    sick=ReasonWords("Syg", "er fraværende"),
    elsewhere=ReasonWords("Arbejder et andet sted", "arbejder et andet sted"),
    other=ReasonWords("Kan ikke træffes", "kan ikke træffes"),
)
