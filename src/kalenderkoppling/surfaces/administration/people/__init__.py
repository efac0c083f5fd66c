"""The page "Personer": who there is, who has which service, and one person with what is in force."""
