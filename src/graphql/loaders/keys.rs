//! What is loaded by which key. Every load goes to the `Reader`, so what the actor may not see is absent.

use std::{collections::HashMap, sync::Arc};

use super::{Key, Loader};
use crate::{
    domain::{
        absence::Absence,
        appointment::GrantRecord,
        client::{Client, ClientKey},
        comment::Comment,
        directory::{Group, Organisation, Person},
        document::{Document, content::Digest, edition::Edition, revision::Revision},
        id::{
            ClientId, CommentId, DocumentId, EditionId, GroupId, OrganisationId, PersonId, ReviewId, SeatId, SectionId,
        },
        invitation::Invitation,
        review::{Review, ballot::MinorityView, opinion::Opinion},
        role::Seat,
        time::Timestamp,
    },
    graphql::examined::ExaminedReview,
    store::{
        CommentHead, Currency, EditionTree, HistoryOf, HistoryPage, Numbered, Reader, RegisterEntry, Slice, StoreError,
        ToldNonParticipant,
    },
};

macro_rules! loaders {
    ($($(#[$doc:meta])* $field:ident: $key:ident($id:ty) -> $value:ty = $load:path $(, at hand by $hand:path)?;)*) => {
        /// One loader for each kind of thing.
        #[derive(Default)]
        pub(in crate::graphql) struct Loaders { $($field: Loader<$key>,)* }

        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
            pub(in crate::graphql) struct $key(pub(in crate::graphql) $id);

            impl Key for $key {
                type Value = $value;

                fn loader(loaders: &Loaders) -> &Loader<Self> {
                    &loaders.$field
                }

                $(fn at_hand(reader: &Reader, key: &Self) -> Option<Option<$value>> {
                    $hand(reader, key.0)
                })?

                async fn load(reader: &Reader, keys: &[Self]) -> Result<HashMap<Self, $value>, StoreError> {
                    let ids: Vec<$id> = keys.iter().map(|key| key.0).collect();
                    Ok($load(reader, &ids).await?.into_iter().map(|(id, value)| (Self(id), value)).collect())
                }
            }
        )*
    };
}

loaders! {
    /// A document.
    documents: ADocument(DocumentId) -> Document = Reader::shelved_documents, at hand by Reader::document_at_hand;
    /// The editions of a document, in the order of their numbers.
    editions_of: EditionsOf(DocumentId) -> Arc<Vec<Edition>> = Reader::shelved_editions_of, at hand by Reader::editions_of_at_hand;
    /// An edition, without its text.
    editions: AnEdition(EditionId) -> Edition = Reader::shelved_editions, at hand by Reader::edition_at_hand;
    /// An edition with its text.
    trees: TreeOf(EditionId) -> Arc<EditionTree> = Reader::edition_trees, at hand by Reader::edition_tree_at_hand;
    /// The roles given on a document and not taken back, for those who manage them.
    grants_of: GrantsOf(DocumentId) -> Vec<GrantRecord> = Reader::grants_of;
    /// The reviews of a document, oldest first.
    reviews_of: ReviewsOf(DocumentId) -> Vec<Review> = Reader::reviews_of;
    /// A review with all that can be asked about it.
    reviews: AReview(ReviewId) -> Arc<ExaminedReview> = reviews;
    /// When a text of its draft was first written after a review had opened, for those who see it.
    first_change_in: FirstChangeIn(ReviewId) -> Timestamp = Reader::first_changes;
    /// When each person was last reminded of a review, for those who see it.
    reminded_in: RemindedIn(ReviewId) -> Arc<HashMap<PersonId, Timestamp>> = Reader::reminded_in;
    /// Whether a document is under review: there is a value if it is.
    in_review: InReview(DocumentId) -> () = Reader::shelved_in_review, at hand by Reader::in_review_at_hand;
    /// The statement of currency of a document.
    currency_of: CurrencyOf(DocumentId) -> Currency = Reader::shelved_currency, at hand by Reader::currency_at_hand;
    /// The text of a section that was signed in a review.
    signed_texts: ASignedText((ReviewId, SectionId, Digest)) -> Arc<Revision> = Reader::signed_texts;
    /// What advisers say of the sections of an edition.
    opinions_on: OpinionsOn(EditionId) -> Vec<Opinion> = Reader::opinions_on;
    /// The minority views that an edition was published with.
    minority_views_on: MinorityViewsOn(EditionId) -> Vec<MinorityView> = Reader::minority_views_on;
    /// Who took no part in an edition.
    non_participants_on: NonParticipantsOn(EditionId) -> Vec<ToldNonParticipant> = Reader::non_participants_on;
    /// The comments of a review, oldest first.
    comments_of: CommentsOf(ReviewId) -> Vec<CommentHead> = Reader::comments_of;
    /// A comment of a review.
    comments: AComment((ReviewId, CommentId)) -> Comment = Reader::comments;
    /// A page of a history.
    histories: AHistory((HistoryOf, HistoryPage)) -> Slice<Numbered> = Reader::histories;
    /// How many events a history holds.
    history_counts: HistoryCount(HistoryOf) -> u64 = Reader::count_histories;
    /// A group.
    groups: AGroup(GroupId) -> Group = Reader::groups;
    /// The seats of a group, past and future ones included.
    seats_of: SeatsOf(GroupId) -> Vec<Seat> = Reader::seats_of;
    /// The absences in a group, for those who sit in it.
    absences_of: AbsencesOf(GroupId) -> Vec<Absence> = Reader::absences_of;
    /// The register of interests of a group, as far as the viewer sees it.
    interests_of: InterestsOf(GroupId) -> Vec<RegisterEntry> = Reader::interests_of;
    /// The invitations of a group, for those who manage its seats.
    invitations_of: InvitationsOf(GroupId) -> Vec<Invitation> = Reader::invitations_of;
    /// The clients that a group registered, for those who manage them.
    clients_of: ClientsOf(GroupId) -> Vec<Client> = Reader::clients_of;
    /// A client.
    clients: AClient(ClientId) -> Client = Reader::clients;
    /// The keys that a client has or had.
    client_keys_of: ClientKeysOf(ClientId) -> Vec<ClientKey> = Reader::client_keys_of;
    /// A seat.
    seats: ASeat(SeatId) -> Seat = Reader::seats;
    /// A person.
    people: APerson(PersonId) -> Person = Reader::people;
    /// An organisation.
    organisations: AnOrganisation(OrganisationId) -> Organisation = Reader::organisations;
}

async fn reviews(reader: &Reader, ids: &[ReviewId]) -> Result<HashMap<ReviewId, Arc<ExaminedReview>>, StoreError> {
    let seen = reader.reviews(ids).await?;
    if seen.is_empty() {
        // That nothing is there does not depend on the moment.
        return Ok(HashMap::new());
    }
    let now = reader.now();
    Ok(seen.into_iter().map(|(id, review)| (id, Arc::new(ExaminedReview::new(review, now)))).collect())
}
