"""Simulated customers: whoever calls, writes, or uses an agent's phone by hand."""
