"""Swedish: the standard reasons as shown and as spoken."""

from kalenderkoppling.words.standard import ReasonWords, StandardReasons

REASONS = StandardReasons(
    meeting=ReasonWords("Möte", "är i möte"),
    out_of_office=ReasonWords("Frånvarande", "är inte på plats"),
    lunch=ReasonWords("Lunch", "är på lunch"),
    away=ReasonWords("Tillfälligt ute", "är tillfälligt ute"),
    busy=ReasonWords("Upptagen", "är upptagen"),
    errand=ReasonWords("Tjänsteärende", "är ute i tjänsten"),
    business_trip=ReasonWords("Tjänsteresa", "är på tjänsteresa"),
    course=ReasonWords("Utbildning", "är på kurs"),
    gone_for_the_day=ReasonWords("Gått för dagen", "har gått för dagen"),
    part_time=ReasonWords("Deltid", "arbetar deltid"),
    day_off=ReasonWords("Ledig", "är ledig"),
    vacation=ReasonWords("Semester", "har semester"),
    parental_leave=ReasonWords("Föräldraledig", "är föräldraledig"),
    leave=ReasonWords("Tjänstledig", "är tjänstledig"),
    sick=ReasonWords("Sjuk", "är frånvarande"),
    elsewhere=ReasonWords("Arbetar på annan plats", "arbetar på annan plats"),
    other=ReasonWords("Ej anträffbar", "är inte anträffbar"),
)
