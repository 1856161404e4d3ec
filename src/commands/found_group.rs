//! Founds a group, as an operator does at the command line. There is no such act in the API.

use crate::{
    domain::{appointment::GroupFounded, directory::Group, document::Key, id::GroupId, text::Line},
    store::{Store, StoreError},
};

/// The group with this slug, founded if it is new.
pub async fn found_group(store: &Store, slug: &Key, name: &Line) -> Result<GroupId, StoreError> {
    let mut tx = store.begin().await?;
    if let Some(known) = tx.group_by_slug(slug.as_str()).await? {
        return Ok(known.id);
    }
    let group = Group { id: tx.id(), slug: slug.to_string(), name: name.to_string() };
    let id = group.id;
    let at = tx.now();
    tx.record(GroupFounded { group, at }).await?;
    tx.commit().await?;
    Ok(id)
}
