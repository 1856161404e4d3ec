//! Any sequence of acts: the rules hold after each of them, compared with an [`Oracle`] that tells them otherwise.

use std::{
    cell::Cell as Counter,
    collections::{BTreeMap, HashMap},
};

use chrono::Duration;
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use super::oracle::Oracle;
use crate::domain::{
    document::{
        change::{StatementWording, Wording},
        draft::NewSection,
        outline::Place,
        revision::ChangeClass,
    },
    id::{PositionId, SectionId},
    review::{
        cell::Scope,
        cell::cells,
        conclusion::ConclusionProblem,
        position::{PositionAct, Staleness, staleness, standing_objections},
    },
    role::{Discipline, Seat},
    testing::*,
    time::start_of_day,
};

const PATIENT: (Discipline, u8) = (Discipline::PatientRepresentative, 1);
/// Who acts: members write sections of their own too, the others only try.
const VOTERS: [u128; 5] = [SURGEONS[0], SURGEONS[1], NURSES[0], PATIENTS[0], PATIENTS[1]];
const WRITERS: [u128; 5] = [EDITORS[0], EDITORS[1], SURGEONS[0], NURSES[0], CHAIR];
const BODIES: [&str; 3] = ["One text", "Another text", "A third text"];

/// One thing that somebody tries. Indices are taken modulo what there is.
#[derive(Clone, Debug)]
enum Deed {
    Revise {
        by: usize,
        at: usize,
        body: usize,
        is_editorial: bool,
        recommends: bool,
    },
    Confirm {
        by: usize,
        at: usize,
    },
    Create {
        by: usize,
    },
    Remove {
        by: usize,
        at: usize,
    },
    Move {
        at: usize,
    },
    Take {
        by: usize,
        at: Option<usize>,
        act: PositionAct,
    },
    /// Takes a position on a text read before the last edits.
    TakeBlindly {
        by: usize,
        at: usize,
    },
    EverybodyLifts,
    EndSeat {
        of: usize,
    },
    /// Gives the place of a voter, who perhaps leaves with an objection, to somebody else from its end on.
    Succeed {
        of: usize,
        objecting_at: Option<usize>,
    },
    Wait {
        minutes: i64,
    },
    /// Tries to publish, perhaps once everybody but who objects has approved.
    Publish {
        everybody_approves: bool,
    },
}

fn deed() -> impl Strategy<Value = Deed> {
    let (who, at) = (|| 0_usize..5, || 0_usize..4);
    prop_oneof![
        6 => (who(), at(), 0_usize..3, any::<bool>(), any::<bool>()).prop_map(
            |(by, at, body, is_editorial, recommends)| Deed::Revise { by, at, body, is_editorial, recommends }
        ),
        4 => (who(), at()).prop_map(|(by, at)| Deed::Confirm { by, at }),
        1 => who().prop_map(|by| Deed::Create { by }),
        1 => (who(), at()).prop_map(|(by, at)| Deed::Remove { by, at }),
        1 => at().prop_map(|at| Deed::Move { at }),
        12 => (who(), proptest::option::of(at()), proptest::sample::select(PositionAct::ALL))
            .prop_map(|(by, at, act)| Deed::Take { by, at, act }),
        2 => (who(), at())
            .prop_map(|(by, at)| Deed::Take { by, at: Some(at), act: PositionAct::NeedMoreTime }),
        1 => (who(), at()).prop_map(|(by, at)| Deed::TakeBlindly { by, at }),
        2 => Just(Deed::EverybodyLifts),
        1 => who().prop_map(|of| Deed::EndSeat { of }),
        3 => (who(), proptest::option::of(at())).prop_map(|(of, objecting_at)| Deed::Succeed { of, objecting_at }),
        2 => (-5_i64..600).prop_map(|minutes| Deed::Wait { minutes }),
        1 => Just(Deed::Wait { minutes: 9 * 24 * 60 }),
        3 => any::<bool>().prop_map(|everybody_approves| Deed::Publish { everybody_approves }),
    ]
}

/// A world and the oracle that is told of everything that succeeds.
struct Trial {
    world: World,
    oracle: Oracle,
    /// Which recommendation each number was first given to: its text is unique.
    given: HashMap<u32, String>,
    statements: usize,
    created: usize,
    published: usize,
    objected: usize,
    awaited: usize,
    /// Who holds the places of the voters now.
    voters: [u128; 5],
}

impl Trial {
    fn new() -> Self {
        let required: [&[_]; 3] = [&[(Discipline::Surgery, 2), PATIENT], &[SURGERY, NURSING], &[]];
        let (mut world, mut oracle) = (World::new(&required), Oracle::default());
        world.note();
        for index in 0..required.len() {
            oracle.begin(section(index), &format!("Text {index}"));
        }
        Self {
            world,
            oracle,
            given: HashMap::new(),
            statements: 0,
            created: 0,
            published: 0,
            objected: 0,
            awaited: 0,
            voters: VOTERS,
        }
    }

    fn at(&self, index: usize) -> Option<SectionId> {
        let outline = &self.world.facts.text.outline;
        outline.iter().nth(index % outline.len().max(1)).map(|placement| placement.section)
    }

    /// Acts of one instant are put a millisecond apart, so the last of them may lie ahead of the clock.
    fn let_acts_pass(&mut self) {
        let last = self.world.facts.positions.iter().map(|position| position.taken_at).max();
        self.world.now = last.unwrap_or(self.world.now).max(self.world.now) + Duration::minutes(1);
    }

    /// Tries a deed. A refused one must leave no trace.
    fn attempt(&mut self, deed: &Deed) {
        match *deed {
            Deed::EverybodyLifts => {
                for (cell, _) in cells(&self.world.facts) {
                    for by in self.voters {
                        self.take(by, cell.scope, PositionAct::Lift);
                    }
                }
            }
            Deed::Take { by, at, act } => match at.map(|at| self.at(at)) {
                None => self.take(self.voters[by], Scope::Whole, act),
                Some(Some(section)) => self.take(self.voters[by], Scope::Section(section), act),
                Some(None) => {}
            },
            Deed::Wait { minutes } => self.world.wait(Duration::minutes(minutes)),
            Deed::EndSeat { of } => {
                self.let_acts_pass();
                self.world.end_seat(self.voters[of]);
            }
            Deed::Succeed { of, objecting_at } => {
                if let Some(section) = objecting_at.and_then(|at| self.at(at)) {
                    self.take(self.voters[of], Scope::Section(section), PositionAct::Object);
                }
                self.let_acts_pass();
                let before = self.voters[of];
                if self.world.facts.seat(seat_id(before)).unwrap().term.until().is_none() {
                    self.world.end_seat(before);
                }
                self.voters[of] += 100;
                self.world.succeed(before, self.voters[of]);
                self.oracle.succeeded(person(before), person(self.voters[of]));
            }
            Deed::Publish { everybody_approves } => {
                if everybody_approves {
                    self.everybody_approves();
                }
                self.publish();
            }
            Deed::Revise { .. }
            | Deed::Confirm { .. }
            | Deed::Create { .. }
            | Deed::Remove { .. }
            | Deed::Move { .. }
            | Deed::TakeBlindly { .. } => {
                let before = self.world.clone();
                if self.edit(deed).is_err() {
                    assert_unchanged(&before, &self.world);
                }
            }
        }
    }

    fn everybody_approves(&mut self) {
        for (cell, _) in cells(&self.world.facts) {
            let approving = self
                .voters
                .into_iter()
                .filter(|by| !self.oracle.objects(person(*by), cell) && !self.oracle.waits(person(*by), cell));
            for by in approving.collect::<Vec<_>>() {
                self.take(by, cell.scope, PositionAct::Approve);
            }
        }
    }

    fn edit(&mut self, deed: &Deed) -> Result<(), Refused> {
        match *deed {
            Deed::Revise { by, at, body, is_editorial, recommends } => {
                let Some(section) = self.at(at) else { return Ok(()) };
                let class = if is_editorial { ChangeClass::Editorial } else { ChangeClass::Clinical };
                self.revise(WRITERS[by], section, BODIES[body], recommends, class)
            }
            Deed::Confirm { by, at } => {
                let Some(section) = self.at(at) else { return Ok(()) };
                self.world.confirm(WRITERS[by], section)?;
                self.oracle.confirmed(section);
                Ok(())
            }
            Deed::Create { by } => {
                let new = NewSection { wording: self.wording("New", vec![], true), ..new_section(50 + self.created) };
                let (id, body) = (new.id, said(&new.wording));
                self.world.create(WRITERS[by], new)?;
                self.created += 1;
                self.oracle.edited(id, Some(&body), person(WRITERS[by]));
                self.number(id);
                Ok(())
            }
            Deed::Remove { by, at } => {
                let Some(section) = self.at(at) else { return Ok(()) };
                self.world.remove(WRITERS[by], section)?;
                self.oracle.edited(section, None, person(WRITERS[by]));
                Ok(())
            }
            Deed::Move { at } => {
                let Some(section) = self.at(at) else { return Ok(()) };
                self.world.relocate(EDITORS[0], section, Place { parent: None, after: None })
            }
            Deed::TakeBlindly { by, at } => {
                let Some(section) = self.at(at) else { return Ok(()) };
                let ask = self.world.ask(Scope::Section(section), PositionAct::Approve);
                let ask = crate::domain::review::position::Ask { seen: content("Read long ago").digest(), ..ask };
                let refused = self.world.take_as_asked(self.voters[by], ask);
                refused.map(|_| panic!("a position was taken on a text that is not there"))
            }
            Deed::Take { .. }
            | Deed::EverybodyLifts
            | Deed::EndSeat { .. }
            | Deed::Succeed { .. }
            | Deed::Wait { .. }
            | Deed::Publish { .. } => Ok(()),
        }
    }

    /// The words of a new text; perhaps with one recommendation more, whose text nobody else uses.
    fn wording(&mut self, body: &str, mut recommendations: Vec<StatementWording>, recommends: bool) -> Wording {
        if recommends {
            self.statements += 1;
            recommendations.push(statement(None, &format!("Statement {}", self.statements)));
        }
        Wording { recommendations, ..wording(body) }
    }

    fn revise(
        &mut self,
        by: u128,
        section: SectionId,
        body: &str,
        recommends: bool,
        class: ChangeClass,
    ) -> Result<(), Refused> {
        let before = self.statements;
        // What was never published can be dropped; its number must not come back for another.
        let kept = if recommends { as_worded(&self.world.current(section).content) } else { vec![] };
        let wording = self.wording(body, kept, recommends && self.statements.is_multiple_of(2));
        let text = said(&wording);
        let result = self.world.reword(by, section, wording, class);
        if result.is_err() {
            self.statements = before;
            return result;
        }
        self.oracle.edited(section, Some(&text), person(by));
        self.number(section);
        Ok(())
    }

    /// (c): a number belongs to the recommendation it was first given to, for ever.
    fn number(&mut self, section: SectionId) {
        for statement in &self.world.current(section).content.recommendations {
            let text = statement.text.to_string();
            let first = self.given.entry(statement.number.get()).or_insert_with(|| text.clone());
            assert_eq!(*first, text, "{} was given twice", statement.number);
        }
    }

    fn take(&mut self, by: u128, scope: Scope, act: PositionAct) {
        let before = self.world.clone();
        match self.world.take(by, scope, act) {
            Ok(id) => {
                let taken = self.world.facts.positions.last().unwrap();
                assert_eq!(taken.id, id);
                // The last day lasts to its end in London.
                let until = taken.until.map(|day| start_of_day(day.succ_opt().unwrap()));
                let cell = taken.cell;
                self.oracle.taken(id, cell, person(by), act, until);
            }
            Err(_) => assert_unchanged(&before, &self.world),
        }
    }

    /// (b): with no final window and the note written, an edition is published exactly if everybody asked has signed,
    /// nobody objects or asks for time, and something changed.
    fn publish(&mut self) {
        self.let_acts_pass();
        let before = self.world.clone();
        let outline = &before.facts.text.outline;
        let asked: Vec<_> = outline
            .iter()
            .flat_map(|placement| {
                placement.requirements.iter().map(move |(discipline, needed)| (placement, discipline, needed))
            })
            .map(|(placement, discipline, needed)| (placement.section, discipline, needed))
            .collect();
        let is_signed = self.oracle.all_signed(&asked);
        let cells = cells(&before.facts);
        let is_awaited = self.oracle.asks_for_time(&cells, self.world.now);
        self.awaited += usize::from(is_signed && is_awaited);
        let is_clear = is_signed && !is_awaited && self.oracle.standing(&cells) == 0;
        self.objected += usize::from(is_signed && !is_clear);
        match self.world.publish() {
            Ok(_) => {
                assert!(is_clear, "published though not everybody had signed, or somebody objected");
                self.published += 1;
                let twice = self.world.publish().unwrap_err();
                assert_eq!(twice, ConclusionProblem::ReviewClosed.into());
            }
            Err(refused) => {
                let is_same = matches!(refused, Refused::Conclusion(ConclusionProblem::NothingChanged));
                let is_over = matches!(refused, Refused::Conclusion(ConclusionProblem::ReviewClosed));
                assert!(is_same || is_over || !is_clear, "refused though nothing was in the way: {refused:?}");
                assert_unchanged(&before, &self.world);
            }
        }
    }

    fn check(&self) {
        let facts = &self.world.facts;
        // (a)
        let stale: BTreeMap<PositionId, Staleness> =
            facts.positions.iter().filter_map(|position| Some((position.id, staleness(facts, position)?))).collect();
        assert_eq!(stale, self.oracle.stale());
        // (e)
        let mut latest = HashMap::new();
        for position in facts.positions.iter() {
            let before = latest.insert((position.cell, position.seat), position.taken_at);
            assert!(before.is_none_or(|before| before < position.taken_at), "acts of one seat out of order");
        }
        for (cell, _) in cells(facts) {
            let standing: Vec<PositionId> = standing_objections(facts, cell).map(|objection| objection.id).collect();
            assert_eq!(standing, self.oracle.standing_in(cell), "S6");
        }
        let texts: Vec<SectionId> = self.oracle.texts().keys().copied().collect();
        let mut sections: Vec<SectionId> = facts.text.outline.iter().map(|placement| placement.section).collect();
        sections.sort();
        assert_eq!(sections, texts);
    }
}

/// A text as words, for the oracle: what is equal here is what has one digest.
fn said(wording: &Wording) -> String {
    let statements = wording.recommendations.iter().map(|statement| statement.text.to_string());
    std::iter::once(wording.body.to_string()).chain(statements).collect::<Vec<_>>().join("|")
}

/// (d)
fn assert_unchanged(before: &World, after: &World) {
    let (one, other) = (&before.facts, &after.facts);
    assert_eq!(one.text.outline, other.text.outline);
    assert_eq!(one.text.revisions, other.text.revisions);
    assert_eq!(one.text.steps, other.text.steps);
    assert_eq!(one.positions, other.positions);
    assert_eq!(one.seats, other.seats);
    assert_eq!(one.review, other.review);
    assert_eq!(before.next_number, after.next_number);
}

#[test]
fn s14_after_any_sequence_of_acts_the_rules_hold() {
    let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let (published, objected, stale, answered) = (Counter::new(0), Counter::new(0), Counter::new(0), Counter::new(0));
    let awaited = Counter::new(0);
    let result = runner.run(&proptest::collection::vec(deed(), 1..40), |deeds| {
        let mut trial = Trial::new();
        for deed in &deeds {
            trial.attempt(deed);
            trial.check();
        }
        published.set(published.get() + trial.published);
        objected.set(objected.get() + trial.objected);
        awaited.set(awaited.get() + trial.awaited);
        stale.set(stale.get() + trial.oracle.stale().len());
        let answers = trial.world.facts.positions.iter().filter(|position| position.answers.is_some());
        answered.set(answered.get() + answers.count());
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    // The sequences must reach what they are about.
    assert!(published.get() > 10, "only {} editions were published", published.get());
    assert!(objected.get() > 10, "only {} were held up by an objection alone", objected.get());
    assert!(awaited.get() > 10, "only {} were held up by a request for time", awaited.get());
    assert!(stale.get() > 100, "only {} positions went stale", stale.get());
    assert!(answered.get() > 10, "only {} inherited objections were answered", answered.get());
}

/// A seat is one person's for one term; the oracle tells seats by their holders.
#[test]
fn s2_in_these_sequences_nobody_holds_two_seats() {
    let seats: Vec<Seat> = seats();
    let holders: std::collections::BTreeSet<_> = seats.iter().map(|seat| seat.holder).collect();
    assert_eq!(holders.len(), seats.len());
}
