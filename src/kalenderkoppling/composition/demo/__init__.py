"""The demo: a pretend company, with the server and the voice process as they run for real."""
