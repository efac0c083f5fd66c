"""Norwegian (bokmål): the standard reasons as shown and as spoken."""

from kalenderkoppling.words.standard import ReasonWords, StandardReasons

REASONS = StandardReasons(
    meeting=ReasonWords("Møte", "er i møte"),
    out_of_office=ReasonWords("Fraværende", "er ikke til stede"),
    lunch=ReasonWords("Lunsj", "er til lunsj"),
    away=ReasonWords("Ute en kort stund", "er ute en kort stund"),
    busy=ReasonWords("Opptatt", "er opptatt"),
    errand=ReasonWords("Tjenesteoppdrag", "er på tjenesteoppdrag"),
    business_trip=ReasonWords("Tjenestereise", "er på tjenestereise"),
    course=ReasonWords("Kurs", "er på kurs"),
    gone_for_the_day=ReasonWords("Gått for dagen", "har gått for dagen"),
    part_time=ReasonWords("Deltid", "arbeider deltid"),
    day_off=ReasonWords("Fri", "har fri"),
    vacation=ReasonWords("Ferie", "har ferie"),
    parental_leave=ReasonWords("Foreldrepermisjon", "har foreldrepermisjon"),
    leave=ReasonWords("Permisjon", "har permisjon"),
    sick=ReasonWords("Syk", "er fraværende"),
    elsewhere=ReasonWords("Jobber et annet sted", "jobber et annet sted"),
    other=ReasonWords("Ikke tilgjengelig", "er ikke tilgjengelig"),
)
