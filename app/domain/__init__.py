"""Pure rules of the office: standard library only, no clock of its own, no database."""
