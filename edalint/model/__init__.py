"""The vocabulary that every room speaks: values, conditions, resources, graph, findings."""
