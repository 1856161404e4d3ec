//! Enters organisations into the directory, as an operator does at the command line.

use crate::{
    domain::directory::{Organisation, OrganisationKind},
    store::{Store, StoreError},
};

/// An organisation to enter.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Where it works.
    pub nation: String,
    /// Its code in the Organisation Data Service.
    pub ods_code: Option<String>,
    /// Its code of the Office for National Statistics.
    pub ons_code: Option<String>,
}

/// Enters those whose names are new.
pub async fn enter_organisations(store: &Store, organisations: &[NewOrganisation]) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    for new in organisations {
        if tx.organisation_by_name(&new.name).await?.is_none() {
            let organisation = Organisation {
                id: tx.id(),
                name: new.name.clone(),
                kind: new.kind,
                nation: new.nation.clone(),
                ods_code: new.ods_code.clone(),
                ons_code: new.ons_code.clone(),
            };
            tx.enter_organisation(&organisation).await?;
        }
    }
    tx.commit().await
}
