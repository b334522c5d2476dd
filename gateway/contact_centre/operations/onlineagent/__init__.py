"""The onlineagent group: its rows, their models, and what they do."""
