"""The desk page `/desk`: a small agent desktop in the browser that shows the wire, for demo agents (docs/desk.md)."""
