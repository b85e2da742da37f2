"""Who is told what, and in which words: the sentences of the house."""
