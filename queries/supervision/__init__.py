"""Grades as authorities deliver them."""
