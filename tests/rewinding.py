"""A PostgreSQL database put back as it was: only the rows that a test changed are written again.

A new copy of a database is a thousand files; a test changes a few rows of a few tables.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from tests.servers import Postgres

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
SEQUENCES = "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"
OTHERS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
CHANGED = """
    SELECT {name} WHERE (SELECT count(*) FROM public.{table}) <> {rows}
        OR EXISTS (SELECT FROM public.{table} WHERE xmin::text::bigint > %(since)s)
"""
BACK = "DELETE FROM public.{table}; INSERT INTO public.{table} SELECT * FROM as_it_was.{table}"
AT_ONCE = 20
"""Times it is put back before the rows that are dead are swept out."""


class Rewinding:
    """The database at this address as it is now, to come back to. Its tables stay as they are; rows may change."""

    def __init__(self, postgres: Postgres, url: str) -> None:
        self._connection = postgres.connect(url.rsplit("/", 1)[1])
        tables = [str(row[0]) for row in self._ask("CREATE SCHEMA as_it_was", TABLES)]
        for table in tables:
            self._order("CREATE TABLE as_it_was.{table} AS TABLE public.{table}", table)
        self._changed = sql.SQL("UNION ALL").join(self._has_changed(table) for table in tables)
        self._sequences = self._ask(SEQUENCES)
        self._since, self._times = self._present(), 0

    def back(self) -> None:
        """Everybody else is put out, and what they changed is undone."""
        self._connection.execute(OTHERS, [self._connection.info.backend_pid])
        changed = [str(row[0]) for row in self._connection.execute(self._changed, {"since": self._since})]
        with self._connection.transaction():
            self._connection.execute("SET LOCAL session_replication_role = replica")
            for table in changed:
                self._order(BACK, table)
        for name, start, last in self._sequences:
            self._connection.execute("SELECT setval(%s, %s, %s)", [name, last or start, last is not None])
        self._times += 1
        if self._times % AT_ONCE == 0:
            self._connection.execute("VACUUM")
        self._since = self._present()

    def close(self) -> None:
        self._connection.close()

    def _has_changed(self, table: str) -> sql.Composed:
        rows = self._order("SELECT count(*) FROM as_it_was.{table}", table).fetchone()
        assert rows
        return sql.SQL(CHANGED).format(name=table, table=sql.Identifier(table), rows=rows[0])

    def _present(self) -> int:
        return int(self._ask("SELECT pg_snapshot_xmax(pg_current_snapshot())")[0][0]) - 1

    def _ask(self, *orders: str) -> list[Any]:
        for order in orders[:-1]:
            self._connection.execute(order)  # type: ignore[arg-type]
        return self._connection.execute(orders[-1]).fetchall()  # type: ignore[arg-type]

    def _order(self, order: str, table: str) -> psycopg.Cursor[Any]:
        named = sql.SQL(order).format(table=sql.Identifier(table))  # type: ignore[arg-type]
        return self._connection.execute(named)


__all__ = ["Rewinding"]
