"""How questions arrive and answers leave."""
