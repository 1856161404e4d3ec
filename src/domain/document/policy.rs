//! How the reviews of a document run: data with sensible defaults, frozen into a review when it opens (T1, T2, T4).

use std::{fmt, str::FromStr};

use chrono::{Days, Months, NaiveDate};

/// How the reviews of a document run. A change applies to the next review; an open one keeps the rules it was opened
/// with until somebody re-opens them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReviewPolicy {
    /// Months between two full reviews (T1).
    pub interval_months: u32,
    /// Months before the due date at which a review opens by itself (T2).
    pub lead_months: u32,
    /// Days between the last cell being met and publication (S14); 0 is allowed.
    pub final_window_days: u32,
    /// What else is frozen into a review.
    pub rules: Rules,
}

impl ReviewPolicy {
    /// The most months accepted for interval and lead.
    pub const MONTHS_MAX: u32 = 120;
    /// The most days accepted for the final window.
    pub const FINAL_WINDOW_DAYS_MAX: u32 = 90;
}

impl Default for ReviewPolicy {
    fn default() -> Self {
        Self { interval_months: 24, lead_months: 6, final_window_days: 10, rules: Rules::default() }
    }
}

/// Another policy: what is not given stays.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct PolicyChange {
    /// See [`ReviewPolicy::interval_months`].
    pub interval_months: Option<u32>,
    /// See [`ReviewPolicy::lead_months`].
    pub lead_months: Option<u32>,
    /// See [`ReviewPolicy::final_window_days`].
    pub final_window_days: Option<u32>,
    /// See [`Rules::scoping_days`].
    pub scoping_days: Option<u32>,
    /// See [`Rules::sign_off_days`]; none inside leaves it to be half of the time there is.
    pub sign_off_days: Option<Option<u32>>,
    /// See [`Rules::accept_days`].
    pub accept_days: Option<u32>,
    /// See [`Rules::quorum`].
    pub quorum: Option<u8>,
    /// See [`Rules::ladder`].
    pub ladder: Option<Ladder>,
    /// See [`Rules::asks_declarations`].
    pub asks_declarations: Option<bool>,
}

impl PolicyChange {
    /// The policy with this change.
    pub fn applied_to(&self, policy: ReviewPolicy) -> ReviewPolicy {
        let rules = policy.rules;
        ReviewPolicy {
            interval_months: self.interval_months.unwrap_or(policy.interval_months),
            lead_months: self.lead_months.unwrap_or(policy.lead_months),
            final_window_days: self.final_window_days.unwrap_or(policy.final_window_days),
            rules: Rules {
                scoping_days: self.scoping_days.unwrap_or(rules.scoping_days),
                sign_off_days: self.sign_off_days.unwrap_or(rules.sign_off_days),
                accept_days: self.accept_days.unwrap_or(rules.accept_days),
                quorum: self.quorum.unwrap_or(rules.quorum),
                ladder: self.ladder.unwrap_or(rules.ladder),
                asks_declarations: self.asks_declarations.unwrap_or(rules.asks_declarations),
            },
        }
    }
}

/// The part of a policy that a review works by while it is open, besides its final window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rules {
    /// Days at the beginning of drafting in which it is settled what the review is about; never more than half of them.
    pub scoping_days: u32,
    /// Days that disciplines have to sign; if not given, half of the time before the final window.
    pub sign_off_days: Option<u32>,
    /// Days that somebody who is asked has to accept.
    pub accept_days: u32,
    /// The fewest sign-offs that a cell of a section needs; the section may ask for more (S1).
    pub quorum: u8,
    /// When people are reminded (T4).
    pub ladder: Ladder,
    /// Whether only those take positions who have declared their interests, be it that they have none.
    #[serde(default)]
    pub asks_declarations: bool,
}

impl Rules {
    /// The most days accepted for scoping, sign-off and acceptance.
    pub const DAYS_MAX: u32 = 730;
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            scoping_days: 14,
            sign_off_days: None,
            accept_days: 7,
            quorum: 1,
            ladder: Ladder::default(),
            asks_declarations: false,
        }
    }
}

/// How long before a day a reminder is sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Before {
    /// Months.
    pub months: u32,
    /// Days, besides the months.
    pub days: u32,
}

impl Before {
    /// On the day itself.
    pub const ON_THE_DAY: Self = Self { months: 0, days: 0 };

    const fn months(months: u32) -> Self {
        Self { months, days: 0 }
    }

    const fn days(days: u32) -> Self {
        Self { months: 0, days }
    }

    /// The day that lies so long before another.
    pub fn day(self, until: NaiveDate) -> NaiveDate {
        until - Months::new(self.months) - Days::new(u64::from(self.days))
    }

    /// A length to order by; no two rungs of one ladder have the same.
    fn length(self) -> u32 {
        self.months * 31 + self.days
    }
}

/// When people are reminded of what waits for them: so long before the day, each rung once, and every so many days after
/// it (T4). Written as ISO 8601 durations, the rungs after the day with a plus: `P6M P3M P1M P7D P0D +P7D`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ladder {
    before: [Before; Self::RUNGS_MAX],
    rungs: usize,
    every_days: Option<u32>,
}

/// Rungs that make no ladder.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LadderProblem {
    /// Too many, or too far off.
    #[error(
        "a ladder has at most {} rungs, the first at most {} months before the day",
        Ladder::RUNGS_MAX,
        Ladder::MONTHS_MAX
    )]
    TooLong,
    /// Not each nearer to the day than the one before.
    #[error("each rung must be nearer to the day than the one before")]
    OutOfOrder,
    /// Reminders after the day closer together than a day, or further apart than a year.
    #[error("reminders after the day are 1 to 366 days apart")]
    Apart,
    /// Not written as durations.
    #[error("must be written as durations, such as P6M P7D P0D +P7D")]
    NotRead,
}

impl Ladder {
    /// The most rungs before the day, and on it.
    pub const RUNGS_MAX: usize = 8;
    /// The most months before the day.
    pub const MONTHS_MAX: u32 = 24;
    /// The most days between reminders after the day.
    pub const APART_MAX: u32 = 366;

    /// A ladder of these rungs, the furthest first, and perhaps one every so many days after the day.
    pub fn new(rungs: &[Before], every_days: Option<u32>) -> Result<Self, LadderProblem> {
        let far = |rung: &Before| rung.months > Self::MONTHS_MAX || rung.days > Self::MONTHS_MAX * 31;
        if rungs.len() > Self::RUNGS_MAX || rungs.iter().any(far) {
            return Err(LadderProblem::TooLong);
        }
        if !rungs.is_sorted_by(|one, next| one.length() > next.length()) {
            return Err(LadderProblem::OutOfOrder);
        }
        if every_days.is_some_and(|days| !(1..=Self::APART_MAX).contains(&days)) {
            return Err(LadderProblem::Apart);
        }
        let mut before = [Before::ON_THE_DAY; Self::RUNGS_MAX];
        before[..rungs.len()].copy_from_slice(rungs);
        Ok(Self { before, rungs: rungs.len(), every_days })
    }

    /// The rungs before the day and on it, the furthest first.
    pub fn before(&self) -> &[Before] {
        &self.before[..self.rungs]
    }

    /// How many days lie between two reminders after the day; none are sent if it is not given.
    pub fn every_days(&self) -> Option<u32> {
        self.every_days
    }
}

impl Default for Ladder {
    fn default() -> Self {
        let mut before = [Before::ON_THE_DAY; Self::RUNGS_MAX];
        let rungs = [Before::months(6), Before::months(3), Before::months(1), Before::days(7), Before::ON_THE_DAY];
        before[..rungs.len()].copy_from_slice(&rungs);
        Self { before, rungs: rungs.len(), every_days: Some(7) }
    }
}

impl fmt::Display for Before {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.months, self.days) {
            (0, days) => write!(f, "P{days}D"),
            (months, 0) => write!(f, "P{months}M"),
            (months, days) => write!(f, "P{months}M{days}D"),
        }
    }
}

impl FromStr for Before {
    type Err = LadderProblem;

    fn from_str(text: &str) -> Result<Self, LadderProblem> {
        let parse = |number: &str| number.parse::<u32>().map_err(|_| LadderProblem::NotRead);
        let length = text.strip_prefix('P').filter(|length| !length.is_empty()).ok_or(LadderProblem::NotRead)?;
        let (months, days) = match length.split_once('M') {
            Some((months, days)) => (parse(months)?, days),
            None => (0, length),
        };
        let days = match days.strip_suffix('D') {
            Some(days) => parse(days)?,
            None if days.is_empty() => 0,
            None => return Err(LadderProblem::NotRead),
        };
        Ok(Self { months, days })
    }
}

impl fmt::Display for Ladder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.before().iter().map(ToString::to_string);
        let after = self.every_days.map(|days| format!("+P{days}D"));
        f.write_str(&before.chain(after).collect::<Vec<_>>().join(" "))
    }
}

impl FromStr for Ladder {
    type Err = LadderProblem;

    fn from_str(text: &str) -> Result<Self, LadderProblem> {
        let (mut before, mut every_days) = (Vec::new(), None);
        for word in text.split_ascii_whitespace() {
            match word.strip_prefix('+').map(Before::from_str).transpose()? {
                Some(Before { months: 0, days }) if every_days.is_none() => every_days = Some(days),
                Some(_) => return Err(LadderProblem::NotRead),
                None if every_days.is_some() || before.len() == Self::RUNGS_MAX => return Err(LadderProblem::TooLong),
                None => before.push(word.parse()?),
            }
        }
        Self::new(&before, every_days)
    }
}

impl TryFrom<String> for Ladder {
    type Error = LadderProblem;

    fn try_from(text: String) -> Result<Self, LadderProblem> {
        text.parse()
    }
}

impl From<Ladder> for String {
    fn from(ladder: Ladder) -> String {
        ladder.to_string()
    }
}
