"""A procedure is three files joined by BPMN ids; here they are read, checked and compiled."""
