"""Tables, each with the queries that read it. The only package that imports SQLAlchemy."""
