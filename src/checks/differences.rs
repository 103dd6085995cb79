//! The first difference between two states of a table: what it is, then which row, which column, and both values.

use crate::text::Text;
use crate::text::say;
use crate::world::Table;

/// What a table is in one state and not in the other: a column, a constraint, an owner.
pub(super) fn of_shapes(source: &[Table], copy: &[Table], name: &str) -> Option<Text> {
    for table in source.iter().filter(|table| !table.shape.is_empty()) {
        let Some(other) = copy.iter().find(|other| other.name == table.name && !other.shape.is_empty())
        else {
            continue;
        };
        let title = &table.name;
        if let Some(line) = table.shape.iter().find(|line| !other.shape.contains(line)) {
            return Some(say!(
                "`{title}` n'a pas dans `{name}` : `{line}`",
                "`{title}` lacks in `{name}`: `{line}`"
            ));
        }
        if let Some(line) = other.shape.iter().find(|line| !table.shape.contains(line)) {
            return Some(say!(
                "`{title}` a en plus dans `{name}` : `{line}`",
                "`{title}` has besides in `{name}`: `{line}`"
            ));
        }
    }
    None
}

/// The first row that differs, by its key: the column and both values.
pub(super) fn of_rows(source: &[Table], copy: &[Table], name: &str) -> Option<Text> {
    source.iter().find_map(|table| {
        let other = copy.iter().find(|other| other.name == table.name && other.columns == table.columns)?;
        row(table, other, name)
    })
}

fn row(table: &Table, other: &Table, name: &str) -> Option<Text> {
    let (mine, theirs) = (table.lines.as_ref()?, other.lines.as_ref()?);
    let places: Vec<usize> =
        table.key.iter().filter_map(|key| table.columns.iter().position(|column| column == key)).collect();
    let key = |line: &str| -> Vec<String> {
        let cells: Vec<&str> = line.split('\t').collect();
        places.iter().filter_map(|&at| cells.get(at).map(|&cell| cell.to_owned())).collect()
    };
    if places.is_empty() {
        return None;
    }
    let title = &table.name;
    let line = mine.iter().find(|line| !theirs.contains(line))?;
    let wanted = key(line);
    let shown = table.key.iter().zip(&wanted).map(|(column, value)| format!("{column} = {value}"));
    let shown = shown.collect::<Vec<_>>().join(", ");
    let Some(changed) = theirs.iter().find(|their| key(their) == wanted) else {
        return Some(say!(
            "la ligne {shown} de `{title}` manque dans `{name}`",
            "the row {shown} of `{title}` is missing in `{name}`"
        ));
    };
    let mut cells = table.columns.iter().zip(line.split('\t').zip(changed.split('\t')));
    let (column, (here, there)) = cells.find(|(_, (here, there))| here != there)?;
    Some(say!(
        "dans `{title}`, ligne {shown}, `{column}` vaut « {there} » dans `{name}` et « {here} » dans la source",
        "in `{title}`, row {shown}, `{column}` is \"{there}\" in `{name}` and \"{here}\" in the source"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users(lines: &[&str]) -> Vec<Table> {
        vec![Table {
            name: "public.users".to_owned(),
            columns: ["id", "name"].map(str::to_owned).to_vec(),
            rows: lines.len() as u64,
            digest: lines.concat(),
            hashes: None,
            older: None,
            shape: vec!["owner postgres".to_owned()],
            key: vec!["id".to_owned()],
            lines: Some(lines.iter().map(|&line| line.to_owned()).collect()),
        }]
    }

    #[test]
    fn the_row_the_column_and_both_values_are_told() {
        let found = of_rows(&users(&["1\talice", "2\tbob"]), &users(&["1\talice", "2\teve"]), "copy");
        let words = found.expect("a difference").en;
        assert_eq!(
            words,
            "in `public.users`, row id = 2, `name` is \"eve\" in `copy` and \"bob\" in the source"
        );
        assert_eq!(of_rows(&users(&["1\talice"]), &users(&["1\talice", "2\teve"]), "copy"), None);
    }
}
