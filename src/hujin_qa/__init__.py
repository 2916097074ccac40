"""Ask a Chinese document questions and trust the answers."""
