"""What Keras offers: facts (generated), domains and rules (ours), and the join of the three."""
