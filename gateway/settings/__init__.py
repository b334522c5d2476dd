"""Settings: the table of them, the properties file they come from, and their reload while agents stay signed in."""
