"""Events on their way to the desktop: polls that wait, deliveries that are confirmed (docs/design/events.md)."""
