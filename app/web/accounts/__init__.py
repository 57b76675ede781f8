"""Having an account: registering, signing in, keeping it safe, what is held about its owner."""
