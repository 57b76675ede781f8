"""Signing in: secrets and how they are kept, sessions, second factors, and what slows down whoever guesses."""
