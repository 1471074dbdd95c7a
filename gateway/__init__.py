"""Floor 4, the front door: who asks, and how is the answer sent?"""
