"""What all pages share: sign-in, sessions, roles, forgery guard, layout, errors and the live stream."""
