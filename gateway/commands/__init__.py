"""What `python -m gateway connectors …` and `keys …` do: one file for each idea."""
