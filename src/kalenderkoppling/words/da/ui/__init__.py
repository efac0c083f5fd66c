"""Danish texts of the pages: one module for what all share, one for each surface.

What Swedish calls *hänvisning* has no word of its own on Danish telephones: calls are *viderestillet*, at once or
where nobody answers (*ved intet svar*), here to an announcement, *en besked*. Whoever answers the company's calls
sits at the *omstilling*, and an extension is a *lokalnummer*. A booking is an *aftale*, as in Outlook.
"""

from kalenderkoppling.words.catalogue import joined
from kalenderkoppling.words.da.ui.absences import ABSENCES
from kalenderkoppling.words.da.ui.administration import ADMINISTRATION
from kalenderkoppling.words.da.ui.audit_log import AUDIT_LOG
from kalenderkoppling.words.da.ui.calls import CALLS
from kalenderkoppling.words.da.ui.directory import DIRECTORY
from kalenderkoppling.words.da.ui.every_page import EVERY_PAGE
from kalenderkoppling.words.da.ui.mine import MINE
from kalenderkoppling.words.da.ui.people import PEOPLE
from kalenderkoppling.words.da.ui.shell import SHELL
from kalenderkoppling.words.da.ui.sign_in import SIGN_IN

UI = joined(ADMINISTRATION, AUDIT_LOG, EVERY_PAGE, ABSENCES, CALLS, DIRECTORY, MINE, PEOPLE, SHELL, SIGN_IN)
