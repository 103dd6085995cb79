//! The dates that a file's name bears, in the ways in which people write them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What stands between the parts of a date.
const SEPARATORS: &[u8] = b"-_.:";

/// The dates of this century in a name, as `YYYYmmdd`: year first or day first, with or without separators, or the
/// seconds since 1970.
pub(super) fn dates_in(name: &str) -> Vec<String> {
    let letters: Vec<u8> = name.bytes().filter(|byte| !SEPARATORS.contains(byte)).collect();
    let windows = || letters.windows(8).filter(|window| window.iter().all(u8::is_ascii_digit));
    let text = |parts: [&[u8]; 3]| String::from_utf8_lossy(&parts.concat()).into_owned();
    let year_first = windows().map(|digits| [&digits[..4], &digits[4..6], &digits[6..]]);
    let day_first = windows().map(|digits| [&digits[4..], &digits[2..4], &digits[..2]]);
    year_first.chain(day_first).filter(is_day).map(text).chain(seconds_in(name)).collect()
}

/// Whether year, month and day are those of a day of this century.
fn is_day([year, month, day]: &[&[u8]; 3]) -> bool {
    let number = |digits: &[u8]| digits.iter().fold(0_u32, |sum, byte| sum * 10 + u32::from(byte - b'0'));
    year.starts_with(b"20") && (1..=12).contains(&number(month)) && (1..=31).contains(&number(day))
}

/// The days of the seconds since 1970 in a name, in UTC, which is what a trial's clock shows.
fn seconds_in(name: &str) -> impl Iterator<Item = String> {
    let runs = name.split(|letter: char| !letter.is_ascii_digit()).filter(|run| run.len() == 10);
    let moments = runs.filter_map(|run| run.parse::<i64>().ok());
    let moments = moments.filter(|seconds| (1_500_000_000..4_000_000_000).contains(seconds));
    moments
        .filter_map(|seconds| Timestamp::from_second(seconds).ok())
        .map(|at| at.to_zoned(TimeZone::UTC).strftime("%Y%m%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_however_it_is_written() {
        for name in [
            "postgres_backup_20240131_235959.tar.gz",
            "db-2024-01-31.tar.gz",
            "db_2024_01_31.tar.gz",
            "db.2024.01.31-12:30.tar.gz",
            "20240131.tgz",
            "b-31-01-2024.tar.gz",
            "b_31.01.2024.tgz",
            "b_31-01-2024_235959.tgz",
            "pg15_20240131.tgz",
            "b_1706700000.tgz",
        ] {
            assert_eq!(dates_in(name), ["20240131"], "{name}");
        }
    }

    #[test]
    fn other_digits_are_no_date() {
        for name in [
            "backup.tar.gz",
            "postgres15_backup_1.tar.gz",
            "x20241331.tar.gz",
            "20240132.tgz",
            "1234567890.tgz",
            "é20é.tgz",
        ] {
            assert_eq!(dates_in(name), [""; 0], "{name}");
        }
    }
}
