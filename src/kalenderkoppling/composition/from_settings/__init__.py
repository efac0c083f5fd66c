"""From the settings file to what each part of the program is given."""
