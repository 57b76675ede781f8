"""Work without a person: jobs, timers, what is late, digests."""
