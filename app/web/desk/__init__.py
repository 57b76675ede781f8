"""The officers' rooms: inbox, the task screen, many tasks at once."""
