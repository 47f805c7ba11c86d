"""What a program costs: multiply-adds and bytes, of each layer, of inference and of a step of training; pure."""
