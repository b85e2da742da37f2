"""What whoever keeps the house reads of this app: which channels are shut, not what was sent over them."""

KEPT = ("channelpause",)
