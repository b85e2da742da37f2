"""What WeCom tells us: kept once and answered at once, acted on a moment later."""
