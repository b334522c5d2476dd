"""Who may sign in, their passwords, and what follows wrong ones."""
