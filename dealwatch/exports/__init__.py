"""What leaves the house: export formats, and deliveries to channels. Never the publishers' body text."""
