"""Measuring: question sets in; numbers, causes, comparisons and reports out."""
