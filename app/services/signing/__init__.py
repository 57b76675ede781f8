"""Signing the office's letters and papers: what waits, what was seen, who signs, what became of it."""
