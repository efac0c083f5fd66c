"""The directory: the list with live status, search, favourites, and the contact card with its week."""
