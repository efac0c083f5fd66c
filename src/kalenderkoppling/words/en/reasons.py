"""British English: the standard reasons as shown and as spoken."""

from kalenderkoppling.words.standard import ReasonWords, StandardReasons

REASONS = StandardReasons(
    meeting=ReasonWords("Meeting", "is in a meeting"),
    out_of_office=ReasonWords("Out of office", "is out of the office"),
    lunch=ReasonWords("Lunch", "is at lunch"),
    away=ReasonWords("Out for a while", "is out for a while"),
    busy=ReasonWords("Busy", "is busy"),
    errand=ReasonWords("Out on business", "is out on business"),
    business_trip=ReasonWords("Business trip", "is travelling on business"),
    course=ReasonWords("Course", "is attending a course"),
    gone_for_the_day=ReasonWords("Left for the day", "has left for the day"),
    part_time=ReasonWords("Part time", "works part time"),
    day_off=ReasonWords("Day off", "is off duty"),
    vacation=ReasonWords("Vacation", "is on holiday"),
    parental_leave=ReasonWords("Parental leave", "is on parental leave"),
    leave=ReasonWords("Leave", "is on leave"),
    sick=ReasonWords("Sick", "is absent"),
    elsewhere=ReasonWords("Working elsewhere", "is working elsewhere"),
    other=ReasonWords("Not available", "is not available"),
)
