"""Telling people: notices inside, letters outside, and whether they arrived."""
