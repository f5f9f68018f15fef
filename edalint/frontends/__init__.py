"""Languages: each turns its sources into units of resources."""
