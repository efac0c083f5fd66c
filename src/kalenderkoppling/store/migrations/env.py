"""What Alembic runs: the steps, over the connection and inside the transaction that `schema.migrate` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
