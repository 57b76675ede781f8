"""How the running system is doing: who is alive, what is missing, what waits."""
