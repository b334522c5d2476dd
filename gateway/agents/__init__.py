"""Who may sign in, their passwords, and what follows wrong ones (design sections 2 and 5)."""
