"""What residents do: drafts, uploads, sending, receipts, the status of a request."""
