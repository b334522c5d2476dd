"""The audit trail: its lines, where they are kept, and what they tell of an agent."""
