"""What the office decides for itself: calendar, profile and letterhead, its letters, code lists. Version by version."""
