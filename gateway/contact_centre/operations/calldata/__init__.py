"""The calldata group: its rows, their models, and what they do."""
