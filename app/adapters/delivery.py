"""What can become of a message that was handed to a carrier (mail, WhatsApp) and not taken."""


class Deferred(Exception):
    """Not taken now: try again later."""


class Rejected(Exception):
    """The carrier's final no: trying again changes nothing."""
