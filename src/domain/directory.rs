//! Groups, people and organisations: who is who, apart from what they may do.

use super::{
    id::{GroupId, OrganisationId, PersonId},
    role::words,
};

/// An expert group; owns documents.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Identity.
    pub id: GroupId,
    /// Name in links.
    pub slug: String,
    /// Name in people's words.
    pub name: String,
}

/// A human being whom a seat or a grant was given to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// Identity.
    pub id: PersonId,
    /// How others know them.
    pub name: String,
    /// The organisation they belong to.
    pub organisation: Option<OrganisationId>,
}

/// The log-in that a person is known by.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Login {
    /// Who vouches for them.
    pub issuer: String,
    /// What the issuer calls them.
    pub subject: String,
}

/// A body outside the group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organisation {
    /// Identity.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Where it works: England, Wales, Scotland, Northern Ireland or United Kingdom.
    pub nation: String,
    /// Its code in the Organisation Data Service, if it has one.
    pub ods_code: Option<String>,
    /// Its code of the Office for National Statistics, if it has one.
    pub ons_code: Option<String>,
}

words! {
    /// What an organisation is.
    OrganisationKind {
        /// One of the alliances that put the advice into practice.
        CancerAlliance = "CANCER_ALLIANCE",
        /// Their counterpart in Wales, Scotland or Northern Ireland.
        DevolvedCancerNetwork = "DEVOLVED_CANCER_NETWORK",
        /// Advises on a specialised service.
        ClinicalReferenceGroup = "CLINICAL_REFERENCE_GROUP",
        /// Steers several expert groups.
        SteeringGroup = "STEERING_GROUP",
        /// Writes clinical advice.
        ClinicalExpertGroup = "CLINICAL_EXPERT_GROUP",
        /// Of a profession.
        ProfessionalBody = "PROFESSIONAL_BODY",
        /// Such as the one that provides the secretariat.
        Charity = "CHARITY",
        /// Speaks for patients.
        PatientOrganisation = "PATIENT_ORGANISATION",
        /// Runs hospitals.
        AcuteTrust = "ACUTE_TRUST",
    }
}
