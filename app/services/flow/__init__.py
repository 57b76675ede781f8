"""A case and its tasks: open, claim, release, complete, withdraw; what a step brings about."""
