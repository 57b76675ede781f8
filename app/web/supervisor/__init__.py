"""The supervisor's rooms: how the work stands."""
