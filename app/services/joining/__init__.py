"""Becoming a pemohon: registering, proving an e-mail, being validated, blocked, and objecting."""
