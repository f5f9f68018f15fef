"""Facts about nodes, edges, parts and paths, each computed once."""
