"""Floor 0: how is the city spoken to?"""
