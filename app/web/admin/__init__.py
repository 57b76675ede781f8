"""The admin's rooms."""
