"""`make bench`: what the application costs beside hand-written SQL, on each database, durably committed."""
