"""The resident's rooms: permohonan, their steps, discussion, questions, notices, papers."""
