"""Several processes on the same sockets (WORKERS), and what systemd passes on and wants to hear."""
