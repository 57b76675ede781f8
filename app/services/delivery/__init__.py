"""Results on their way to their people: signed PDFs taken in, sent, archived, and taken back where they went wrong."""
