"""What a pemohon and the office write to each other about a case, of whatever procedure."""
