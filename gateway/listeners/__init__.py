"""HTTP and HTTPS sockets, the connections they bring, certificates, and the drain at the end."""
