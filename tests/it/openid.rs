//! An OpenID provider that is none of ours: what it issues is believed, while its keys change and while it is away.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{
    provider::Provider,
    world::{User, World},
};

const WHO: &str = "{ viewer { isSignedIn person { name } } }";

/// Settings that trust it, for its access tokens and for its ID tokens.
fn settings(provider: &Provider) -> String {
    format!(
        "[[auth.issuers]]\nissuer = \"{}\"\naudiences = [\"advice-api\", \"advice-web\"]\n\
         token_types = [\"at+jwt\", \"id\"]\njwks_floor_seconds = 1\n",
        provider.issuer
    )
}

fn token<'a>(answer: &'a Value, kind: &str) -> &'a str {
    answer[kind].as_str().unwrap_or_else(|| panic!("no {kind}: {answer}"))
}

async fn status(user: &User<'_>) -> u16 {
    user.ask(WHO, json!({})).await.status.as_u16()
}

/// Asks again and again until it is answered so; each refused token of a new key looks for the key at most once a second.
async fn until(user: &User<'_>, wanted: u16) {
    let asking = async {
        while status(user).await != wanted {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asking).await.unwrap_or_else(|_| panic!("never {wanted}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_of_a_real_provider_comes_into_a_seat_and_signs_while_keys_change_and_while_it_is_away() {
    let mut provider = Provider::start();
    let world = World::on_sqlite_with(&settings(&provider)).await;
    let secretariat = world.seated("secretariat", consilium::domain::role::Office::Secretariat, None).await;

    // A first log-in is nobody; the code makes it somebody, under either kind of token.
    let logged_in = provider.tell("login ann");
    let ann = world.bearer_of(&provider.issuer, "ann", token(&logged_in, "access_token"));
    assert_eq!(ann.ask(WHO, json!({})).await.data()["viewer"]["isSignedIn"], false);
    let input = json!({ "groupId": world.group_id(&secretariat).await, "name": "Ann Ward", "office": "VICE_CHAIR",
        "issuer": provider.issuer });
    let invited = secretariat.run("inviteToSeat", input, "code").await.done();
    let seat = ann.run("acceptInvitation", json!({ "code": invited["code"] }), "seat { office isInTerm }").await.done();
    assert_eq!(seat["seat"], json!({ "office": "VICE_CHAIR", "isInTerm": true }));
    for kind in ["access_token", "id_token"] {
        let ann = world.bearer_of(&provider.issuer, "ann", token(&logged_in, kind));
        assert_eq!(ann.ask(WHO, json!({})).await.data()["viewer"]["person"]["name"], "Ann Ward", "{kind}");
    }
    // She has just logged in, so she is present: what stops her is that there is no such review.
    let publish = ann.run("publishEdition", json!({ "reviewId": "x" }), "edition { id }").await;
    assert_eq!(publish.error_code(), "NOT_FOUND");
    // The provider's machine tokens are nobody here: nobody invited the client.
    let machine = provider.tell("client");
    let machine = world.bearer_of(&provider.issuer, "advice-web", token(&machine, "access_token"));
    assert_eq!(machine.ask(WHO, json!({})).await.data()["viewer"]["isSignedIn"], false);
    let damaged = token(&logged_in, "access_token").replacen("eyJ", "eyK", 1);
    assert_eq!(status(&world.bearer_of(&provider.issuer, "ann", &damaged)).await, 401);

    // Its keys change while requests run: the new ones are found, the withdrawn ones are not believed.
    let old = ann;
    provider.tell("rotate");
    let fresh = provider.tell("login ann");
    let ann = world.bearer_of(&provider.issuer, "ann", token(&fresh, "access_token"));
    let running = futures_util::future::join_all((0..20).map(|n| {
        let user = if n % 2 == 0 { old.clone() } else { ann.clone() };
        async move {
            for _ in 0..20 {
                let status = status(&user).await;
                assert!(status == 200 || status == 401, "{status}");
            }
        }
    }));
    running.await;
    until(&ann, 200).await;
    until(&old, 401).await;

    // It goes away: its tokens are believed, made-up keys are not, and nothing is a fault of ours.
    provider.tell("down");
    assert_eq!(status(&ann).await, 200);
    let id = world.bearer_of(&provider.issuer, "ann", token(&fresh, "id_token"));
    assert_eq!(status(&id).await, 200, "one that was never seen before, with keys that are held");
    assert_eq!(status(&old).await, 401);
    provider.tell("up");
    provider.tell("rotate");
    let again = provider.tell("login ann");
    until(&world.bearer_of(&provider.issuer, "ann", token(&again, "access_token")), 200).await;
}
