"""Floor 1: who lives in the city, and how are they reached?"""
