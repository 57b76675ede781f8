"""Property tests measure what they bound themselves; a busy machine must not fail them by a deadline."""

from hypothesis import settings

settings.register_profile("domain", deadline=None)
settings.load_profile("domain")
