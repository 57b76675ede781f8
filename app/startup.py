"""While the house is read in nothing is thrown away, so the collector rests: a quarter of the time until ready.

The first import of app/__init__.py begins it, its last line ends it.
"""

import gc

gc.disable()


def over() -> None:
    """What is loaded by now stays until the end: from here on only what comes later is looked through."""
    gc.freeze()
    gc.enable()
