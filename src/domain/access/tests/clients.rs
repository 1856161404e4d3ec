//! Machine clients: what each scope opens, and that none opens more than a person of the organisation would have.

use super::*;
use crate::domain::{
    client::{Client, Scopes},
    text::Line,
};

/// Every set of scopes.
fn tokens() -> impl Iterator<Item = Vec<Scope>> {
    (0..1_u32 << Scope::ALL.len()).map(|bits| {
        let chosen = Scope::ALL.iter().enumerate().filter(|(number, _)| bits & (1 << number) != 0);
        chosen.map(|(_, scope)| *scope).collect()
    })
}

fn grants() -> [&'static [GrantRole]; 4] {
    [&[], &[GrantRole::Reader], &[GrantRole::Commenter], &[GrantRole::Editor]]
}

#[test]
fn a4_a_client_never_gets_further_than_a_person_of_its_organisation_with_the_same_grants() {
    let mut compared = 0;
    for token in tokens() {
        for grants in grants() {
            let machine = client(&token, grants);
            let person = Actor::Person(signed_in(vec![], grants, true));
            for (of, group, document) in DOCUMENTS {
                for (name, exposure) in exposures() {
                    for act in Act::ALL {
                        let thing = thing(&machine, group, document, exposure);
                        let may = decide(&machine, act, &thing, now()).is_ok();
                        assert!(!may || decide(&person, act, &thing, now()).is_ok(), "{token:?}: {act:?} {of}, {name}");
                        compared += 1;
                    }
                }
            }
        }
    }
    assert_eq!(compared, 32 * 4 * 3 * 9 * 22);
}

#[test]
fn s10_a_client_reads_hears_and_comments_and_does_nothing_else_whatever_it_is_granted() {
    let may = [Act::Read, Act::ReadHistory, Act::Comment];
    for token in tokens() {
        for grants in grants() {
            let machine = client(&token, grants);
            for (of, group, document) in DOCUMENTS {
                for (name, exposure) in exposures() {
                    for act in Act::ALL.into_iter().filter(|act| !may.contains(act)) {
                        let thing = thing(&machine, group, document, exposure);
                        assert!(decide(&machine, act, &thing, now()).is_err(), "{token:?}: {act:?} {of}, {name}");
                    }
                }
            }
        }
    }
}

#[test]
fn a1_a_client_without_scopes_is_nobody_but_for_history() {
    let (machine, nobody) = (client(&[], &[GrantRole::Editor]), Actor::Anonymous);
    for (of, group, document) in DOCUMENTS {
        for (name, exposure) in exposures() {
            for act in Act::ALL.into_iter().filter(|act| *act != Act::ReadHistory) {
                let thing = thing(&machine, group, document, exposure);
                let expected = decide(&nobody, act, &thing, now());
                assert_eq!(decide(&machine, act, &thing, now()), expected, "{act:?} {of}, {name}");
            }
        }
    }
}

#[test]
fn a1_the_groups_own_texts_are_for_no_client() {
    for token in tokens() {
        for grants in grants() {
            for exposure in [Exposure::Published(Audience::Group), Exposure::Draft(Audience::Group)] {
                let thing = Thing::document(GROUP, DOCUMENT, exposure);
                assert_eq!(decide(&client(&token, grants), Act::Read, &thing, now()), Err(Denied::Hidden), "{token:?}");
            }
        }
    }
}

#[test]
fn a_token_opens_no_more_than_its_client_is_registered_for_and_only_grants_of_its_own_group_count() {
    let registered = Client {
        id: ClientId(Uuid::from_u128(70)),
        group: GROUP,
        organisation: OrganisationId(Uuid::from_u128(9)),
        name: Line::new("Alliance").unwrap(),
        contact: Line::new("somebody").unwrap(),
        scopes: [Scope::AdviceRead, Scope::DraftsRead].into_iter().collect(),
        key_set_url: None,
        registered_at: now(),
        revoked_at: None,
        last_used_at: None,
    };
    let token: Scopes = [Scope::DraftsRead, Scope::EventsRead].into_iter().collect();
    let grant = |document| Grant { document, role: GrantRole::Reader };
    let given = [(GROUP, grant(DOCUMENT)), (OTHER_GROUP, grant(OTHER_DOCUMENT))];
    let connected = Connected::new(&registered, ClientKeyId(Uuid::from_u128(71)), &token, given);
    assert_eq!(connected.scopes.to_string(), "drafts:read");
    assert_eq!(connected.grants, [grant(DOCUMENT)], "another group's word is not for machines of this one");
}
