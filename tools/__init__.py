"""What is run beside the product: the demo company, the simulated crowd, the measurements. Nothing imports it."""
