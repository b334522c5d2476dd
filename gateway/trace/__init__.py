"""One agent followed at DEBUG: its requests, answers and events, masked."""
