//! Whatever has an id.

use async_graphql::{ID, Interface, Result};

use super::{
    Client, Comment, Document, Edition, Group, Organisation, Person, Position, Recommendation, Review, Seat, Section,
};
use crate::graphql::{
    id::GlobalId,
    loaders::{AClient, AComment, ADocument, AGroup, APerson, AReview, ASeat, AnEdition, AnOrganisation, TreeOf},
    session::View,
};

/// Whatever has an id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque id."))]
pub enum Node {
    /// A document.
    Document(Document),
    /// An edition.
    Edition(Edition),
    /// A section in an edition.
    Section(Section),
    /// A recommendation in an edition.
    Recommendation(Recommendation),
    /// A review.
    Review(Review),
    /// A position.
    Position(Position),
    /// A comment.
    Comment(Comment),
    /// A group.
    Group(Group),
    /// A seat.
    Seat(Seat),
    /// A person.
    Person(Person),
    /// An organisation.
    Organisation(Organisation),
    /// A machine client.
    Client(Client),
}

impl Node {
    /// What an id stands for, if it exists for the viewer. A wrong, a foreign and a forbidden id look the same (A2).
    pub async fn find(view: &View, id: &ID) -> Result<Option<Self>> {
        let Some(id) = GlobalId::decode(id) else { return Ok(None) };
        Ok(match id {
            GlobalId::Document(id) => view.find(ADocument(id)).await?.map(|found| Document(found).into()),
            GlobalId::Edition(id) => view.find(AnEdition(id)).await?.map(|found| Edition(found).into()),
            GlobalId::Section(edition, section) => {
                let tree = view.find(TreeOf(edition)).await?;
                tree.and_then(|tree| Section::find(&tree, section)).map(Into::into)
            }
            GlobalId::Recommendation(edition, number) => {
                let tree = view.find(TreeOf(edition)).await?;
                tree.and_then(|tree| Recommendation::find(&Section::all(&tree), number)).map(Into::into)
            }
            GlobalId::Review(id) => view.find(AReview(id)).await?.map(|found| Review(found).into()),
            GlobalId::Position(review, position) => {
                let review = view.find(AReview(review)).await?;
                review.and_then(|review| Position::find(&review, position)).map(Into::into)
            }
            GlobalId::Comment(review, id) => {
                view.find(AComment((review, id))).await?.map(|found| Comment(found).into())
            }
            GlobalId::Group(id) => view.find(AGroup(id)).await?.map(|found| Group(found).into()),
            GlobalId::Seat(id) => view.find(ASeat(id)).await?.map(|found| Seat(found).into()),
            GlobalId::Person(id) => view.find(APerson(id)).await?.map(|found| Person(found).into()),
            GlobalId::Organisation(id) => view.find(AnOrganisation(id)).await?.map(|found| Organisation(found).into()),
            GlobalId::Client(id) => view.find(AClient(id)).await?.map(|found| Client(found).into()),
            // Grants, invitations and notices are read through what they belong to; mutations name them.
            GlobalId::Absence(_)
            | GlobalId::Interest(_)
            | GlobalId::Grant(_)
            | GlobalId::Invitation(_)
            | GlobalId::Notice(_) => None,
        })
    }
}
