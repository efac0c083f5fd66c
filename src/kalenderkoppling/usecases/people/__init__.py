"""The directory and its services: import people, set services, export and erase a person."""
