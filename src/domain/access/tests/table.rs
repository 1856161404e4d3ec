//! The access table as the design gives it, written by hand and compared with the rulebook cell by cell.

use super::*;

/// Cells: `yes` and `-`, or the condition under which it is yes. An adviser's position has no vote and is an act of its
/// own, so among positions `no vote` is refused. Where this says other than the design: chair and vice chair confirm a
/// change only if it is another's, as everybody does (D5).
const TABLE: &str = "
act                     | anonymous | partner   | adviser | member  | editor        | secretariat | vice chair | chair   | client
read published PUBLIC   | yes       | yes       | yes     | yes     | yes           | yes         | yes        | yes     | yes
read published PARTNERS | -         | yes       | yes     | yes     | yes           | yes         | yes        | yes     | advice:read
read published GROUP    | -         | -         | yes     | yes     | that document | yes         | yes        | yes     | -
read draft              | -         | READER    | yes     | yes     | that document | yes         | yes        | yes     | drafts:read, READER
read history            | yes       | yes       | yes     | yes     | yes           | yes         | yes        | yes     | events:read
comment                 | -         | COMMENTER | yes     | yes     | that document | yes         | yes        | yes     | comments:write, COMMENTER
settle a comment        | -         | its own   | its own | named   | that document | yes         | yes        | yes     | -
revise                  | -         | -         | -       | named   | that document | -           | -          | -       | -
confirm                 | -         | -         | -       | another | another       | another     | another    | another | -
take a position         | -         | -         | no vote | named   | -             | -           | own        | own     | -
advise without a vote   | -         | -         | yes     | -       | -             | -           | -          | -       | -
accept a request        | -         | -         | -       | named   | -             | -           | own        | own     | -
declare an absence      | -         | -         | -       | named   | -             | yes         | own        | own     | -
assign cells            | -         | -         | -       | lead    | -             | yes         | lead       | lead    | -
declare an interest     | -         | -         | yes     | yes     | -             | yes         | yes        | yes     | -
weigh an interest       | -         | -         | -       | -       | -             | another     | another    | another | -
record an instruction   | -         | -         | -       | -       | -             | yes         | -          | -       | -
run a review            | -         | -         | -       | -       | -             | yes         | yes        | yes     | -
manage seats            | -         | -         | -       | -       | -             | yes         | -          | -       | -
manage grants           | -         | -         | -       | -       | -             | yes         | -          | -       | -
manage clients          | -         | -         | -       | -       | -             | yes         | -          | -       | -
publish                 | -         | -         | -       | -       | -             | -           | yes        | yes     | -
";

fn act_of(row: &str) -> (Act, Exposure) {
    let published = Exposure::Published;
    let draft = Exposure::Draft(Audience::Public);
    match row {
        "read published PUBLIC" => (Act::Read, published(Audience::Public)),
        "read published PARTNERS" => (Act::Read, published(Audience::Partners)),
        "read published GROUP" => (Act::Read, published(Audience::Group)),
        "read draft" => (Act::Read, draft),
        "read history" => (Act::ReadHistory, published(Audience::Public)),
        "comment" => (Act::Comment, draft),
        "settle a comment" => (Act::SettleComment, draft),
        "revise" => (Act::Revise, draft),
        "confirm" => (Act::ConfirmEditorial, draft),
        "take a position" => (Act::TakePosition, draft),
        "advise without a vote" => (Act::Advise, draft),
        "accept a request" => (Act::AcceptRequest, draft),
        "declare an absence" => (Act::DeclareAbsence, draft),
        "assign cells" => (Act::AssignCells, draft),
        "declare an interest" => (Act::DeclareInterests, draft),
        "weigh an interest" => (Act::WeighInterests, draft),
        "record an instruction" => (Act::RecordInstruction, draft),
        "run a review" => (Act::RunReview, draft),
        "manage seats" => (Act::ManageSeats, draft),
        "manage grants" => (Act::ManageGrants, draft),
        "manage clients" => (Act::ManageClients, draft),
        "publish" => (Act::Publish, draft),
        other => panic!("no such row: {other}"),
    }
}

/// The column's actor without anything that a condition asks for.
fn plain(column: &str) -> Actor {
    match column {
        "anonymous" => Actor::Anonymous,
        "partner" => Actor::Person(signed_in(vec![], &[], true)),
        "adviser" => seated(Office::Adviser, None),
        "member" => seated(Office::Member, SURGEON),
        "editor" => granted(GrantRole::Editor, false),
        "secretariat" => seated(Office::Secretariat, None),
        "vice chair" => seated(Office::ViceChair, None),
        "chair" => seated(Office::Chair, None),
        "client" => client(&[], &[]),
        other => panic!("no such column: {other}"),
    }
}

fn with_discipline(column: &str, discipline: Option<Discipline>) -> Actor {
    match column {
        "member" => seated(Office::Member, discipline),
        "vice chair" => seated(Office::ViceChair, discipline),
        "chair" => seated(Office::Chair, discipline),
        other => panic!("{other} holds no discipline"),
    }
}

fn grants_of_all() -> [&'static [GrantRole]; 2] {
    [&[], &[GrantRole::Editor]]
}

/// An actor and what they would act on.
type Case = (Actor, Thing);

/// Who may under the cell's condition, and who may not.
fn cases(cell: &str, column: &str, exposure: Exposure) -> (Vec<Case>, Vec<Case>) {
    let on = |actor: Actor, document| {
        let thing = thing(&actor, GROUP, document, exposure);
        (actor, thing)
    };
    let here = |actor| on(actor, DOCUMENT);
    let nursing = Some(Discipline::Nursing);
    let without = |missing: Scope| {
        let others: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| *scope != missing).collect();
        grants_of_all().map(|grants| here(client(&others, grants))).to_vec()
    };
    match cell {
        "yes" => (vec![here(plain(column))], vec![]),
        // Neither does a discipline of their own help them.
        "-" if column.ends_with("chair") => (vec![], vec![here(plain(column)), here(with_discipline(column, SURGEON))]),
        "-" if column == "client" => (vec![], vec![here(client(Scope::ALL, &[GrantRole::Editor]))]),
        "-" | "no vote" => (vec![], vec![here(plain(column))]),
        // A machine needs the scope, and nothing else helps it; of a draft the grant as well, and both together.
        "advice:read" => (vec![here(client(&[Scope::AdviceRead], &[]))], without(Scope::AdviceRead)),
        "events:read" => (vec![here(client(&[Scope::EventsRead], &[]))], without(Scope::EventsRead)),
        "drafts:read, READER" => {
            let mut not = without(Scope::DraftsRead);
            not.push(here(client(Scope::ALL, &[])));
            (vec![here(client(&[Scope::DraftsRead], &[GrantRole::Reader]))], not)
        }
        "comments:write, COMMENTER" => {
            let mut not = without(Scope::CommentsWrite);
            not.extend([here(client(Scope::ALL, &[])), here(client(Scope::ALL, &[GrantRole::Reader]))]);
            let scopes = [Scope::CommentsWrite, Scope::DraftsRead];
            (vec![here(client(&scopes, &[GrantRole::Commenter]))], not)
        }
        "READER" => (vec![here(granted(GrantRole::Reader, true))], vec![here(plain(column))]),
        "COMMENTER" => {
            let reader = here(granted(GrantRole::Reader, true));
            (vec![here(granted(GrantRole::Commenter, true))], vec![here(plain(column)), reader])
        }
        "that document" => (vec![here(plain(column))], vec![on(plain(column), OTHER_DOCUMENT)]),
        "named" => (vec![here(plain(column))], vec![here(with_discipline(column, nursing))]),
        "lead" => {
            let lead = |discipline| match with_discipline(column, discipline) {
                Actor::Person(mut signed_in) => {
                    signed_in.seats.iter_mut().for_each(|seat| seat.is_lead = true);
                    here(Actor::Person(signed_in))
                }
                Actor::Anonymous | Actor::Client(_) | Actor::System => panic!("{column} holds no seat"),
            };
            (vec![lead(SURGEON)], vec![here(with_discipline(column, SURGEON)), lead(nursing)])
        }
        "own" => {
            let without = [plain(column), with_discipline(column, nursing)].map(here);
            (vec![here(with_discipline(column, SURGEON))], without.into())
        }
        "its own" => {
            let actor = if column == "partner" { granted(GrantRole::Commenter, true) } else { plain(column) };
            let (actor, others) = here(actor);
            let own = Thing { author: Some(person(SELF)), ..others.clone() };
            (vec![(actor.clone(), own)], vec![(actor, others)])
        }
        "another" => {
            let (actor, others) = here(plain(column));
            let own = Thing { author: Some(person(SELF)), ..others.clone() };
            (vec![(actor.clone(), others)], vec![(actor, own)])
        }
        other => panic!("no such condition: {other}"),
    }
}

#[test]
fn a1_the_rulebook_is_the_access_table_of_the_design() {
    let mut lines = TABLE.trim().lines().map(|line| line.split('|').map(str::trim));
    let columns: Vec<&str> = lines.next().unwrap().skip(1).collect();
    let mut compared = 0;
    for mut line in lines {
        let row = line.next().unwrap();
        let (act, exposure) = act_of(row);
        for (cell, column) in line.zip(&columns) {
            let (may, may_not) = cases(cell, column, exposure);
            for (actor, thing) in may {
                assert_eq!(decide(&actor, act, &thing, now()), Ok(()), "{row}: {column} ({cell})");
            }
            for (actor, thing) in may_not {
                assert!(decide(&actor, act, &thing, now()).is_err(), "{row}: not {column} ({cell})");
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 22 * 9);
}

#[test]
fn a1_an_observer_reads_what_partners_read_and_does_nothing() {
    let (observer, partner) = (seated(Office::Observer, None), plain("partner"));
    for (name, exposure) in exposures() {
        for act in Act::ALL {
            let thing = thing(&partner, GROUP, DOCUMENT, exposure);
            let expected = decide(&partner, act, &thing, now());
            assert_eq!(decide(&observer, act, &thing, now()), expected, "{act:?} {name}");
        }
    }
}

#[test]
fn a1_offices_of_another_group_count_for_nothing_here() {
    for office in [Office::Chair, Office::ViceChair, Office::Secretariat, Office::Adviser] {
        let actor = seated(office, None);
        for (name, exposure) in exposures() {
            for act in Act::ALL.into_iter().filter(|act| ![Act::Read, Act::ReadHistory].contains(act)) {
                let thing = thing(&actor, OTHER_GROUP, OTHER_DOCUMENT, exposure);
                assert!(decide(&actor, act, &thing, now()).is_err(), "{office}: {act:?} {name}");
            }
        }
    }
}
