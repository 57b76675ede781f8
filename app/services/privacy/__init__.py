"""What the law on personal data gives people: seeing it, who saw it, putting it right, having it erased."""
