"""What is measured, each by one command; `make bench` runs them all."""
