"""The audit log as administrators read it: filtered, exported, verified."""
