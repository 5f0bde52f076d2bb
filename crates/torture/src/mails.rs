//! The mail server of the rig, which outlives the shop's processes, and what must be true of what it got.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use anyhow::{Result, bail, ensure};
use mail_sink::{Fate, Sink};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;
use vitrine_types::mail::{Mail, MailQuery, MailStatus};

use crate::people::Person;

/// As many mails has one process in hand at once.
const IN_HAND: u64 = 4;

/// What arrived so far.
pub struct Mails {
    sink: Sink,
    arrived: RefCell<HashMap<Uuid, Arrival>>,
    /// Those of earlier rounds: nothing more is to come of them.
    settled: RefCell<HashSet<Uuid>>,
    /// What cannot become right any more.
    wrong: RefCell<Option<String>>,
}

#[derive(Clone, Default)]
struct Arrival {
    to: Vec<String>,
    /// How often it was taken, and the shop was told.
    answered: u64,
    /// How often it was taken, and the shop was not told.
    unanswered: u64,
}

impl Mails {
    /// Those that this mail server gets.
    pub fn of(sink: Sink) -> Self {
        let (arrived, settled, wrong) = Default::default();
        Self { sink, arrived, settled, wrong }
    }

    /// For the next round: in one of three the mail server is in a bad mood.
    pub fn change_mood(&self, chance: &mut StdRng) {
        let bad = chance.random_ratio(1, 3);
        let mut chance = StdRng::seed_from_u64(chance.random());
        self.sink.decide(move || match chance.random_range(0..24) {
            0 if bad => Fate::Refused("451 4.3.0 come back later".into()),
            1 if bad => Fate::Dropped,
            2 if bad => Fate::Unanswered,
            _ => Fate::Taken,
        });
    }

    /// Whether exactly what the outbox says has arrived, after processes died `deaths` times in this round. Then the round's
    /// mails are settled.
    pub async fn settle(&self, owner: &Person, deaths: u64) -> Result<()> {
        // What arrived until now was committed before: it stands in the outbox that is read after.
        let known = self.arrivals()?;
        let mails = self.outbox(owner).await?;
        for id in known.keys() {
            ensure!(mails.iter().any(|mail| mail.id == *id), "a mail arrived that the shop never wrote: {id}");
        }
        // And what is noted as sent arrived before that.
        let arrived = self.arrivals()?;
        let mut again = 0;
        for mail in &mails {
            let what = format!("the mail {:?} to {}", mail.subject, mail.to);
            ensure!(mail.status == MailStatus::Sent, "{what} is {:?}: {:?}", mail.status, mail.error);
            let Some(arrival) = arrived.get(&mail.id) else { bail!("{what} is marked as sent, and never arrived") };
            ensure!(arrival.to == [mail.to.clone()], "{what} went to {:?}", arrival.to);
            // Who was not told must send again; any other repetition is a death between "taken" and the note of it.
            let more = arrival.answered.saturating_sub(1);
            ensure!(more <= deaths, "{what} arrived {} times, after {deaths} deaths", arrival.answered);
            again += more;
        }
        ensure!(again <= deaths * IN_HAND, "{again} mails arrived again, after {deaths} deaths");
        self.settled.borrow_mut().extend(mails.iter().map(|mail| mail.id));
        Ok(())
    }

    /// How many mails are settled, and how many of all that arrived had done so before.
    pub fn count(&self) -> (usize, u64) {
        let arrived = self.arrived.borrow();
        let again = arrived.values().map(|arrival| arrival.answered + arrival.unanswered - 1).sum();
        (self.settled.borrow().len(), again)
    }

    fn arrivals(&self) -> Result<HashMap<Uuid, Arrival>> {
        let (mut arrived, settled) = (self.arrived.borrow_mut(), self.settled.borrow());
        for mail in self.sink.take() {
            let header = mail.header("Message-ID");
            let id = header.trim_matches(['<', '>']).split('@').next().and_then(|id| id.parse().ok());
            let Some(id) = id.filter(|id| !settled.contains(id)) else {
                let words =
                    format!("{header} has no id of ours, or came in an earlier round: {}", mail.header("Subject"));
                self.wrong.replace(Some(words));
                continue;
            };
            let arrival = arrived.entry(id).or_default();
            arrival.to = mail.to;
            match mail.answered {
                true => arrival.answered += 1,
                false => arrival.unanswered += 1,
            }
        }
        if let Some(wrong) = &*self.wrong.borrow() {
            bail!("{wrong}");
        }
        Ok(arrived.iter().filter(|(id, _)| !settled.contains(id)).map(|(id, found)| (*id, found.clone())).collect())
    }

    /// The mails that are not settled. Ids grow with time: before a settled one all are.
    async fn outbox(&self, owner: &Person) -> Result<Vec<Mail>> {
        let (mut mails, mut query) = (Vec::new(), MailQuery { limit: Some(100), ..Default::default() });
        loop {
            let page = owner.must("outbox", async || owner.client.list_mails(&query).await).await?;
            let settled = self.settled.borrow();
            let (old, new): (Vec<_>, Vec<_>) = page.data.into_iter().partition(|mail| settled.contains(&mail.id));
            mails.extend(new);
            query.cursor = page.next_cursor;
            if query.cursor.is_none() || !old.is_empty() {
                return Ok(mails);
            }
        }
    }
}
