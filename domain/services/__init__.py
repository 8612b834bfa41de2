"""One table per service: who may write what, where, when (SERVICES.md section 2)."""
