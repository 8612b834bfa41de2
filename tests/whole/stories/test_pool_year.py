"""A year of the pool: forty experts of twelve organisations, sixty requests, people who say no,
have a conflict or do not answer, vettings that expire, one acute night, three meetings; and what
the server holds of it at the end.

Holds client/pool/desk.py, client/pool/inviting.py, client/pool/deployments.py,
client/pool/profiles.py, domain/services/pool/deployment.py, domain/services/pool/profile.py,
domain/services/pool/meetings.py.
"""
