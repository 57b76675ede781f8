"""Figures over the whole office, counted from the trail: for supervisors and heads."""
