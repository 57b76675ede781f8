"""The groups of settings, each read from the environment by itself; `app.config` is all of them."""
