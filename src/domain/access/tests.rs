//! The rulebook of permissions over the whole grid: everybody x every act x every exposure (A1 to A5).

mod clients;
mod table;

use std::fmt::Write as _;

use uuid::Uuid;

use super::{Act, Actor, Connected, Denied, Exposure, Grant, Obstacle, SignedIn, Thing, decide, obstacles, visible_to};
use crate::domain::{
    client::Scope,
    document::Audience,
    id::{ClientId, ClientKeyId, DocumentId, GroupId, OrganisationId, PersonId},
    role::{Discipline, GrantRole, Office, Seat, Term},
    testing::{DOCUMENT, GROUP, OTHER_DOCUMENT, OTHER_GROUP, at, person, seat},
    time::Timestamp,
};

/// The person whom every actor of the grid is; nobody else has written or holds anything.
const SELF: u128 = 100;
const AUTHOR: u128 = 200;
const SURGEON: Option<Discipline> = Some(Discipline::Surgery);

fn now() -> Timestamp {
    at("2019-01-07T09:00:00Z")
}

fn signed_in(seats: Vec<Seat>, grants: &[GrantRole], organisation: bool) -> SignedIn {
    SignedIn {
        person: person(SELF),
        organisation: organisation.then_some(OrganisationId(Uuid::from_u128(9))),
        seats,
        grants: grants.iter().map(|role| Grant { document: DOCUMENT, role: *role }).collect(),
    }
}

fn seated(office: Office, discipline: Option<Discipline>) -> Actor {
    Actor::Person(signed_in(vec![seat(SELF, office, discipline)], &[], false))
}

fn granted(role: GrantRole, organisation: bool) -> Actor {
    Actor::Person(signed_in(vec![], &[role], organisation))
}

/// A machine client with these scopes in its token, and roles on the document.
fn client(scopes: &[Scope], grants: &[GrantRole]) -> Actor {
    Actor::Client(Connected {
        client: ClientId(Uuid::from_u128(70)),
        key: ClientKeyId(Uuid::from_u128(71)),
        organisation: OrganisationId(Uuid::from_u128(9)),
        scopes: scopes.iter().copied().collect(),
        grants: grants.iter().map(|role| Grant { document: DOCUMENT, role: *role }).collect(),
    })
}

fn in_term(from: &str, until: Option<&str>) -> Actor {
    let term = Term::new(at(from), until.map(at)).unwrap();
    Actor::Person(signed_in(vec![Seat { term, ..seat(SELF, Office::Member, SURGEON) }], &[], false))
}

/// Everybody whom the rules tell apart. The things of the grid name surgery.
fn everybody() -> Vec<(&'static str, Actor)> {
    use {GrantRole::*, Office::*};
    vec![
        ("anonymous", Actor::Anonymous),
        ("signed-in nobody", Actor::Person(signed_in(vec![], &[], false))),
        ("partner", Actor::Person(signed_in(vec![], &[], true))),
        ("READER", granted(Reader, false)),
        ("COMMENTER", granted(Commenter, false)),
        ("EDITOR", granted(Editor, false)),
        ("partner, READER", granted(Reader, true)),
        ("partner, COMMENTER", granted(Commenter, true)),
        ("partner, EDITOR", granted(Editor, true)),
        ("observer", seated(Observer, None)),
        ("adviser", seated(Adviser, None)),
        ("member, surgery", seated(Member, SURGEON)),
        ("member, nursing", seated(Member, Some(Discipline::Nursing))),
        ("member, term over", in_term("2017-01-01T00:00:00Z", Some("2019-01-07T09:00:00Z"))),
        ("member, term to come", in_term("2019-01-07T09:00:00.001Z", None)),
        ("secretariat", seated(Secretariat, None)),
        ("vice chair", seated(ViceChair, None)),
        ("vice chair, surgery", seated(ViceChair, SURGEON)),
        ("chair", seated(Chair, None)),
        ("chair, surgery", seated(Chair, SURGEON)),
        ("chair, nursing", seated(Chair, Some(Discipline::Nursing))),
        ("client without scopes", client(&[], &[Editor])),
        ("client, advice:read", client(&[Scope::AdviceRead], &[Editor])),
        ("client, drafts:read", client(&[Scope::DraftsRead], &[])),
        ("same, READER", client(&[Scope::DraftsRead], &[Reader])),
        ("client, both", client(&[Scope::AdviceRead, Scope::DraftsRead], &[])),
        ("same, READER too", client(&[Scope::AdviceRead, Scope::DraftsRead], &[Reader])),
        ("client, comments:write", client(&[Scope::CommentsWrite], &[Commenter])),
        ("same, drafts:read", client(&[Scope::CommentsWrite, Scope::DraftsRead], &[Commenter])),
        ("same, READER only", client(&[Scope::CommentsWrite, Scope::DraftsRead], &[Reader])),
        ("client, checklist:write", client(&[Scope::ChecklistWrite], &[Editor])),
        ("client, events:read", client(&[Scope::EventsRead], &[])),
        ("client, all and EDITOR", client(Scope::ALL, &[Editor])),
        ("system", Actor::System),
    ]
}

fn own_records() -> [(String, Exposure); 3] {
    [("open", Exposure::Open), ("seat", Exposure::Seat), ("roles", Exposure::Roles)]
        .map(|(name, exposure)| (name.to_owned(), exposure))
}

fn exposures() -> Vec<(String, Exposure)> {
    let published = Audience::ALL.iter().rev().map(|audience| (format!("published {audience}"), *audience));
    let drafts = Audience::ALL.iter().rev().map(|audience| (format!("draft {audience}"), *audience));
    let published = published.map(|(name, audience)| (name, Exposure::Published(audience)));
    let drafts = drafts.map(|(name, audience)| (name, Exposure::Draft(audience)));
    published.chain(drafts).chain(own_records()).collect()
}

/// A section that names surgery, or the surgeons' cell of it, written by another. The position would be taken from the
/// actor's own seat, if they ever had one.
fn thing(actor: &Actor, group: GroupId, document: DocumentId, exposure: Exposure) -> Thing {
    let own = match actor {
        Actor::Person(signed_in) => signed_in.seats.first().cloned(),
        Actor::Anonymous | Actor::Client(_) | Actor::System => None,
    };
    let seat = own.unwrap_or_else(|| seat(300, Office::Member, SURGEON));
    Thing {
        disciplines: vec![Discipline::Surgery],
        author: Some(person(AUTHOR)),
        seat: Some(seat),
        ..Thing::document(group, document, exposure)
    }
}

/// What an actor of the grid is asked about: their group's document, another of the same group, another group's.
const DOCUMENTS: [(&str, GroupId, DocumentId); 3] = [
    ("the document", GROUP, DOCUMENT),
    ("another document of the group", GROUP, OTHER_DOCUMENT),
    ("another group's document", OTHER_GROUP, OTHER_DOCUMENT),
];

#[test]
fn a1_the_grid_of_everybody_every_act_and_every_exposure() {
    let mut grid = String::from("yes: permitted   no: FORBIDDEN   .: does not exist for them\n");
    let acts: Vec<String> = Act::ALL.iter().map(|act| format!("{act:?}")).collect();
    for (of, group, document) in DOCUMENTS {
        for (name, exposure) in exposures() {
            write!(grid, "\n{:<24}", format!("{of}, {name}")).unwrap();
            writeln!(grid, "\n{:<24}{}", "", acts.join(" ")).unwrap();
            for (who, actor) in everybody() {
                let thing = thing(&actor, group, document, exposure);
                let cells = Act::ALL.iter().zip(&acts).map(|(act, heading)| {
                    let word = match decide(&actor, *act, &thing, now()) {
                        Ok(()) => "yes",
                        Err(Denied::Forbidden) => "no",
                        Err(Denied::Hidden) => ".",
                    };
                    format!("{word:<width$}", width = heading.len())
                });
                let row = cells.collect::<Vec<_>>().join(" ");
                writeln!(grid, "{who:<24}{}", row.trim_end()).unwrap();
            }
        }
    }
    insta::assert_snapshot!("grid", grid);
}

#[test]
fn a4_sight_and_decide_agree_over_the_whole_grid() {
    for (who, actor) in everybody() {
        let sight = visible_to(&actor, now());
        for (of, group, document) in DOCUMENTS {
            for (name, exposure) in exposures() {
                let seen = match exposure {
                    Exposure::Open => true,
                    Exposure::Published(audience) => audience >= sight.audience(group, document),
                    Exposure::Draft(audience) => {
                        sight.drafts(group, document) && audience >= sight.audience(group, document)
                    }
                    Exposure::Seat => {
                        sight.is_partner() || matches!(&actor, Actor::Person(own) if !own.seats.is_empty())
                    }
                    Exposure::Roles => who == "system" || (who == "secretariat" && group == GROUP),
                };
                let decided = decide(&actor, Act::Read, &thing(&actor, group, document, exposure), now());
                assert_eq!(decided.is_ok(), seen, "{who}: {of}, {name}");
            }
        }
    }
}

/// The store turns these lists into SQL; they must say what the questions say.
#[test]
fn a4_the_lists_of_sight_say_what_its_questions_say() {
    for (who, actor) in everybody() {
        let sight = visible_to(&actor, now());
        for (of, group, document) in DOCUMENTS {
            let of_group = sight.is_everything() || sight.groups().any(|own| own == group);
            let drafts = of_group || sight.draft_documents().any(|own| own == document);
            assert_eq!(sight.drafts(group, document), drafts, "{who}: {of}");
            let inside = of_group || sight.edited_documents().any(|own| own == document);
            let audience = if inside { Audience::Group } else { sight.outside_audience() };
            assert_eq!(sight.audience(group, document), audience, "{who}: {of}");
            let outside = if sight.is_everything() { Audience::Partners } else { sight.outside_audience() };
            assert_eq!(sight.is_partner(), outside == Audience::Partners, "{who}");
        }
    }
}

#[test]
fn a4_nothing_is_hidden_from_the_system_itself_and_what_is_the_groups_own_only_from_strangers() {
    for exposure in [Exposure::Draft(Audience::Group), Exposure::Published(Audience::Group)] {
        let thing = Thing { exposure, ..Thing::group(GROUP) };
        assert_eq!(decide(&Actor::System, Act::Read, &thing, now()), Ok(()));
        assert_eq!(decide(&seated(Office::Member, SURGEON), Act::Read, &thing, now()), Ok(()));
        assert_eq!(decide(&Actor::Anonymous, Act::Read, &thing, now()), Err(Denied::Hidden));
        assert_eq!(decide(&seated(Office::Observer, None), Act::Read, &thing, now()), Err(Denied::Hidden));
    }
}

#[test]
fn a2_what_may_not_be_read_is_hidden_whatever_the_act_and_what_may_be_is_forbidden() {
    for (who, actor) in everybody() {
        for (of, group, document) in DOCUMENTS {
            for (name, exposure) in exposures() {
                let thing = thing(&actor, group, document, exposure);
                let reads = decide(&actor, Act::Read, &thing, now()).is_ok();
                for act in Act::ALL {
                    let hidden = decide(&actor, act, &thing, now()) == Err(Denied::Hidden);
                    assert_eq!(hidden, !reads, "{who}: {act:?} {of}, {name}");
                }
            }
        }
    }
}

#[test]
fn a4_what_keeps_somebody_from_an_act_is_told_exactly_where_it_is_refused() {
    for (who, actor) in everybody() {
        for (of, group, document) in DOCUMENTS {
            for (name, exposure) in exposures() {
                let thing = thing(&actor, group, document, exposure);
                for act in Act::ALL {
                    let told = obstacles(&actor, act, &thing, now());
                    let decided = decide(&actor, act, &thing, now());
                    assert_eq!(told.is_empty(), decided.is_ok(), "{who}: {act:?} {of}, {name}: {told:?}");
                    let unreadable = told == [Obstacle::NotReadable];
                    let is_hidden = decided == Err(Denied::Hidden) && actor != Actor::Anonymous;
                    assert_eq!(unreadable, is_hidden, "{who}: {act:?} {of}, {name}");
                }
            }
        }
    }
}

#[test]
fn d5_who_wrote_a_change_is_told_that_it_is_their_own() {
    let editor = granted(GrantRole::Editor, false);
    let others = thing(&editor, GROUP, DOCUMENT, Exposure::Draft(Audience::Public));
    assert_eq!(obstacles(&editor, Act::ConfirmEditorial, &others, now()), []);
    let own = Thing { author: Some(person(SELF)), ..others };
    assert_eq!(obstacles(&editor, Act::ConfirmEditorial, &own, now()), [Obstacle::OwnChange]);
}

#[test]
fn a3_without_a_seat_in_the_group_or_a_grant_on_the_document_no_draft_exists() {
    for (who, actor) in everybody() {
        let (seats, grants) = match &actor {
            Actor::Person(signed_in) => (signed_in.seats.clone(), signed_in.grants.clone()),
            Actor::Client(connected) => (vec![], connected.grants.clone()),
            Actor::Anonymous => (vec![], vec![]),
            Actor::System => continue,
        };
        for (of, group, document) in DOCUMENTS {
            let in_group = |seat: &Seat| seat.group == group && seat.term.covers(now());
            let holds = seats.iter().any(in_group) || grants.iter().any(|grant| grant.document == document);
            for audience in Audience::ALL {
                let draft = thing(&actor, group, document, Exposure::Draft(*audience));
                let reads = decide(&actor, Act::Read, &draft, now()).is_ok();
                assert!(holds || !reads, "{who}: {of} {audience}");
            }
        }
    }
}

#[test]
fn a5_a_term_over_or_to_come_grants_what_no_seat_grants() {
    let nobody = Actor::Person(signed_in(vec![], &[], false));
    for actor in [in_term("2017-01-01T00:00:00Z", Some("2019-01-07T09:00:00Z")), in_term("2020-01-01T00:00:00Z", None)]
    {
        assert_eq!(visible_to(&actor, now()), visible_to(&nobody, now()));
        for act in Act::ALL {
            for (name, exposure) in exposures() {
                let thing = thing(&actor, GROUP, DOCUMENT, exposure);
                let expected = decide(&nobody, act, &thing, now());
                assert_eq!(decide(&actor, act, &thing, now()), expected, "{act:?} {name}");
            }
        }
    }
}

#[test]
fn a5_a_revoked_grant_grants_nothing_on_the_next_request() {
    let thing = Thing::document(GROUP, DOCUMENT, Exposure::Draft(Audience::Public));
    assert_eq!(decide(&granted(GrantRole::Editor, true), Act::Read, &thing, now()), Ok(()));
    let revoked = Actor::Person(signed_in(vec![], &[], true));
    assert_eq!(decide(&revoked, Act::Read, &thing, now()), Err(Denied::Hidden));
}

#[test]
fn d5_whoever_wrote_a_change_does_not_confirm_it_whatever_else_they_are() {
    for (who, actor) in everybody() {
        let others = thing(&actor, GROUP, DOCUMENT, Exposure::Draft(Audience::Public));
        let own = Thing { author: Some(person(SELF)), ..others };
        assert!(decide(&actor, Act::ConfirmEditorial, &own, now()).is_err(), "{who}");
    }
}

#[test]
fn s10_a_position_is_taken_only_from_a_seat_of_ones_own_in_a_cell_of_its_discipline() {
    let surgeon = seated(Office::Member, SURGEON);
    let own = thing(&surgeon, GROUP, DOCUMENT, Exposure::Draft(Audience::Public));
    assert_eq!(decide(&surgeon, Act::TakePosition, &own, now()), Ok(()));
    for wrong in [
        Thing { seat: None, ..own.clone() },
        Thing { seat: Some(seat(300, Office::Member, SURGEON)), ..own.clone() },
        Thing { disciplines: vec![Discipline::Nursing], ..own.clone() },
        Thing { disciplines: vec![], ..own },
    ] {
        assert_eq!(decide(&surgeon, Act::TakePosition, &wrong, now()), Err(Denied::Forbidden), "{wrong:?}");
    }
}

#[test]
fn s10_a_permit_says_who_acts_and_on_what() {
    let thing = Thing::document(GROUP, DOCUMENT, Exposure::Published(Audience::Public));
    let permit = super::permit::<super::act::RunReview>(&Actor::System, thing.clone(), now()).unwrap();
    assert_eq!((permit.by(), permit.thing()), (None::<PersonId>, &thing));
    let chair = seated(Office::Chair, None);
    let permit = super::permit::<super::act::Publish>(&chair, thing.clone(), now()).unwrap();
    assert_eq!(permit.by(), Some(person(SELF)));
    let refused = super::permit::<super::act::Publish>(&Actor::System, thing, now());
    assert_eq!(refused.err(), Some(Denied::Forbidden), "the system publishes nothing");
}
