"""An app as small as one can be: it declares one thing of each kind, and nothing outside it knows its name."""
