//! All tables, rows and sequences of a database, hashed as the lines of `COPY … TO STDOUT` with the settings that
//! `pg_dump` uses, so that a dump gives the same values.

use futures_util::StreamExt;
use sha2::Digest;
use sha2::Sha256;
use tokio_postgres::Client;
use tokio_postgres::Error;
use tokio_postgres::Row;

use crate::docker::Seat;
use crate::postgres::line::Line;
use crate::world::Database;
use crate::world::Sequence;
use crate::world::Table;

/// One snapshot for everything, no writing, and text as `pg_dump` writes it.
const SETTINGS: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL datestyle = ISO; SET LOCAL intervalstyle = postgres; SET LOCAL extra_float_digits = 3;
    SET LOCAL bytea_output = hex; SET LOCAL search_path = ''; SET LOCAL client_encoding = 'UTF8'";

const CLUSTER: &str = "SELECT system_identifier::text, current_setting('server_version'),
    current_setting('data_directory') FROM pg_catalog.pg_control_system()";

/// Tables with their copied columns (generated ones are not copied), and the column that says when a row was
/// written, if one does by default.
const TABLES: &str = "SELECT n.nspname::text, c.relname::text,
        coalesce(array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attgenerated = ''), '{}') AS columns,
        min(a.attname::text) FILTER (WHERE a.atttypid IN (1114, 1184)
            AND pg_catalog.pg_get_expr(d.adbin, d.adrelid) ~* '^(now\\(\\)|current_timestamp)') AS written
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND c.relpersistence <> 't'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
    GROUP BY 1, 2 ORDER BY 1, 2";

const SEQUENCES: &str = "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND c.relpersistence <> 't' ORDER BY 1, 2";

/// The database's own folder, and the file of each table with rows; tables in another tablespace lie elsewhere.
const FILES: &str = "SELECT 'base/' || oid || '/PG_VERSION' FROM pg_catalog.pg_database
        WHERE datname = pg_catalog.current_database()
    UNION ALL SELECT pg_catalog.pg_relation_filepath(c.oid) FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND c.reltablespace = 0
            AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
            AND pg_catalog.pg_relation_size(c.oid) > 0
    ORDER BY 1";

/// What each table is: its owner, columns, constraints, indexes and triggers.
const SHAPES: &str = "WITH own AS (SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relowner
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence <> 't'
            AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%')
    SELECT name, 'owner ' || pg_catalog.pg_get_userbyid(relowner) AS line FROM own
    UNION ALL SELECT name, 'column ' || a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
        || coalesce(' default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), '')
        FROM own JOIN pg_catalog.pg_attribute a ON a.attrelid = own.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = own.oid AND d.adnum = a.attnum
    UNION ALL SELECT name, 'constraint ' || conname || ' ' || pg_catalog.pg_get_constraintdef(k.oid)
        FROM own JOIN pg_catalog.pg_constraint k ON k.conrelid = own.oid
    UNION ALL SELECT name, 'index ' || pg_catalog.pg_get_indexdef(i.indexrelid)
        FROM own JOIN pg_catalog.pg_index i ON i.indrelid = own.oid
    UNION ALL SELECT name, 'trigger ' || pg_catalog.pg_get_triggerdef(t.oid)
        FROM own JOIN pg_catalog.pg_trigger t ON t.tgrelid = own.oid AND NOT t.tgisinternal
    UNION ALL SELECT name, 'key ' || a.attname
        FROM own JOIN pg_catalog.pg_index i ON i.indrelid = own.oid AND i.indisprimary
        JOIN pg_catalog.pg_attribute a ON a.attrelid = own.oid AND a.attnum = ANY (i.indkey)
    ORDER BY 1, 2";

/// Reads everything; the connection is not used for anything else.
pub(super) async fn take(client: &Client, seat: &Seat) -> Result<Database, Error> {
    client.batch_execute(SETTINGS).await?;
    let cluster = client.query_one(CLUSTER, &[]).await?;
    let mut tables = Vec::new();
    for row in client.query(TABLES, &[]).await? {
        tables.push(table(client, &row, seat.created).await?);
    }
    for row in client.query(SHAPES, &[]).await? {
        let (name, line): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let Some(table) = tables.iter_mut().find(|table: &&mut Table| table.name == name) else { continue };
        match line.strip_prefix("key ") {
            Some(column) => table.key.push(column.to_owned()),
            None => table.shape.push(line),
        }
    }
    let mut sequences = Vec::new();
    for row in client.query(SEQUENCES, &[]).await? {
        sequences.push(sequence(client, row.try_get(0)?, row.try_get(1)?).await?);
    }
    let mut files = Vec::new();
    for row in client.query(FILES, &[]).await? {
        files.push(row.try_get(0)?);
    }
    Ok(Database {
        container_id: seat.id.clone(),
        system_identifier: cluster.try_get::<_, String>(0)?.parse().unwrap_or(0),
        version: cluster.try_get(1)?,
        data_directory: cluster.try_get(2)?,
        files,
        tables,
        sequences,
    })
}

async fn table(client: &Client, row: &Row, container_created: f64) -> Result<Table, Error> {
    let (schema, name): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
    let columns: Vec<String> = row.try_get(2)?;
    let written: Option<String> = row.try_get(3)?;
    let target = format!("{}.{}", quoted(schema), quoted(name));
    let list: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    // A table without columns has rows all the same, but none that COPY could list.
    let list = if list.is_empty() { String::new() } else { format!(" ({})", list.join(", ")) };
    let mut lines = Rows::default();
    let mut stream = Box::pin(client.copy_out(&format!("COPY {target}{list} TO STDOUT")).await?);
    while let Some(part) = stream.next().await {
        lines.feed(&part?);
    }
    let older = match written {
        None => None,
        Some(column) => {
            let count = format!(
                "SELECT count(*) FROM {target} WHERE {} < pg_catalog.to_timestamp($1::float8)",
                quoted(&column)
            );
            let counted = client.query_one(&count, &[&container_created]).await?;
            Some(counted.try_get::<_, i64>(0)?.unsigned_abs())
        }
    };
    Ok(Table { older, ..lines.table(format!("{schema}.{name}"), columns) })
}

async fn sequence(client: &Client, schema: &str, name: &str) -> Result<Sequence, Error> {
    let target = format!("{}.{}", quoted(schema), quoted(name));
    let row = client.query_one(&format!("SELECT last_value, is_called FROM {target}"), &[]).await?;
    Ok(Sequence { name: format!("{schema}.{name}"), last_value: row.try_get(0)?, is_called: row.try_get(1)? })
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The rows of one table as they go by, a line each.
#[derive(Default)]
pub(super) struct Rows {
    rest: Vec<u8>,
    rows: u64,
    sum: u128,
    hashes: Vec<String>,
    lines: Vec<String>,
    bytes: usize,
}

impl Rows {
    /// Takes a part of the stream; it may end anywhere.
    fn feed(&mut self, part: &[u8]) {
        let mut part = part;
        while let Some(end) = part.iter().position(|&byte| byte == b'\n') {
            if self.rest.is_empty() {
                self.line(&part[..end]);
            } else {
                let mut line = std::mem::take(&mut self.rest);
                line.extend_from_slice(&part[..end]);
                self.line(&line);
            }
            part = &part[end + 1..];
        }
        self.rest.extend_from_slice(part);
    }

    /// Takes one row, without its line end.
    pub(super) fn line(&mut self, line: &[u8]) {
        self.hashed(Sha256::digest(line).into(), line, line.len());
    }

    /// Takes one row that was hashed as it went by.
    pub(super) fn take(&mut self, line: Line) {
        let (hash, begin, length) = line.finish();
        self.hashed(hash, &begin, length);
    }

    fn hashed(&mut self, hash: [u8; 32], begin: &[u8], length: usize) {
        let mut wide = [0; 16];
        wide.copy_from_slice(&hash[..16]);
        // A sum does not depend on the order of rows, and counts a row twice that stands twice.
        self.sum = self.sum.wrapping_add(u128::from_be_bytes(wide));
        self.rows += 1;
        self.bytes += length;
        if self.rows <= Table::SHOWN.0 as u64 && self.bytes <= Table::SHOWN.1 {
            self.lines.push(String::from_utf8_lossy(begin).into_owned());
        }
        if self.hashes.len() <= Table::KEPT {
            self.hashes.push(wide[..8].iter().map(|byte| format!("{byte:02x}")).collect());
        }
    }

    /// The table that these rows make.
    pub(super) fn table(mut self, name: String, columns: Vec<String>) -> Table {
        self.hashes.sort();
        self.lines.sort();
        let whole = self.lines.len() as u64 == self.rows;
        Table {
            name,
            columns,
            rows: self.rows,
            digest: format!("{:032x}", self.sum),
            hashes: (self.hashes.len() <= Table::KEPT).then_some(self.hashes),
            older: None,
            shape: Vec::new(),
            key: Vec::new(),
            lines: whole.then_some(self.lines),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_do_not_depend_on_order_or_on_how_the_stream_was_cut() {
        let table = |parts: &[&str]| {
            let mut rows = Rows::default();
            for part in parts {
                rows.feed(part.as_bytes());
            }
            rows.table("t".to_owned(), Vec::new())
        };
        assert_eq!(table(&["1\ta\n2\tb\n"]), table(&["2\t", "b\n1\ta", "\n"]));
        assert_ne!(table(&["1\ta\n"]).digest, table(&["1\ta\n1\ta\n"]).digest);
    }
}
