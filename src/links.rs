//! What secret links lead to: joins what the transport asks and what the store knows.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::{
    commands,
    domain::{
        calendar::{KEPT_DAYS, due, entries},
        invitation::Code,
    },
    http::{LinkDesk, LinkUnavailable},
    render,
    store::{Store, StoreError},
};

/// The desk at which secret links are answered.
pub(crate) fn link_desk(store: Store) -> LinkDesk {
    let store = Arc::new(store);
    let stopping = Arc::clone(&store);
    LinkDesk::new(
        move |code| {
            let store = Arc::clone(&store);
            async move { calendar(&store, &Code::brought(&code)).await.map_err(unavailable) }
        },
        move |code| {
            let store = Arc::clone(&stopping);
            async move { commands::stop_letters(&store, &Code::brought(&code)).await.map_err(unavailable) }
        },
    )
}

fn unavailable(error: StoreError) -> LinkUnavailable {
    tracing::error!(error = &error as &dyn std::error::Error, "failed to answer a secret link");
    LinkUnavailable
}

/// The calendar that a code leads to, as its maker may read it now.
async fn calendar(store: &Store, code: &Code) -> Result<Option<String>, StoreError> {
    let Some(link) = store.calendar_link(code.mark()).await? else { return Ok(None) };
    let reader = store.reader(store.actor_of(link.person).await?);
    let now = reader.now();
    let since = now - TimeDelta::days(i64::try_from(KEPT_DAYS).unwrap_or(i64::MAX));
    let own = link.group.is_none().then_some(link.person);
    let reviews = reader.reviews_for_calendar(link.group, since).await?;
    let windows =
        reviews.iter().flat_map(|(seen, revised)| entries(&seen.facts, &seen.document.title, *revised, own, now));
    let documents = reader.documents_for_calendar(link.group).await?;
    let dues = documents.iter().map(|(document, revised)| due(document, *revised));
    let entries: Vec<_> = windows.chain(dues).collect();
    let name = match link.group {
        Some(group) => reader.groups(&[group]).await?.remove(&group).map(|group| group.name.to_string()),
        None => None,
    };
    Ok(Some(render::calendar::calendar(name.as_deref().unwrap_or("My reviews"), &entries)))
}
