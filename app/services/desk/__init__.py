"""What officers read and do across cases: inbox, taking, many at once, papers side by side."""
