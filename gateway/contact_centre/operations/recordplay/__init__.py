"""The recordplay group: its rows, their models, and what they do."""
