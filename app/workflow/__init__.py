"""The pure engine over SpiffWorkflow: no database, no clock, no mail. The only importer of SpiffWorkflow."""
