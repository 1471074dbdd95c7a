"""Pages for people: GraphiQL, served wholly by ourselves."""
