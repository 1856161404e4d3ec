//! What this product believes: words and rules, pure. Nothing here waits, reads a clock, or knows SQL or GraphQL.
//!
//! # Glossary
//!
//! One word per idea and one idea per word: the same in Rust, SQL, GraphQL and talk. Who needs a new word adds it here.
//!
//! ## Who
//!
//! | word | meaning |
//! |---|---|
//! | **group** | an expert group; owns documents and has seats |
//! | **person** | somebody known by a **log-in**: an issuer and what that issuer calls them |
//! | **seat** | a place in a group, held by one person for a term; its **post** is an office and perhaps a discipline |
//! | **successor** | the seat that takes another's place once its term is over, and answers for objections left standing |
//! | **term** | when a seat is held: from an instant, until another, which is not part of it, or open |
//! | **office** | what a seat is for: CHAIR, VICE_CHAIR, MEMBER, ADVISER, OBSERVER, SECRETARIAT |
//! | **discipline** | a profession or standpoint that signs sections, such as NURSING or PATIENT_REPRESENTATIVE |
//! | **organisation** | a body of the directory; whoever belongs to one, or was given a role, is a **partner** |
//! | **invitation** | a seat offered to whoever brings its **code**, once; what is kept of the code is its **mark** |
//! | **present** | of a person: logged in lately and surely enough that what they do is their own act |
//! | **client** | a partner organisation's machine, registered by a group's secretariat with its public keys |
//! | **scope** | one thing that a client's access token opens, such as `advice:read` |
//! | **assertion** | what a client signs to get an access token; good for minutes, and once |
//! | **grant** | a **role** on one document, given to a person, an organisation or a client: READER, COMMENTER, EDITOR |
//! | **actor** | who is asking: anonymous, a person with what they hold, a client with its scopes, or the system itself |
//!
//! ## What is written
//!
//! | word | meaning |
//! |---|---|
//! | **document** | the lasting thing, with a slug; what it says is in its editions |
//! | **edition** | one outline under a number such as 2.0: DRAFT, PUBLISHED, SUPERSEDED or WITHDRAWN |
//! | **draft** | the edition that is being written; at most one of a document |
//! | **in force** | published, not superseded or withdrawn: what a document is read through unless another is named |
//! | **imported** | of an edition: issued before this service kept the document |
//! | **section** | the lasting part of a document and the unit that is signed; has a key and revisions |
//! | **key** | a section's lasting name in links; a document's is its **slug** |
//! | **outline** | the ordered tree of sections of one edition |
//! | **placement** | one section in one outline: its place, its audience, its requirements, and which revision of it |
//! | **revision** | one immutable text of a section, with who wrote it and what it was based on |
//! | **content** | what a revision says: heading, body, summary, recommendations, references |
//! | **wording** | a content as its writer hands it in: new recommendations have no number yet |
//! | **digest** | SHA-256 over the canonical JSON of a content; of the whole, over its sections' keys and digests |
//! | **recommendation** | a numbered statement inside a section; its number is never given to another |
//! | **statement** | one recommendation as one revision words it |
//! | **stood down** | of a recommendation: it no longer stands; its words and its number stay, with the reason |
//! | **audience** | who may read something once published: PUBLIC, PARTNERS, GROUP |
//! | **change class** | how far an edit reaches: CLINICAL, or EDITORIAL once a second person has **confirmed** it |
//! | **change note** | what an edition tells its followers |
//! | **manuscript** | a whole document as one text file, read by import and written by export |
//! | **comparison** | what differs between two editions as one reader sees them, down to the word |
//!
//! ## How it is reviewed
//!
//! | word | meaning |
//! |---|---|
//! | **review** | one scheduled examination of a document, from opening to conclusion; its rules are frozen |
//! | **timetable** | what an open review plans for when: drafting, sign-off, publication |
//! | **due** | when the next full review was promised; the **lead** is how long before that it opens by itself |
//! | **policy** | how the reviews of a document run: interval, lead, windows, quorum, ladder; data that can be set |
//! | **rules** | the part of the policy frozen into a review when it opens |
//! | **stage** | a part of a review: scoping, drafting, sign-off, final window, publication |
//! | **quorum** | the fewest sign-offs that a cell of a section needs, whatever the section asks for |
//! | **request** | what an open review asks of a seat: to **accept** by one day, and to **complete** by another |
//! | **ladder** | when people are reminded; a **rung** is one of its steps |
//! | **escalation** | a reminder that has come to others as well; the duty stays where it was |
//! | **notice** | what one person is told, once; its **delivery** is how it leaves the house: in a **letter** |
//! | **contact** | where somebody gets letters, and how often |
//! | **absence** | when the holder of a seat is away; another seat of the discipline may be their **stand-in** |
//! | **interest** | what may sway the holder of a seat, in one of four **categories**; an entry of the group's **register** |
//! | **declaration** | the holder's word that the register is true and complete; after a year, or in another review, it has **lapsed** |
//! | **action** | what is done about an interest in a review: DECLARE_ONLY, DISCUSS_ONLY or EXCLUDE |
//! | **participation** | whether somebody takes part in decisions on a text; the edition names its **non-participants** |
//! | **lead** | of a discipline: the seat that hears first of what is late there, and hands its cells over |
//! | **assignment** | a cell in the hands of a seat, who is asked for it; a seat's **load limit** is how many it takes on |
//! | **calendar** | the days of reviews for other programs, by a secret **link** |
//! | **requirement** | what a section needs: for each discipline it names, how many approvals |
//! | **cell** | section x discipline, or whole x patient representatives: the smallest thing that can be met |
//! | **scope** | what is signed: one section, or the document as a **whole** |
//! | **position** | one recorded act of a seat in a cell: APPROVE, OBJECT, ABSTAIN, RECUSE or NEED_MORE_TIME, or taking one back |
//! | **sign-off** | an APPROVE |
//! | **instruction** | a member's written word on which the secretariat records a position for them |
//! | **stale** | of a position: it no longer counts, for a reason that is shown; it is kept |
//! | **impact** | the positions that an edit of a section would make stale |
//! | **task** | what waits for one person in an open review |
//! | **ballot** | a vote of the group on whether an objection is **voted down**; its **electors** are the seats that have a vote |
//! | **minority view** | what an objection says that was voted down, published with the edition |
//! | **interim notice** | an edition published at once, which is to be fully signed off in a review after it |
//! | **opinion** | what an adviser says of a section: a **stance** (SUPPORTS, CONCERNS, NO_VIEW), in the name of a body; no vote, published with the edition |
//! | **comment** | a remark on a section as its writer read it; it stands until it is **settled**, and decides nothing |
//! | **gate** | what stands between a draft and its publication: a list of typed **blockers**; empty means ready |
//! | **final window** | the days between the last cell being met and publication |
//! | **conclusion** | how a review ends: PUBLISHED, REAFFIRMED or CANCELLED |
//! | **currency** | the public word that a reaffirmed document still stands |
//!
//! ## How it is decided
//!
//! | word | meaning |
//! |---|---|
//! | **act** | a kind of thing that somebody may want to do: a row of the access table |
//! | **thing** | what an act is about: the facts of it that permission depends on |
//! | **permit** | proof, as a value, that an actor may do one act on one thing |
//! | **facts** | what a decision depends on; a permit is laid **on** the facts it was given for, and fits no others |
//! | **obstacle** | what keeps somebody from an act, as clients are told who show what can be done |
//! | **sight** | all that an actor may read at one moment |
//! | **outcome** | what a domain function decided, ready to be recorded, such as `SeatGranted`; of a review, its end |
//! | **problem** | why an act is not possible now, which a user can do something about |
//! | **event** | the append-only record of an act, written in its transaction |
//! | **history** | the events of a document or a review, as far as its reader may know of them |

pub mod absence;
pub mod access;
pub mod appointment;
pub mod calendar;
pub mod client;
pub mod comment;
pub mod contact;
pub mod directory;
pub mod document;
pub mod event;
pub mod id;
pub mod interest;
pub mod invitation;
pub mod notice;
pub mod review;
pub mod role;
pub mod search;
pub mod text;
pub mod time;

#[cfg(test)]
pub(crate) mod testing;
