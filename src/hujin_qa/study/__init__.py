"""Onboarding: a document turned into a course whose every item is cited and checked."""
