"""One agent followed for a while: its requests, answers and events, masked."""
