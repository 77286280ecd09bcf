"""The bus contract: every message, every subject, every stream and bucket. A frontend in another language needs only this."""
