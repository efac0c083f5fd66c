"""British English texts of the pages: one module for what all share, one for each surface."""

from kalenderkoppling.words.catalogue import joined
from kalenderkoppling.words.en.ui.absences import ABSENCES
from kalenderkoppling.words.en.ui.administration import ADMINISTRATION
from kalenderkoppling.words.en.ui.audit_log import AUDIT_LOG
from kalenderkoppling.words.en.ui.calls import CALLS
from kalenderkoppling.words.en.ui.directory import DIRECTORY
from kalenderkoppling.words.en.ui.every_page import EVERY_PAGE
from kalenderkoppling.words.en.ui.mine import MINE
from kalenderkoppling.words.en.ui.people import PEOPLE
from kalenderkoppling.words.en.ui.shell import SHELL
from kalenderkoppling.words.en.ui.sign_in import SIGN_IN

UI = joined(ADMINISTRATION, AUDIT_LOG, EVERY_PAGE, ABSENCES, CALLS, DIRECTORY, MINE, PEOPLE, SHELL, SIGN_IN)
