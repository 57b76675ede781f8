"""Reads the three files of a procedure (bpmn, ikmt, forms), checks them, and compiles them for screens and engine."""
