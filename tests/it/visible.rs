//! The two renderings of the rulebook agree (A4): what the store's SQL shows is what `decide()` allows to be read.

use consilium::{
    commands::{self, CreateClient, GivenKeys, GrantRole, GrantTo, Import},
    domain::{
        access::{Act, Actor, Exposure, Thing, decide},
        appointment::Invitee,
        client::{PublicKey, Scope},
        directory::OrganisationKind,
        document::Key,
        id::{DocumentId, GroupId},
        role::{self, Discipline, Office},
        text::Line,
    },
    manuscript,
};

use crate::{
    harness::{
        on_both_databases,
        world::{User, World},
    },
    machines::partner::KeyPair,
};

/// A document, and who it is open to by itself.
struct Case {
    document: DocumentId,
    group: GroupId,
    exposure: Exposure,
    name: String,
}

async fn import(world: &World, group: GroupId, audience: &str, issued: bool) -> Case {
    let issued_line = if issued { "issued: 2017-08\n" } else { "" };
    let slug = format!(
        "{}-{}-{}",
        audience.to_lowercase(),
        if issued { "published" } else { "draft" },
        &group.to_string()[24..]
    );
    let text = format!(
        "---\ntitle: {slug}\nslug: {slug}\n{issued_line}review_due: 2019-05\naudience: {audience}\n---\n\n# One\n\nText.\n"
    );
    let manuscript = manuscript::read(&text).expect("a manuscript");
    let audience = manuscript.audience;
    let command = Import { group, manuscript };
    let document = commands::import(&world.store, &Actor::System, &command).await.expect("a document");
    let exposure = if issued { Exposure::Published(audience) } else { Exposure::Draft(audience) };
    Case { document, group, exposure, name: slug }
}

async fn grant(world: &World, user: &User<'_>, document: DocumentId, role: role::GrantRole) {
    let invitee = Invitee { login: user.login(), name: Line::new(user.subject()).expect("a name") };
    let command = GrantRole { document, role, to: GrantTo::Person(invitee) };
    commands::grant_role(&world.store, &Actor::System, &command).await.expect("a grant");
}

/// A client with these scopes, whose organisation has a role on these documents, as the store looks it up for a token.
async fn connected(
    world: &World,
    name: &str,
    scopes: &[Scope],
    role: Option<role::GrantRole>,
    cases: &[Case],
) -> Actor {
    let organisation = commands::NewOrganisation {
        name: name.to_owned(),
        kind: OrganisationKind::CancerAlliance,
        nation: "England".to_owned(),
        ods_code: None,
        ons_code: None,
    };
    commands::enter_organisations(&world.store, &[organisation]).await.expect("an organisation");
    let page = consilium::store::Page::first(100);
    let listed = world.store.reader(Actor::System).list_organisations(None, &page).await.expect("organisations");
    let organisation = listed.items.into_iter().find(|found| found.name == name).expect("the organisation").id;
    for case in cases {
        let Some(role) = role else { break };
        let command = GrantRole { document: case.document, role, to: GrantTo::Organisation(organisation) };
        commands::grant_role(&world.store, &Actor::System, &command).await.expect("a grant");
    }
    let key = KeyPair::new(jsonwebtoken::Algorithm::ES256, "key");
    let command = CreateClient {
        group: world.group,
        organisation,
        name: Line::new(name).expect("a name"),
        contact: Line::new("somebody").expect("a name"),
        scopes: Scope::ALL.iter().copied().collect(),
        keys: GivenKeys::Here(PublicKey::from_set(&key.jwks()).expect("a key"), None),
    };
    let client = commands::create_client(&world.store, &Actor::System, &command).await.expect("a client");
    let (_, keys) = world.store.client_with_keys(client).await.expect("the database").expect("the client");
    let token = scopes.iter().copied().collect();
    Actor::Client(
        world.store.connected(client, keys[0].id, &token).await.expect("the database").expect("a live client"),
    )
}

on_both_databases! {
    async fn what_sql_shows_is_what_the_rulebook_allows(world: World) {
        let slug = Key::new("another-group").expect("a slug");
        let name = Line::new("Another Group").expect("a name");
        let another = commands::found_group(&world.store, &slug, &name).await.expect("a group");
        let mut cases = Vec::new();
        for group in [world.group, another] {
            for audience in ["PUBLIC", "PARTNERS", "GROUP"] {
                for issued in [true, false] {
                    cases.push(import(&world, group, audience, issued).await);
                }
            }
        }
        let mut actors = vec![("system".to_owned(), Actor::System), ("anonymous".to_owned(), Actor::Anonymous)];
        for office in Office::ALL {
            let discipline = (*office == Office::Member).then_some(Discipline::Nursing);
            let user = world.seated(office.word(), *office, discipline).await;
            actors.push((office.word().to_owned(), world.store.actor(&user.login()).await.expect("an actor")));
        }
        for role in role::GrantRole::ALL {
            let user = world.user(role.word());
            for case in &cases[..6] {
                grant(&world, &user, case.document, *role).await;
            }
            actors.push((role.word().to_owned(), world.store.actor(&user.login()).await.expect("an actor")));
        }
        for (who, scopes, role) in [
            ("client without scopes", vec![], Some(role::GrantRole::Commenter)),
            ("client, advice:read", vec![Scope::AdviceRead], Some(role::GrantRole::Reader)),
            ("client, drafts:read", vec![Scope::DraftsRead], Some(role::GrantRole::Reader)),
            ("client, both", vec![Scope::AdviceRead, Scope::DraftsRead], Some(role::GrantRole::Reader)),
            ("client, both, no role", vec![Scope::AdviceRead, Scope::DraftsRead], None),
            ("client, everything", Scope::ALL.to_vec(), Some(role::GrantRole::Editor)),
        ] {
            actors.push((who.to_owned(), connected(&world, who, &scopes, role, &cases[..6]).await));
        }
        let nobody = world.store.actor(&world.user("nobody").login()).await.expect("an actor");
        assert_eq!(nobody, Actor::Anonymous, "a first contact creates nothing");

        let ids: Vec<DocumentId> = cases.iter().map(|case| case.document).collect();
        for (who, actor) in actors {
            let reader = world.store.reader(actor.clone());
            let shown = reader.documents(&ids).await.expect("documents");
            for case in &cases {
                let thing = Thing::document(case.group, case.document, case.exposure);
                let allowed = decide(&actor, Act::Read, &thing, world.now()).is_ok();
                assert_eq!(shown.contains_key(&case.document), allowed, "{who} and {}", case.name);
            }
            let counted = reader.count_documents().await.expect("a count");
            assert_eq!(counted, shown.len() as u64, "{who} counts what they see");
        }
    }
}
