"""Norwegian (bokmål) texts of the pages: one module for what all share, one for each surface."""

from kalenderkoppling.words.catalogue import joined
from kalenderkoppling.words.nb.ui.absences import ABSENCES
from kalenderkoppling.words.nb.ui.administration import ADMINISTRATION
from kalenderkoppling.words.nb.ui.audit_log import AUDIT_LOG
from kalenderkoppling.words.nb.ui.calls import CALLS
from kalenderkoppling.words.nb.ui.directory import DIRECTORY
from kalenderkoppling.words.nb.ui.every_page import EVERY_PAGE
from kalenderkoppling.words.nb.ui.mine import MINE
from kalenderkoppling.words.nb.ui.people import PEOPLE
from kalenderkoppling.words.nb.ui.shell import SHELL
from kalenderkoppling.words.nb.ui.sign_in import SIGN_IN

UI = joined(ADMINISTRATION, AUDIT_LOG, EVERY_PAGE, ABSENCES, CALLS, DIRECTORY, MINE, PEOPLE, SHELL, SIGN_IN)
