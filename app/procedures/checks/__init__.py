"""What must hold between the three files of a procedure. Each module looks at one thing."""
