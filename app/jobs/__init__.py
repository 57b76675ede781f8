"""What workers run: thin functions over services, and the processes of `make run`."""
