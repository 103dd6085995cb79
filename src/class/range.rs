//! The short form of an inventory: `poste-[01-30].salle.lan` stands for thirty names.

use crate::text::Text;
use crate::text::say;

/// No room is larger than this.
const MOST: u32 = 2_000;

/// The texts that a text with at most one range stands for; one where it has none.
pub(super) fn expand(text: &str) -> Result<Vec<String>, Text> {
    let Some((before, rest)) = text.split_once('[') else { return Ok(vec![text.to_owned()]) };
    // An IPv6 address stands in brackets too.
    let Some((range, after)) = rest.split_once(']') else {
        return Err(say!("`{text}` : il manque le `]` de la plage", "`{text}`: the range lacks its `]`"));
    };
    if range.contains(':') {
        return expand(after)
            .map(|all| all.into_iter().map(|after| format!("{before}[{range}]{after}")).collect());
    }
    if after.contains('[') {
        return Err(say!("`{text}` : une seule plage est possible", "`{text}`: only one range is possible"));
    }
    let (first, last) = bounds(range).ok_or_else(|| {
        say!(
            "`[{range}]` n'est pas une plage : la forme est `[01-30]`, du plus petit au plus grand",
            "`[{range}]` is no range: the form is `[01-30]`, from the smallest to the largest"
        )
    })?;
    if last - first >= MOST {
        return Err(say!("`[{range}]` dépasse {MOST} machines", "`[{range}]` is more than {MOST} machines"));
    }
    let width = range.split('-').next().map_or(0, str::len);
    Ok((first..=last).map(|number| format!("{before}{number:0width$}{after}")).collect())
}

fn bounds(range: &str) -> Option<(u32, u32)> {
    let (first, last) = range.split_once('-')?;
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
    let (first, last): (u32, u32) = (number(first)?, number(last)?);
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_keeps_its_width() {
        assert_eq!(expand("p-[08-10].lan").expect("a range"), ["p-08.lan", "p-09.lan", "p-10.lan"]);
        assert_eq!(expand("p[9-11]").expect("a range"), ["p9", "p10", "p11"]);
        assert_eq!(expand("alone").expect("a name"), ["alone"]);
    }

    #[test]
    fn an_ipv6_address_is_no_range() {
        assert_eq!(expand("tcp://[::1]:2376").expect("an address"), ["tcp://[::1]:2376"]);
        assert_eq!(
            expand("tcp://[fe80::1]:[1-2]").expect("a range"),
            ["tcp://[fe80::1]:1", "tcp://[fe80::1]:2"]
        );
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["p[30-01]", "p[a-b]", "p[1", "p[1-2][1-2]", "p[]", "p[1-9999]", "p[-3]"] {
            assert!(expand(text).is_err(), "{text}");
        }
    }
}
