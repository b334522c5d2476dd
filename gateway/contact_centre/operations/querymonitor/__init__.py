"""The querymonitor group: its rows, their models, and what they do."""
