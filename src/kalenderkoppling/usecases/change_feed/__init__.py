"""The store's change feed: what other processes changed."""
