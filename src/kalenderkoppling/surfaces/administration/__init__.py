"""The administrator's pages: a folder per page, below one item of the menu."""
