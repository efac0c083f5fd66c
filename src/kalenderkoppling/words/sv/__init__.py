"""Swedish: the whole catalogue."""

from babel.plural import PluralRule

from kalenderkoppling.words.catalogue import Catalogue, Language
from kalenderkoppling.words.sv.formats import COLLATION, FORMATS
from kalenderkoppling.words.sv.reasons import REASONS
from kalenderkoppling.words.sv.speech import SPEECH
from kalenderkoppling.words.sv.ui import UI

CATALOGUE = Catalogue(
    language=Language("sv"),
    name="Svenska",
    tags=("sv",),
    plural=PluralRule({"one": "i = 1 and v = 0"}),
    reasons=REASONS,
    speech=SPEECH,
    ui=UI,
    formats=FORMATS,
    collation=COLLATION,
)
