//! The closed list of what a user can mend.

use async_graphql::Enum;

/// What is wrong, for programs. The list is closed: a new code is a change of the API.
#[derive(Enum, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum UserErrorCode {
    // Texts and values of the input.
    /// Nothing but white space where words are needed.
    TextBlank,
    /// The text is longer than its limit, which the message names.
    TextTooLong,
    /// The text contains NUL or another control character, or more than one line where one is allowed.
    TextNotAllowed,
    /// The text contains a line that the manuscript notation gives a meaning to, so it could not be exported faithfully.
    TextReserved,
    /// Not a name for links: lower-case letters, digits and single hyphens, 1 to 80 characters.
    KeyInvalid,
    /// Not the number of a recommendation: a whole number from 1 to 999999.
    NumberInvalid,
    /// A number outside the range that the message names.
    OutOfRange,
    /// An address that does not begin with `https://`.
    UrlNotHttps,
    /// Not an address for e-mail.
    EmailInvalid,
    /// More references than a section may hold.
    TooManyReferences,
    /// A position is bound to the text that was read: its digest is needed.
    DigestMissing,
    /// A mistake in the manuscript. See `ManuscriptFaultError`.
    ManuscriptFault,

    // Texts of sections.
    /// The text has moved on since it was read. Nothing was recorded. See `SectionChangedError`.
    SectionChanged,
    /// The change note has been rewritten since it was read. Nothing was recorded. See `BaseChangedError`.
    NoteChanged,
    /// The sections stand otherwise than when they were read. Nothing was recorded. See `BaseChangedError`.
    ArrangementChanged,
    /// What is asked for is how things stand already. Of a review: its draft says what the edition in force says, so
    /// reaffirm that instead.
    NothingChanged,
    /// The text is not an editorial change that waits for confirmation.
    NothingToConfirm,
    /// A recommendation of an earlier edition would be lost: stand it down instead.
    RecommendationMissing,
    /// The number is not one of this section's recommendations. Leave the number of a new one out.
    RecommendationUnknown,
    /// The same recommendation number twice.
    RecommendationTwice,
    /// The recommendation was stood down; its words stay as they are.
    RecommendationStoodDown,
    /// More recommendations than a section may hold.
    TooManyRecommendations,

    // The tree of a draft.
    /// A section named as parent or as the one to follow is not in the draft.
    SectionUnknown,
    /// The section to follow does not stand under that parent.
    NotASibling,
    /// A section cannot stand under itself.
    UnderItself,
    /// Sections would be nested too deep.
    TooDeep,
    /// More sections than an edition may hold.
    TooManySections,
    /// The section still has others under it: move or remove those first.
    SectionHasChildren,
    /// The same section or key twice in one edition.
    SectionTwice,
    /// The key belongs, or once belonged, to another section of the document.
    KeyTaken,
    /// A section may be for a narrower audience than its document, never for a wider one.
    AudienceTooWide,
    /// There the section, or one under it, would be for another audience than it was signed for.
    AudienceWouldChange,
    /// An objection to the section stands; its holder lifts it first.
    ObjectionStands,
    /// A discipline is named twice, or asked for other than one to nine approvals.
    RequirementsWrong,

    // Documents that are brought in.
    /// Another document has this slug.
    SlugTaken,
    /// An edition cannot have been issued in the future.
    IssuedLater,

    // Seats and roles.
    /// A member needs a discipline.
    DisciplineMissing,
    /// Only chair, vice chair and members vote for a discipline.
    OfficeDoesNotVote,
    /// The term would end before it begins.
    TermEmpty,
    /// A term cannot be ended in the past.
    EndPast,
    /// The term is over already.
    TermOver,
    /// The term ends sooner as it is; a longer one is a seat given anew.
    EndLater,
    /// The same person holds such a seat for a part of that time already.
    SeatHeld,
    /// No invitation stands for this code and your log-in. Whether there ever was one is not said.
    InvitationNotValid,
    /// The invitation is accepted, taken back or expired already.
    InvitationOver,
    /// A successor has the same post in the same group, and begins when the term of the seat before it is over.
    CannotSucceed,
    /// The seat has a successor already.
    SucceededAlready,
    /// The role was taken back already.
    GrantRevoked,
    /// The holder has this role already.
    RoleHeld,
    /// A client revises nothing: it can be READER or COMMENTER.
    RoleNotForClient,

    // Clients.
    /// Another client of the group that is not revoked has the name.
    ClientNameTaken,
    /// The group has as many clients as one may have.
    TooManyClients,
    /// A client needs at least one scope.
    ScopesMissing,
    /// Not a JSON Web Key Set with one or two public keys. The message says what is wrong.
    KeySetInvalid,
    /// The key comes with its private part, which must never leave its owner. Nothing was stored; make a new key.
    KeyPrivate,
    /// A kind of key, a size or a use that is not taken. The message says which.
    KeyNotAllowed,
    /// Not an address that keys may be published at: `https` and a public name.
    KeySetUrlNotAllowed,
    /// A key of this client has, or had, the same `kid`.
    KeyIdTaken,
    /// The same key is, or was, a key of this client under another `kid`.
    KeyKnown,
    /// Two keys are live already: revoke one first.
    TooManyKeys,
    /// The key would have expired already.
    ExpiryPast,
    /// The client's keys are published at its own address: add the key there.
    KeysPublished,
    /// No key of the client has this `kid`.
    KeyUnknown,
    /// The key is revoked already.
    KeyRevoked,
    /// The client is revoked, for good.
    ClientRevoked,

    // Reviews.
    /// Rungs that make no ladder: too many or too far off, not each nearer to the day, or not written as durations.
    LadderInvalid,
    /// A partial review names the sections it examines, and no other does.
    SectionsWrong,
    /// The review asks nothing of this seat.
    NothingAsked,
    /// The request was accepted already, in words or by taking a position.
    AlreadyAccepted,
    /// A written reason is needed: for an objection, and for opening a review before it falls due.
    ReasonMissing,
    /// A review of this document is open already; only one is at a time.
    ReviewAlreadyOpen,
    /// There is neither a draft nor an edition in force to review.
    NothingToReview,
    /// The review is over.
    ReviewClosed,
    /// Scoping, drafting, sign-off and publication must follow one another.
    DatesOutOfOrder,
    /// The date is over already.
    DateOver,

    // Positions.
    /// The text is not, or no longer, part of the draft, or does not ask this seat's discipline.
    CellUnknown,
    /// The same position on the same text is recorded already.
    AlreadyTaken,
    /// The position is no objection, or one that stands no more.
    ObjectionUnknown,
    /// There is or was a ballot on the objection; there is one on each.
    BallotHeld,
    /// No ballot on the objection is open.
    BallotUnknown,
    /// The seat has no vote in the ballot: it was not in term when that opened, or had recused itself.
    NoVote,
    /// The seat has voted already; a vote is never changed.
    VotedAlready,
    /// Not everybody has voted, and the days to vote are not over.
    BallotOpen,
    /// Only a seat that votes for a discipline, and is held now, leads it.
    CannotLead,
    /// The seat leads its discipline already.
    LeadsAlready,
    /// An absence that is over already, ends before it begins, or lasts too long.
    AbsenceDates,
    /// The seat is away for a part of that time already.
    AlreadyAway,
    /// A stand-in that is not another seat of the same discipline in the group, in term all that time.
    StandInUnfit,
    /// Stand-ins that would stand in for one another in a circle, or too many in a row.
    StandInChain,
    /// The absence is over, or was ended.
    AbsenceOver,
    /// A seat that cannot sign in the cell: of another discipline, out of term, recused, or kept from it by an interest.
    SeatUnfit,
    /// A seat has as many cells in hand as it takes on in one review. The message names how many.
    LoadLimit,
    /// An interest that begins in the future, or ends before it begins.
    InterestDates,
    /// More topics than an interest may have.
    TooManyTopics,
    /// The seat has as many interests as it may.
    TooManyInterests,
    /// The end of the interest was declared before.
    InterestEnded,
    /// The interest was declared in another group.
    InterestElsewhere,
    /// As many decisions about interests as a review may hold.
    TooManyActions,
    /// Because of an interest they take no part in that text: they neither write nor sign it, and leave the acts of their office
    /// on it to the others who hold one.
    TakesNoPart,
    /// What the holder of the seat declared of their interests is too old, or missing: they declare or confirm them first.
    DeclarationLapsed,
    /// More time is asked for until a day that is over, too far off, or not named. The message names the last one.
    DayOutOfRange,
    /// The seat has asked for more time in this review before; it may once.
    TimeAskedBefore,
    /// There is no objection to lift, neither one's own nor an inherited one.
    NothingToLift,
    /// There is no position to withdraw.
    NothingToWithdraw,
    /// The seat has recused itself from this text; it withdraws that first.
    SeatRecused,
    /// The seat's term does not cover this moment.
    SeatNotInTerm,

    // Opinions.
    /// The seat said something of this section as often as it may in one review.
    TooManyOpinions,

    // Comments.
    /// The review holds as many comments as it may.
    TooManyComments,
    /// The comment is settled already, for good.
    AlreadySettled,

    // Conclusions.
    /// Something stands between the draft and its publication. See `PublicationBlockedError`.
    PublicationBlocked,
    /// The draft differs from the edition in force: publish it instead.
    DraftDiffers,
    /// There is no edition in force to reaffirm.
    NothingToReaffirm,
    /// Only an exceptional review ends with an urgent interim notice.
    NotExceptional,
    /// An interim notice needs two disciplines that have signed, and one on each section that changed.
    InterimNotSigned,
    /// The date on the cover must be the day of publication, or its month.
    NotToday,
    /// The next review must be due after today.
    NextDuePast,
    /// A draft was never published, so it cannot be withdrawn.
    NotPublished,
    /// The edition is withdrawn already.
    AlreadyWithdrawn,
}
