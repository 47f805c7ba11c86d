"""Reading: text to tree. The only place that knows lark."""
