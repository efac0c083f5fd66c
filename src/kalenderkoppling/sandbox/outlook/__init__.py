"""The pretend Outlook of the demo: a small web page where a newcomer books for anybody in the pretend company.

It changes the `World` as people do in Outlook, so the pretend Graph notifies as for every other change. It belongs to
the demo, says so on every page, and listens on loopback only.
"""

from kalenderkoppling.sandbox.outlook.page import OutlookPage

__all__ = ["OutlookPage"]
