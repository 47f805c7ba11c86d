"""Programs drawn by chance, checked here and built by Keras: what the two disagree on."""
