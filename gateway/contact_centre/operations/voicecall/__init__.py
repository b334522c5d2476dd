"""The voicecall group: its rows, their models, and what they do."""
