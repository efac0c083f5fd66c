"""One step per file, named by its number; a step that was released is never changed."""
