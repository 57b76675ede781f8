"""The auditor's work: read the trail entry by entry, hold all of it against its seals, take it away."""
