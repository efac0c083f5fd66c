"""Danish: the whole catalogue."""

from babel.plural import PluralRule

from kalenderkoppling.words.catalogue import Catalogue, Language
from kalenderkoppling.words.da.formats import COLLATION, FORMATS
from kalenderkoppling.words.da.reasons import REASONS
from kalenderkoppling.words.da.speech import SPEECH
from kalenderkoppling.words.da.ui import UI

CATALOGUE = Catalogue(
    language=Language("da"),
    name="Dansk",
    tags=("da",),
    plural=PluralRule({"one": "n = 1 or t != 0 and i = 0,1"}),
    reasons=REASONS,
    speech=SPEECH,
    ui=UI,
    formats=FORMATS,
    collation=COLLATION,
)
