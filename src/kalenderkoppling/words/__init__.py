"""Every text shown and every sentence spoken, one catalogue per language; pure, nothing is read from files."""

from kalenderkoppling.words.announcement import (
    announcement,
    announcement_parts,
    called_back_sentence,
    connecting_sentence,
    menu_sentence,
)
from kalenderkoppling.words.catalogue import Catalogue, Language
from kalenderkoppling.words.languages import best_language, catalogue, language_of, languages
from kalenderkoppling.words.order import fold, sort_key
from kalenderkoppling.words.phrases import clock_phrase, date_phrase, return_phrase
from kalenderkoppling.words.reasons import (
    NO_CHANGES,
    OfferedReason,
    TenantReason,
    TenantReasons,
    default_reasons,
    offered_reasons,
    reason_by_label,
    reason_kind,
    reason_label,
    reason_label_for_colleagues,
    reason_spoken,
)
from kalenderkoppling.words.shown import (
    day_heading,
    short_date,
    shown_age,
    shown_back,
    shown_clock,
    shown_stretch,
    shown_time,
    week_label,
    weekday_short,
)
from kalenderkoppling.words.texts import UnknownTextWarning, has_text, text

__all__ = [
    "NO_CHANGES",
    "Catalogue",
    "Language",
    "OfferedReason",
    "TenantReason",
    "TenantReasons",
    "UnknownTextWarning",
    "announcement",
    "announcement_parts",
    "best_language",
    "called_back_sentence",
    "catalogue",
    "clock_phrase",
    "connecting_sentence",
    "date_phrase",
    "day_heading",
    "default_reasons",
    "fold",
    "has_text",
    "language_of",
    "languages",
    "menu_sentence",
    "offered_reasons",
    "reason_by_label",
    "reason_kind",
    "reason_label",
    "reason_label_for_colleagues",
    "reason_spoken",
    "return_phrase",
    "short_date",
    "shown_age",
    "shown_back",
    "shown_clock",
    "shown_stretch",
    "shown_time",
    "sort_key",
    "text",
    "week_label",
    "weekday_short",
]
