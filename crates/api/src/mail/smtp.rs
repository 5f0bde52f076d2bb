//! Handing mails to a mail server.

use std::time::Duration;

use anyhow::{Context, ensure};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType},
    },
};
use tokio::time::timeout;
use uuid::Uuid;

use super::store::MailRecord;

/// The mail server, and as whom we send.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    host: String,
}

/// How long one mail may take.
const PATIENCE: Duration = Duration::from_secs(60);

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
        // The transport's own limit is one for connecting: a server may be silent afterwards.
        let Ok(sent) = timeout(PATIENCE, self.transport.send(message)).await else {
            return Err(Refused { reason: "no answer within a minute".into(), for_good: false });
        };
        match sent {
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
        // Encoded by us, so that no line of the text can be taken for one of the protocol.
        let part = |kind: ContentType, body: &str| {
            let builder = SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable);
            builder.body(body.replace('\r', ""))
        };
        let mut body = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
            .singlepart(part(ContentType::TEXT_HTML, &mail.html));
        let mut files = Vec::new();
        for file in mail.attachments.iter() {
            let kind: ContentType = file.content_type.parse().context("attachment")?;
            // Mail programs take an invite only from among the alternatives, and people look for it among the files.
            if file.content_type.starts_with("text/calendar") {
                body = body.singlepart(part(kind.clone(), &file.content));
            }
            files.push(Attachment::new(file.name.clone()).body(file.content.clone(), kind));
        }
        let body = match files.is_empty() {
            true => body,
            false => files.into_iter().fold(MultiPart::mixed().multipart(body), MultiPart::singlepart),
        };
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, ascii_address(&mail.recipient)?))
            .subject(mail.subject.clone())
            .message_id(Some(message_id(mail.id, &self.host)))
            .multipart(body)
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
