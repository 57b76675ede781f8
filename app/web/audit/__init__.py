"""The auditor's rooms."""
