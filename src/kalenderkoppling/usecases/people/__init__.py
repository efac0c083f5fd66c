"""Who is in the directory and has which service; everything about one person out, or away."""
