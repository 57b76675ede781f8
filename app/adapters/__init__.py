"""The world outside: a small interface, an embedded default and a real one each."""
