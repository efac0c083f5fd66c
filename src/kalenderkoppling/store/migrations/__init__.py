"""The steps that bring a database's tables up to date; each can be run under the release before it."""
