"""What callers hear: sentences, the prompts they are rendered to, and their being ready before the call."""
