"""What administrators reach: the admin listener with its guard, its tokens and sessions, and pages of its own."""
