"""What the catalogue says of each name, for people: entries, examples, lists; pure."""
