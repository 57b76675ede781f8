"""Who somebody is, and how often they may fail to say so."""
