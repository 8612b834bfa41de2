"""The expert pool (TABLES.md S7, SERVICES.md 2.7): the profile of each expert, the deployment of
some on a case, and the pool's meetings; each is a service of its own."""
