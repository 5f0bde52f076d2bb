//! Handing mails to a mail server.

use std::time::Duration;

use anyhow::{Context, ensure};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, SinglePart, header::ContentTransferEncoding},
};
use uuid::Uuid;

use super::store::MailRecord;

/// The mail server, and as whom we send.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    host: String,
}

/// Why a mail could not be sent.
#[derive(Debug)]
pub struct Refused {
    /// What the mail server said.
    pub reason: String,
    /// Whether trying again makes no sense.
    pub for_good: bool,
}

impl Mailer {
    /// A mailer for the server at `url` (`smtp://` or `smtps://`, with user and password if needed).
    ///
    /// # Errors
    /// When the address or the sender cannot be read. The message does not repeat them, for they may hold a password.
    pub fn new(url: &str, from: &str, host: &str) -> anyhow::Result<Self> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| {
            anyhow::anyhow!("SMTP_URL: use smtp://user:password@host:587?tls=required, smtps://… or smtp://host:port")
        })?;
        ensure!(!from.contains(char::is_control), "VITRINE_MAIL_FROM: one line");
        Ok(Self {
            transport: builder.timeout(Some(Duration::from_secs(20))).build(),
            from: from.parse().context("VITRINE_MAIL_FROM: Name <address>")?,
            host: host.to_owned(),
        })
    }

    /// Sends one mail to its one recipient.
    ///
    /// # Errors
    /// What the mail server said.
    pub async fn send(&self, mail: &MailRecord) -> Result<(), Refused> {
        let message = self.message(mail).map_err(|error| Refused { reason: format!("{error:#}"), for_good: true })?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => {
                // 53x is about us (signing in, encryption), which the owner will mend; other 5xx are about this mail.
                let status = error.status().map(u16::from);
                let about_us = status.is_some_and(|code| (530..540).contains(&code));
                Err(Refused { for_good: error.is_permanent() && !about_us, reason: error.to_string() })
            }
        }
    }

    fn message(&self, mail: &MailRecord) -> anyhow::Result<Message> {
        let part = |part: SinglePart| part;
        // Encoded by us, so that no line of the text can be taken for one of the protocol.
        let encoded = |builder: lettre::message::SinglePartBuilder, body: &str| {
            part(builder.header(ContentTransferEncoding::QuotedPrintable).body(body.replace('\r', "")))
        };
        let text = encoded(SinglePart::builder().header(lettre::message::header::ContentType::TEXT_PLAIN), &mail.text);
        let html = encoded(SinglePart::builder().header(lettre::message::header::ContentType::TEXT_HTML), &mail.html);
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, ascii_address(&mail.recipient)?))
            .subject(mail.subject.clone())
            .message_id(Some(message_id(mail.id, &self.host)))
            .multipart(MultiPart::alternative().singlepart(text).singlepart(html))
            .context("write the message")
    }
}

/// The same at every try, so that a mail that arrives twice can be told.
fn message_id(id: Uuid, host: &str) -> String {
    format!("<{id}@{host}>")
}

/// The address with its domain in ASCII, as every mail server takes it.
fn ascii_address(text: &str) -> anyhow::Result<Address> {
    let address: Address = text.parse().context("recipient")?;
    match url::Host::parse(address.domain()) {
        Ok(url::Host::Domain(domain)) => Address::new(address.user(), domain).context("recipient"),
        _ => anyhow::bail!("the recipient's domain is none"),
    }
}
