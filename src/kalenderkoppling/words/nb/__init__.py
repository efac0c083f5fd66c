"""Norwegian (bokmål): the whole catalogue."""

from babel.plural import PluralRule

from kalenderkoppling.words.catalogue import Catalogue, Language
from kalenderkoppling.words.nb.formats import COLLATION, FORMATS
from kalenderkoppling.words.nb.reasons import REASONS
from kalenderkoppling.words.nb.speech import SPEECH
from kalenderkoppling.words.nb.ui import UI

# Readers of nynorsk are served too: bokmål is nearer to them than any other language here.
CATALOGUE = Catalogue(
    language=Language("nb"),
    name="Norsk",
    tags=("nb", "no", "nn"),
    plural=PluralRule({"one": "n = 1"}),
    reasons=REASONS,
    speech=SPEECH,
    ui=UI,
    formats=FORMATS,
    collation=COLLATION,
)
