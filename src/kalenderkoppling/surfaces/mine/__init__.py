"""My absence, and the editor of absences that the contact card uses too."""
