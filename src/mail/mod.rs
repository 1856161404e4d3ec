//! Letters: takes what waits in the outbox and hands it to a mail server.
//!
//! ```text
//! outbox ── lease ──> wanted now? ── yes ──> letter (read with its reader's eyes) ──> SMTP ──> settled
//!                        ├── later: put off until then          refused for good: given up ──┘
//!                        └── never: settled as not wanted       failed: put off, longer each time
//! ```
//!
//! A delivery is leased in the database, so each goes out of one replica. Whoever is killed between the server's yes and its
//! own note of it sends that one letter again when the lease ends, with the same Message-ID: at least once, and once in
//! all but that case. What waited for longer than a day, while the server was away, comes in one letter.

mod letter;
mod server;

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use lettre::message::Mailbox;
pub use server::NoMailServer;
use server::{HandedOver, Server};
use tokio_util::sync::CancellationToken;

use self::letter::Addressee;
use crate::{
    config::Config,
    domain::{
        contact::Contact,
        id::PersonId,
        notice::{Channel, DeliveryOutcome, KeptNotice},
        time::Timestamp,
    },
    store::{Leased, Recipient, Store, StoreError},
};

/// How many deliveries are leased at once.
const BATCH: u64 = 50;
/// How long they are ours. Whoever is killed meanwhile keeps nobody waiting for longer.
const LEASE_SECONDS: i64 = 60;
/// A letter is begun only if so much of the lease is left: more than handing it over can take.
const LEASE_LEFT_SECONDS: i64 = 40;
/// What waited longer than this comes in one letter.
const BACKLOG_HOURS: i64 = 24;
/// How often a letter is tried.
const ATTEMPTS_MAX: u32 = 20;
/// The longest time between two tries.
const PAUSE_HOURS_MAX: i64 = 6;

/// Where letters come from and what they point to.
#[derive(Clone)]
struct Letterhead {
    from: Mailbox,
    /// Where people do their work.
    home: Option<String>,
    /// Where this service is reached.
    public_url: String,
}

/// Hands letters to the mail server.
#[derive(Clone)]
pub struct Postman {
    store: Store,
    server: Server,
    head: Letterhead,
}

impl Postman {
    /// A postman as configured; none if no mail server is.
    pub fn new(config: &Config, store: Store) -> Result<Option<Self>, NoMailServer> {
        let Some(server) = config.mail.server.given() else { return Ok(None) };
        let ca_file = Some(config.mail.ca_file.as_path()).filter(|file| !file.as_os_str().is_empty());
        let head = Letterhead {
            from: config.mail.from.mailbox().clone(),
            home: config.mail.home.given().map(str::to_owned),
            public_url: config.public_url(),
        };
        Ok(Some(Self { store, server: Server::new(server, ca_file)?, head }))
    }

    /// Delivers what waits, every `period` until told to stop. A letter that is being handed over is handed over.
    pub async fn run(self, period: Duration, stop: CancellationToken) {
        let mut beat = tokio::time::interval(period);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = beat.tick() => {}
            }
            if let Err(error) = self.deliver(&stop).await {
                tracing::error!(error = &error as &dyn std::error::Error, "failed to deliver letters");
            }
        }
    }

    /// Delivers what waits now, and says how many letters the server took.
    pub async fn deliver(&self, stop: &CancellationToken) -> Result<usize, StoreError> {
        let mut taken = 0;
        loop {
            let until = self.store.now() + TimeDelta::seconds(LEASE_SECONDS);
            let leased = self.store.lease_deliveries(Channel::Email, until, BATCH).await?;
            if leased.is_empty() || stop.is_cancelled() {
                return Ok(taken);
            }
            let mut of_person: BTreeMap<PersonId, Vec<Leased>> = BTreeMap::new();
            for one in leased {
                of_person.entry(one.to()).or_default().push(one);
            }
            let people: Vec<PersonId> = of_person.keys().copied().collect();
            let mut recipients = self.store.recipients(&people).await?;
            for (person, waiting) in of_person {
                let Some(recipient) = recipients.remove(&person) else { continue };
                taken += self.deliver_to(person, &recipient, waiting, until).await?;
            }
        }
    }

    /// Delivers what waits for one person.
    async fn deliver_to(
        &self,
        person: PersonId,
        recipient: &Recipient,
        waiting: Vec<Leased>,
        ours_until: Timestamp,
    ) -> Result<usize, StoreError> {
        let now = self.store.now();
        let mut ready = Vec::new();
        for one in waiting {
            match recipient.contact.goes_out(one.notice.at) {
                None => drop(self.store.settle_delivery(&one, DeliveryOutcome::NotWanted).await?),
                // What was read since needs no letter.
                Some(_) if one.notice.read_at.is_some() => {
                    self.store.settle_delivery(&one, DeliveryOutcome::NotWanted).await?;
                }
                Some(at) if at > now => drop(self.store.postpone_delivery(&one, at).await?),
                Some(_) => ready.push(one),
            }
        }
        let mut taken = 0;
        for letter in letters(&recipient.contact, ready, now) {
            if self.store.now() + TimeDelta::seconds(LEASE_LEFT_SECONDS) > ours_until {
                // The server is slow. What is left is leased anew when this lease is over.
                break;
            }
            taken += usize::from(self.send(person, recipient, &letter).await?);
        }
        Ok(taken)
    }

    /// Sends one letter, and notes what came of it.
    async fn send(&self, person: PersonId, recipient: &Recipient, told: &[Leased]) -> Result<bool, StoreError> {
        let Some(address) = &recipient.contact.address else { return Ok(false) };
        let notices: Vec<&KeptNotice> = told.iter().map(|one| &one.notice).collect();
        let reader = self.store.fresh_reader(self.store.actor_of(person).await?);
        let items = letter::items(&reader, &notices).await?;
        drop(reader);
        if items.is_empty() {
            return self.settle(told, DeliveryOutcome::NotWanted).await.map(|()| false);
        }
        let code = recipient.stop_code.as_ref().map_or("", |code| code.expose());
        let stop = format!("{}/letters/stop?code={code}", self.head.public_url);
        let addressee = Addressee { name: &recipient.name, address, stop };
        let written = letter::write(&self.head.from, &addressee, &items, self.head.home.as_deref(), self.store.now());
        let letter = match written {
            Ok(letter) => letter,
            Err(error) => {
                tracing::error!(person.id = %person, error = &error as &dyn std::error::Error, "failed to write a letter");
                return self.settle(told, DeliveryOutcome::GivenUp).await.map(|()| false);
            }
        };
        match self.server.hand_over(letter).await {
            HandedOver::Taken => self.settle(told, DeliveryOutcome::Sent).await.map(|()| true),
            HandedOver::Refused(error) => {
                tracing::warn!(person.id = %person, error = &error as &dyn std::error::Error, "the mail server refused a letter");
                self.settle(told, DeliveryOutcome::GivenUp).await.map(|()| false)
            }
            HandedOver::Failed(error) => {
                tracing::warn!(person.id = %person, error = &error as &dyn std::error::Error, "failed to hand a letter over");
                self.put_off(told).await.map(|()| false)
            }
        }
    }

    async fn settle(&self, told: &[Leased], outcome: DeliveryOutcome) -> Result<(), StoreError> {
        for one in told {
            self.store.settle_delivery(one, outcome).await?;
        }
        Ok(())
    }

    /// Tries again later, each time after twice as long.
    async fn put_off(&self, told: &[Leased]) -> Result<(), StoreError> {
        for one in told {
            if one.attempts >= ATTEMPTS_MAX {
                self.store.settle_delivery(one, DeliveryOutcome::GivenUp).await?;
                continue;
            }
            let pause = TimeDelta::minutes(1 << one.attempts.saturating_sub(1).min(10));
            let until = self.store.now() + pause.min(TimeDelta::hours(PAUSE_HOURS_MAX));
            self.store.postpone_delivery(one, until).await?;
        }
        Ok(())
    }
}

/// Which deliveries go into one letter: each into its own, unless they are to be gathered or have waited for long.
fn letters(contact: &Contact, ready: Vec<Leased>, now: Timestamp) -> Vec<Vec<Leased>> {
    if contact.gathers() {
        return if ready.is_empty() { vec![] } else { vec![ready] };
    }
    let backlog = now - TimeDelta::hours(BACKLOG_HOURS);
    let (late, fresh): (Vec<Leased>, Vec<Leased>) = ready.into_iter().partition(|one| one.notice.at < backlog);
    let late = (!late.is_empty()).then_some(late);
    late.into_iter().chain(fresh.into_iter().map(|one| vec![one])).collect()
}
