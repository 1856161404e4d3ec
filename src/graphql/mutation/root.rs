//! The root: every mutation, in the order in which a document lives.

use async_graphql::{Context, Object, Result};

/// Lists the mutations. Each lives in a file of its name, as a function of its name.
macro_rules! mutations {
    ($($(#[$doc:meta])* $name:ident($input_doc:literal): $input:ident -> $payload:ident;)*) => {
        /// Where changing begins. Each mutation is one act; an act is done as a whole or not at all. Several in one
        /// request are done one after another, and an error of one undoes none of those before.
        #[Object]
        impl Mutation {
            $(
                $(#[$doc])*
                async fn $name(
                    &self,
                    ctx: &Context<'_>,
                    #[graphql(desc = $input_doc)] input: super::$name::$input,
                ) -> Result<super::$name::$payload> {
                    super::$name::$name(ctx, input).await
                }
            )*
        }
    };
}

/// The root of all mutations.
pub struct Mutation;

mutations! {
    /// Brings a document in. One with a date of issue comes in as a published first edition, another as a draft.
    import_document("The manuscript, and the group that shall own it."): ImportDocumentInput -> ImportDocumentPayload;

    /// Adds a section to a draft.
    create_section("The section."): CreateSectionInput -> CreateSectionPayload;
    /// Gives a section of a draft a new text. What was signed on the text before no longer counts.
    revise_section("The new text."): ReviseSectionInput -> ReviseSectionPayload;
    /// Moves a section of a draft, with all that stands under it. What was signed still counts.
    move_section("The section and its new place."): MoveSectionInput -> MoveSectionPayload;
    /// Takes a section out of a draft. Its published recommendations are stood down first; its text and its key stay on
    /// record.
    remove_section("The section."): RemoveSectionInput -> RemoveSectionPayload;
    /// Confirms, as a second person, that the latest change of a section is editorial. What was signed on the text before
    /// counts on.
    confirm_editorial("The section."): ConfirmEditorialInput -> ConfirmEditorialPayload;
    /// Stands a recommendation down. Its words and its number stay, with the reason.
    stand_down_recommendation("The recommendation, and why."):
        StandDownRecommendationInput -> StandDownRecommendationPayload;
    /// Writes the note of a draft that tells followers what changed. A major number cannot be published without.
    write_change_note("The note."): WriteChangeNoteInput -> WriteChangeNotePayload;

    /// Says, as an adviser, what you think of a section under review, on exactly the text that was read. It has no vote and
    /// blocks nothing; your latest word is published with the edition.
    give_opinion("The opinion."): GiveOpinionInput -> GiveOpinionPayload;
    /// Writes a comment on a section of a draft under review, on exactly the text that was read. It decides nothing.
    write_comment("The comment."): WriteCommentInput -> WriteCommentPayload;
    /// Settles a comment, for good: it was answered, acted upon or taken back.
    settle_comment("The comment, and what became of it."): SettleCommentInput -> SettleCommentPayload;

    /// Gives a person a seat in a group.
    grant_seat("The seat, and who gets it."): GrantSeatInput -> GrantSeatPayload;
    /// Ends the term of a seat. It grants nothing from then on; what was signed in term stays signed.
    end_seat("The seat, and when."): EndSeatInput -> EndSeatPayload;
    /// Lets a seat lead its discipline in the group, instead of whichever did. What is late there comes to it first.
    appoint_lead("The seat."): AppointLeadInput -> AppointLeadPayload;
    /// Hands a cell of an open review to single seats, as the lead of its discipline or as the secretariat: they are asked, and
    /// every other seat of the discipline still may sign.
    assign_cell("Which cell goes to whom."): AssignCellInput -> AssignCellPayload;
    /// Says how much is handed to a seat at most: for your own seat, or as the secretariat for somebody else's.
    set_load_limit("The seat, and how much."): SetLoadLimitInput -> SetLoadLimitPayload;
    /// Says when the holder of a seat is away, and who stands in: for your own seat, or as the secretariat for somebody
    /// else's. A stand-in is asked in their place and signs in a seat of their own; both names are told.
    declare_absence("The absence."): DeclareAbsenceInput -> DeclareAbsencePayload;
    /// Ends an absence before its time.
    end_absence("The absence."): EndAbsenceInput -> EndAbsencePayload;
    /// Declares an interest of yours, for a seat that you hold. That says as well that what stands in the register is true.
    declare_interest("The interest."): DeclareInterestInput -> DeclareInterestPayload;
    /// Declares the end of an interest of yours. It stays in the register.
    end_interest("The interest, and when it ends."): EndInterestInput -> EndInterestPayload;
    /// Says that what the register of interests says of you is true and complete, be it that you have none: yearly, and in each
    /// review. A declaration that has lapsed keeps you from taking positions, not from reading.
    confirm_interests("For which seat."): ConfirmInterestsInput -> ConfirmInterestsPayload;
    /// Withholds an entry of the register of interests from the public, for a stated reason, or publishes it again.
    withhold_interest("The interest, and why."): WithholdInterestInput -> WithholdInterestPayload;
    /// Decides what is done in a review about somebody else's interest, on one section or on everything. Whoever takes no part
    /// any more leaves the count at once, and a discipline that is left without a signer is named by the gate.
    weigh_interest("The decision."): WeighInterestInput -> WeighInterestPayload;
    /// Offers a seat to somebody whose log-in is not known yet: whoever brings the code takes it, once.
    invite_to_seat("The seat, and who is meant."): InviteToSeatInput -> InviteToSeatPayload;
    /// Takes an invitation back. Its code is worth nothing from then on.
    revoke_invitation("The invitation."): RevokeInvitationInput -> RevokeInvitationPayload;
    /// Takes the seat that a code offers, and binds it to the log-in of this request. A wrong code, and one that was used,
    /// taken back, expired or meant for another issuer's log-ins, have the same answer.
    accept_invitation("The code."): AcceptInvitationInput -> AcceptInvitationPayload;
    /// Gives a role on one document to a person, to everybody of an organisation, or to a client.
    grant_role("The role, and who gets it."): GrantRoleInput -> GrantRolePayload;
    /// Takes a role on a document back. It grants nothing on the next request.
    revoke_role("The grant."): RevokeRoleInput -> RevokeRolePayload;

    /// Says how you are reached by letter. What you are told stands in `viewer.notices` in any case.
    set_contact("How."): SetContactInput -> SetContactPayload;
    /// Makes a secret link to a calendar (RFC 5545): your own, or that of a group you sit in. The link you had to it before is
    /// worth nothing from then on.
    create_calendar_link("Which calendar."): CreateCalendarLinkInput -> CreateCalendarLinkPayload;
    /// Takes your link to a calendar back.
    revoke_calendar_link("Which calendar."): RevokeCalendarLinkInput -> RevokeCalendarLinkPayload;

    /// Registers a machine client of a partner organisation with its public keys.
    create_client("The client."): CreateClientInput -> CreateClientPayload;
    /// Gives a client another key, so that it can change keys without a pause. At most two are live at once.
    add_client_key("The key, and whose it is."): AddClientKeyInput -> AddClientKeyPayload;
    /// Revokes one key of a client. Access tokens that were given for it are refused on the next request.
    revoke_client_key("The key."): RevokeClientKeyInput -> RevokeClientKeyPayload;
    /// Revokes a client, for good. Its access tokens are refused on the next request.
    revoke_client("The client."): RevokeClientInput -> RevokeClientPayload;

    /// Promises the next full review of a document for another date, or changes how its reviews run. An open review keeps
    /// its own rules.
    schedule_review("The promise."): ScheduleReviewInput -> ScheduleReviewPayload;
    /// Opens a review, with a draft made from the edition in force unless one is there.
    open_review("The document, and which review."): OpenReviewInput -> OpenReviewPayload;
    /// Moves the dates of an open review.
    move_review("The new dates, and why."): MoveReviewInput -> MoveReviewPayload;
    /// Gives an open review the rules that its document has by now. Cells that need more than they have been given ask again.
    reopen_rules("The review, and why."): ReopenRulesInput -> ReopenRulesPayload;
    /// Stops a review without a result. Its draft stays for the next one.
    cancel_review("The review, and why."): CancelReviewInput -> CancelReviewPayload;

    /// Says that your seat will do what a review asks of it. Your first position says as much.
    accept_request("The review."): AcceptRequestInput -> AcceptRequestPayload;
    /// Marks your notices as read.
    mark_notices_read("Which of them."): MarkNoticesReadInput -> MarkNoticesReadPayload;

    /// Signs a text off from your own seat. It counts for exactly the text you name by its digest.
    sign_off("The text that was read."): SignOffInput -> SignOffPayload;
    /// Objects to a text from your own seat. Publication is blocked until you lift it. From the seat of a successor it
    /// confirms the objection that was left standing there, which then is yours.
    object("The text that was read, and why."): ObjectInput -> ObjectPayload;
    /// Lifts your objection, or as a successor the one that was left standing in your seat.
    lift_objection("Where it was made."): LiftObjectionInput -> LiftObjectionPayload;
    /// Abstains from a text. The seat stays in the count of those that can sign.
    abstain("The text that was read."): AbstainInput -> AbstainPayload;
    /// Asks for more time on a text, until a day you name. It blocks publication until that day is over, or until you take
    /// another position or withdraw it. Once for each of your seats in a review.
    request_time("The text that was read, and the day."): RequestTimeInput -> RequestTimePayload;
    /// Recuses your seat from a text. It leaves the count of those that can sign, until you withdraw that.
    recuse("The text that was read."): RecuseInput -> RecusePayload;
    /// Opens a ballot on an objection, as the chair: the recorded way to end a deadlock. Everybody whose seat votes in the
    /// group and has not recused itself from the text has a vote.
    open_ballot("The objection, and why."): OpenBallotInput -> OpenBallotPayload;
    /// Votes in a ballot, once.
    cast_vote("The ballot, and your vote."): CastVoteInput -> CastVotePayload;
    /// Closes a ballot, as the chair, when all have voted or had a week. With two thirds of the votes there are and at most
    /// two against, the objection stands no more.
    close_ballot("The ballot."): CloseBallotInput -> CloseBallotPayload;
    /// Takes back whatever position your seat holds on a text.
    withdraw_position("Where it was taken."): WithdrawPositionInput -> WithdrawPositionPayload;
    /// Records a position for a member, on their written instruction, as the secretariat. Both names are kept, and the
    /// member can take it back.
    record_instructed_position("The position, and the instruction."):
        RecordInstructedPositionInput -> RecordInstructedPositionPayload;

    /// Concludes a review by publishing its draft as the edition in force. Only through an empty gate.
    publish_edition("The review."): PublishEditionInput -> PublishEditionPayload;
    /// Publishes the draft of an exceptional review at once, as an urgent interim notice, when two disciplines have signed and
    /// one on each section that changed. Everything is to be signed within 28 days: a full review opens by itself, and until
    /// it ends `Edition.isFullySignedOff` is false.
    publish_interim_notice("The review."): PublishInterimNoticeInput -> PublishInterimNoticePayload;
    /// Concludes a review that found nothing to change: the edition in force stays, with a public statement of currency.
    reaffirm_document("The review, and what the public is told."): ReaffirmDocumentInput -> ReaffirmDocumentPayload;
    /// Withdraws a published edition. Its text stays readable under the explanation.
    withdraw_edition("The edition, and why."): WithdrawEditionInput -> WithdrawEditionPayload;
}
