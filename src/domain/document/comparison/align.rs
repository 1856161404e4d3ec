//! Puts two orders of the same kind of things side by side, and tells which of them moved.
//!
//! Things that kept their relative order are in place. There are as many of them as can be, so that taking one of ten
//! things elsewhere moves that one and not the nine.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

use super::Sides;

/// One thing, found on one side or on both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Aligned<'k, K> {
    /// Where it was found.
    pub(super) sides: Sides<&'k K>,
    /// Whether it is on both sides and not in place.
    pub(super) is_moved: bool,
}

/// Lists the things of both sides, each once, in the order of `after`; one that is gone follows the nearest thing before
/// it that is in place. No thing may be twice on the same side.
pub(super) fn align<'k, K: Eq + Hash>(before: &'k [K], after: &'k [K]) -> Vec<Aligned<'k, K>> {
    let was: HashMap<&K, usize> = before.iter().enumerate().map(|(at, thing)| (thing, at)).collect();
    let is: HashSet<&K> = after.iter().collect();
    let kept: Vec<usize> = after.iter().filter_map(|thing| was.get(thing).copied()).collect();
    let in_place: HashSet<usize> = longest_rise(&kept).into_iter().collect();
    let gone_since = |start: usize| {
        let passed = (start..before.len()).take_while(|at| !in_place.contains(at)).map(|at| &before[at]);
        passed.filter(|thing| !is.contains(thing)).map(|thing| Aligned { sides: Sides::Before(thing), is_moved: false })
    };

    let mut aligned: Vec<Aligned<'k, K>> = gone_since(0).collect();
    for thing in after {
        let Some(&at) = was.get(thing) else {
            aligned.push(Aligned { sides: Sides::After(thing), is_moved: false });
            continue;
        };
        let is_moved = !in_place.contains(&at);
        aligned.push(Aligned { sides: Sides::Both { before: &before[at], after: thing }, is_moved });
        if !is_moved {
            aligned.extend(gone_since(at + 1));
        }
    }
    aligned
}

/// The longest strictly rising subsequence of different numbers, by patience sorting. Of two neighbours that changed
/// places, the one that stood first stays.
fn longest_rise(numbers: &[usize]) -> Vec<usize> {
    // Of all rises of length n + 1 found so far, `tops[n]` is where the one with the smallest last number ends.
    let mut tops: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = Vec::with_capacity(numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        let length = tops.partition_point(|top| numbers[*top] < *number);
        previous.push(length.checked_sub(1).map(|shorter| tops[shorter]));
        match tops.get_mut(length) {
            Some(top) => *top = at,
            None => tops.push(at),
        }
    }
    let mut rise: Vec<usize> =
        std::iter::successors(tops.last().copied(), |at| previous[*at]).map(|at| numbers[at]).collect();
    rise.reverse();
    rise
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `-x` is gone, `+x` is new, `~x` moved.
    fn shown(before: &str, after: &str) -> String {
        let [before, after] = [before, after].map(|text| text.chars().collect::<Vec<char>>());
        let show = |aligned: Aligned<'_, char>| match (aligned.sides, aligned.is_moved) {
            (Sides::Before(thing), _) => format!("-{thing}"),
            (Sides::After(thing), _) => format!("+{thing}"),
            (Sides::Both { after, .. }, true) => format!("~{after}"),
            (Sides::Both { after, .. }, false) => after.to_string(),
        };
        align(&before, &after).into_iter().map(show).collect()
    }

    #[test]
    fn as_few_things_as_possible_move() {
        for (before, after, expected) in [
            ("", "", ""),
            ("abc", "abc", "abc"),
            ("abcdefghij", "bcdefghija", "bcdefghij~a"),
            ("abcdefghij", "jabcdefghi", "~jabcdefghi"),
            ("ab", "ba", "~ba"),
            ("abc", "cba", "~c~ba"),
        ] {
            assert_eq!(shown(before, after), expected, "{before} to {after}");
        }
    }

    #[test]
    fn what_is_gone_follows_what_stayed_before_it() {
        for (before, after, expected) in [
            ("abc", "", "-a-b-c"),
            ("", "abc", "+a+b+c"),
            ("abc", "c", "-a-bc"),
            ("abc", "ac", "a-bc"),
            ("ab", "ax", "a-b+x"),
            // b moved away, so x stays behind a.
            ("abxcd", "acdb", "a-xcd~b"),
        ] {
            assert_eq!(shown(before, after), expected, "{before} to {after}");
        }
    }

    fn rises(numbers: &[usize]) -> bool {
        numbers.windows(2).all(|pair| pair[0] < pair[1])
    }

    proptest! {
        #[test]
        fn no_rise_is_longer(numbers in Just((0..9).collect::<Vec<usize>>()).prop_shuffle()) {
            let longest = (0..1_u32 << numbers.len())
                .map(|chosen| {
                    let is_chosen = |at: &usize| chosen & (1 << at) != 0;
                    (0..numbers.len()).filter(is_chosen).map(|at| numbers[at]).collect::<Vec<usize>>()
                })
                .filter(|some| rises(some))
                .map(|some| some.len())
                .max();
            let rise = longest_rise(&numbers);
            prop_assert!(rises(&rise));
            prop_assert_eq!(Some(rise.len()), longest);
            let mut rest = numbers.iter();
            prop_assert!(rise.iter().all(|number| rest.any(|other| other == number)), "not a subsequence");
        }
    }
}
