"""Swedish texts of the pages: one module for what all share, one for each surface."""

from kalenderkoppling.words.catalogue import joined
from kalenderkoppling.words.sv.ui.absences import ABSENCES
from kalenderkoppling.words.sv.ui.administration import ADMINISTRATION
from kalenderkoppling.words.sv.ui.audit_log import AUDIT_LOG
from kalenderkoppling.words.sv.ui.calls import CALLS
from kalenderkoppling.words.sv.ui.directory import DIRECTORY
from kalenderkoppling.words.sv.ui.every_page import EVERY_PAGE
from kalenderkoppling.words.sv.ui.mine import MINE
from kalenderkoppling.words.sv.ui.people import PEOPLE
from kalenderkoppling.words.sv.ui.shell import SHELL
from kalenderkoppling.words.sv.ui.sign_in import SIGN_IN

UI = joined(ADMINISTRATION, AUDIT_LOG, EVERY_PAGE, ABSENCES, CALLS, DIRECTORY, MINE, PEOPLE, SHELL, SIGN_IN)
