"""JSON-LD as pages and feeds hold it: blocks, nodes, and values in all their shapes."""
