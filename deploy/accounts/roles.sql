-- The services' roles in PostgreSQL, with passwords of throw-away systems (compose, overlay dev). Their rights follow with the schema
-- (db-apply), which the owner makes. For a database that is there already: psql -f roles.sql, then db-apply.
create role ingest login password 'ingest';
create role twin_state login password 'twin-state';
create role simulation login password 'simulation';
create role query login password 'query';
