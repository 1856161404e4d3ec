//! An assertion is used once, wherever it is shown: here, at another replica, or at several at the same moment.

use futures_util::future::join_all;

use super::partner::{ALL, Partner, ask};
use crate::{
    acts::stage::Stage,
    harness::{on_both_databases, world::World},
};

on_both_databases! {
    async fn an_assertion_is_used_once(world: World) {
        let stage = Stage::published(&world).await;
        let partner = Partner::registered(&stage, &ALL).await;
        let other = Partner::registered(&stage, &ALL).await;
        let claims = partner.claims();
        let assertion = partner.key.sign(&partner.key.header(), &claims);
        partner.ask(&assertion, &[]).await.token();
        assert_eq!(partner.ask(&assertion, &[]).await.refusal(), (401, "invalid_client"));
        // The name is used up, not the text: another signature over it is the same assertion.
        let again = partner.key.sign(&partner.key.header(), &claims);
        assert_ne!(again, assertion);
        assert_eq!(partner.ask(&again, &[]).await.refusal(), (401, "invalid_client"));
        // Names are each client's own.
        let mut theirs = other.claims();
        theirs["jti"] = claims["jti"].clone();
        other.ask(&other.key.sign(&other.key.header(), &theirs), &[]).await.token();
    }

    async fn of_many_uses_at_once_at_two_replicas_exactly_one_wins(world: World) {
        let stage = Stage::published(&world).await;
        let partner = Partner::registered(&stage, &ALL).await;
        let replica = world.twin().await;
        for _ in 0..5 {
            let assertion = partner.assertion();
            let places = [&world, &replica, &world, &replica, &world, &replica, &world, &replica];
            let replies = join_all(places.map(|place| ask(place, &assertion, &[]))).await;
            let given: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
            assert_eq!(given.len(), 1, "{replies:#?}");
            for refused in replies.iter().filter(|reply| reply.status != 200) {
                assert_eq!(refused.refusal(), (401, "invalid_client"));
            }
            // The token is good at both.
            for place in [&world, &replica] {
                let machine = place.bearer(&given[0].token());
                let seen = machine.ask("{ viewer { client { clientId } } }", serde_json::json!({})).await.data();
                assert_eq!(seen["viewer"]["client"]["clientId"], partner.client_id);
            }
        }
    }

    async fn assertions_that_are_over_are_forgotten_and_no_others(world: World) {
        let stage = Stage::published(&world).await;
        let partner = Partner::registered(&stage, &ALL).await;
        let assertion = partner.assertion();
        partner.ask(&assertion, &[]).await.token();
        let now = consilium::clock::system_now();
        assert_eq!(world.store.sweep_assertions(now).await.expect("a sweep"), 0);
        assert_eq!(partner.ask(&assertion, &[]).await.refusal(), (401, "invalid_client"));
        let later = now + chrono::TimeDelta::minutes(6);
        assert_eq!(world.store.sweep_assertions(later).await.expect("a sweep"), 1);
        assert_eq!(world.store.sweep_assertions(later).await.expect("a sweep"), 0);
    }
}
