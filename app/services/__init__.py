"""Use cases, named by verbs. They ask can(), decide, and are the only place that commits."""
