"""A compiled procedure: what services and screens know of the three files. Immutable, shared between threads."""
