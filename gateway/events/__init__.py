"""Events on their way to the desktop: polls that wait, deliveries that are confirmed (design section 9)."""
