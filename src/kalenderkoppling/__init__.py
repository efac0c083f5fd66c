"""Kalenderkoppling: a booking in Outlook becomes an absence or a referral in the telephone system."""
