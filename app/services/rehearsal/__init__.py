"""Invented people and random cases, for demonstrations and proofs."""
