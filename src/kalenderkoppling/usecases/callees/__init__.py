"""People as calls see them: what a decision and its announcement rest on, loaded together from the store."""
