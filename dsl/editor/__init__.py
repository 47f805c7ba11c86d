"""What an editor asks about a place in a text: what fits here, and what is this."""
