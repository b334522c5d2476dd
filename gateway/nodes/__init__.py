"""Nodes and their processes: which of them serve, are ready, and drain."""
