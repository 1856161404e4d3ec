//! What a letter says: the notices that it gathers, as somebody may read them at that moment, in plain text and in HTML.
//!
//! It holds no text of the advice and no reason that anybody gave: letters lie about on other people's machines. Titles,
//! names, numbers and days are told as far as the reader may still read them.

use std::collections::{HashMap, HashSet};

use lettre::{
    Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use minijinja::{Environment, Value, context};

use crate::{
    domain::{
        contact::EmailAddress,
        directory::Person,
        document::Document,
        id::{DocumentId, NoticeId, PersonId, SeatId},
        notice::KeptNotice,
        review::{
            ladder::Deadline,
            notice::{ToldEscalation, ToldLate, ToldReminder, told},
        },
        role::Seat,
        time::Timestamp,
    },
    render::notice::{day, sentence},
    store::{Reader, StoreError},
};

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotWritten {
    /// A template.
    #[error("failed to fill a template")]
    Template(#[from] minijinja::Error),
    /// An address or a header.
    #[error("failed to make a message")]
    Message(#[from] lettre::error::Error),
    /// An address that the library does not take.
    #[error("failed to use an address")]
    Address(#[from] lettre::address::AddressError),
}

/// Who it goes to.
pub(super) struct Addressee<'a> {
    /// How they are called.
    pub(super) name: &'a str,
    /// Where they are reached.
    pub(super) address: &'a EmailAddress,
    /// The address at which they stop letters.
    pub(super) stop: String,
}

/// What one notice becomes.
pub(super) struct Item {
    sentence: String,
    lines: Vec<String>,
    id: NoticeId,
}

/// What the notices of one person become. One about a document that they may no longer read tells nothing, and is left
/// out.
pub(super) async fn items(reader: &Reader, notices: &[&KeptNotice]) -> Result<Vec<Item>, StoreError> {
    let seen = Seen::of(reader, notices).await?;
    Ok(notices.iter().filter_map(|notice| seen.item(notice)).collect())
}

/// What the person may read of that which notices are about.
struct Seen {
    documents: HashMap<DocumentId, Document>,
    seats: HashMap<SeatId, Seat>,
    people: HashMap<PersonId, Person>,
}

impl Seen {
    async fn of(reader: &Reader, notices: &[&KeptNotice]) -> Result<Self, StoreError> {
        let mut documents: HashSet<DocumentId> = notices.iter().filter_map(|kept| kept.notice.document).collect();
        let mut seats: HashSet<SeatId> = HashSet::new();
        for kept in notices {
            let told = told(&kept.notice);
            documents.extend(told.reminders.iter().map(|reminder| reminder.document));
            documents.extend(told.escalations.iter().map(|escalation| escalation.document));
            seats.extend(told.escalations.iter().flat_map(|escalation| &escalation.late).map(|late| late.seat));
        }
        let documents: Vec<DocumentId> = documents.into_iter().collect();
        let seats: Vec<SeatId> = seats.into_iter().collect();
        let (documents, seats) = (reader.documents(&documents).await?, reader.seats(&seats).await?);
        let holders: HashSet<PersonId> = seats.values().map(|seat| seat.holder).collect();
        let people = reader.people(&holders.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self { documents, seats, people })
    }

    fn item(&self, kept: &KeptNotice) -> Option<Item> {
        let told = told(&kept.notice);
        let mut lines: Vec<String> = told.reminders.iter().filter_map(|reminder| self.own(reminder)).collect();
        lines.extend(told.escalations.iter().filter_map(|escalation| self.of_others(escalation)).flatten());
        if told.reminders.is_empty() && told.escalations.is_empty() {
            lines.extend(kept.notice.document.and_then(|id| self.title(id)));
        }
        (!lines.is_empty()).then(|| Item { sentence: sentence(kept), lines, id: kept.id })
    }

    fn title(&self, document: DocumentId) -> Option<String> {
        self.documents.get(&document).map(|document| document.title.as_str().to_owned())
    }

    fn own(&self, reminder: &ToldReminder) -> Option<String> {
        let what = match reminder.deadline {
            Deadline::Accept => "say whether you take part",
            Deadline::Complete => "sign off, or say what is missing",
        };
        let (title, until) = (self.title(reminder.document)?, day(reminder.until));
        Some(format!("{title}: {what} by {until}; {}.", tasks(reminder.waiting)))
    }

    fn of_others(&self, escalation: &ToldEscalation) -> Option<impl Iterator<Item = String>> {
        let (title, until) = (self.title(escalation.document)?, day(escalation.until));
        let late = |late: &ToldLate| {
            let seat = self.seats.get(&late.seat)?;
            let name = self.people.get(&seat.holder).map_or("somebody", |person| person.name.as_str());
            let place = seat.post.discipline().map_or(seat.post.office().word(), |discipline| discipline.word());
            let place = place.replace('_', " ").to_lowercase();
            Some(format!("{title}: {name} ({place}) was to be done by {until}; {}.", tasks(late.waiting)))
        };
        Some(escalation.late.iter().filter_map(late).collect::<Vec<_>>().into_iter())
    }
}

fn tasks(waiting: usize) -> String {
    if waiting == 1 { "one task waits".to_owned() } else { format!("{waiting} tasks wait") }
}

/// The letter. Its Message-ID is made of the notice it tells of, so whoever gets one twice (RFC 5322, 3.6.4) can know.
pub(super) fn write(
    from: &Mailbox,
    to: &Addressee<'_>,
    items: &[Item],
    home: Option<&str>,
    now: Timestamp,
) -> Result<Message, NotWritten> {
    let subject = match items {
        [item] => item.sentence.trim_end_matches('.').to_owned(),
        items => format!("{} things to know", items.len()),
    };
    let list: Vec<Value> =
        items.iter().map(|item| context! { sentence => &item.sentence, lines => item.lines.clone() }).collect();
    let told = context! { name => to.name, subject => &subject, items => list, home => home, stop => &to.stop };
    let mut environment = Environment::new();
    environment.add_template("letter.txt", include_str!("letter.txt"))?;
    environment.add_template("letter.html", include_str!("letter.html"))?;
    let text = environment.get_template("letter.txt")?.render(&told)?;
    let html = environment.get_template("letter.html")?.render(&told)?;
    let id = items.iter().map(|item| item.id).max().map(|id| format!("<{}@{}>", id.0, from.email.domain()));
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(Some(to.name.to_owned()), to.address.as_str().parse()?))
        .date(now.into())
        .message_id(id)
        .subject(subject)
        .multipart(MultiPart::alternative_plain_html(text, html))?;
    let headers = message.headers_mut();
    // RFC 8058: one click, no page. RFC 3834: nobody's holiday answers it.
    for (name, value) in [
        (HeaderName::new_from_ascii_str("List-Unsubscribe"), format!("<{}>", to.stop)),
        (HeaderName::new_from_ascii_str("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click".to_owned()),
        (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()),
    ] {
        headers.insert_raw(HeaderValue::new(name, value));
    }
    Ok(message)
}
