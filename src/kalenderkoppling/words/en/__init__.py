"""British English: the whole catalogue."""

from babel.plural import PluralRule

from kalenderkoppling.words.catalogue import Catalogue, Language
from kalenderkoppling.words.en.formats import COLLATION, FORMATS
from kalenderkoppling.words.en.reasons import REASONS
from kalenderkoppling.words.en.speech import SPEECH
from kalenderkoppling.words.en.ui import UI

CATALOGUE = Catalogue(
    language=Language("en"),
    name="English",
    tags=("en",),
    plural=PluralRule({"one": "i = 1 and v = 0"}),
    reasons=REASONS,
    speech=SPEECH,
    ui=UI,
    formats=FORMATS,
    collation=COLLATION,
)
