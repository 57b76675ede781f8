"""The counter: an officer files for people who stand there, and hands them what is theirs."""
