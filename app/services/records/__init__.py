"""What stays: the trail and its verification, the history in sentences, the archive."""
