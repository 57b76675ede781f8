"""Pages for everybody: the front page, the catalogue, the plain texts, what people think of the service."""
