"""Absences of anybody: the editor, what can be done in one press, undo, and why an absence is there."""
