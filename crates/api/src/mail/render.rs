//! Writing mails: a text and an HTML part from templates.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use minijinja::{
    AutoEscape, Environment, UndefinedBehavior, Value, context, escape_formatter, syntax::SyntaxConfig, value::Serde,
};
use vitrine_types::Money;

use super::Letter;
use crate::{
    config::Config,
    error::{Error, Result},
};

/// A mail as it is sent.
pub struct Rendered {
    /// Subject line, in one line.
    pub subject: String,
    /// Plain text part.
    pub text: String,
    /// HTML part.
    pub html: String,
}

macro_rules! templates {
    ($($name:literal)*) => {
        [$(
            (concat!($name, ".txt"), include_str!(concat!("templates/", $name, ".txt"))),
            (concat!($name, ".html"), include_str!(concat!("templates/", $name, ".html"))),
        )*]
    };
}

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let templates = templates! {
        "layout" "parts"
        "welcome" "verify_email" "password_reset" "password_changed" "email_change_confirm" "email_change_notice" "email_in_use"
        "second_factor"
        "receipt" "payment_processing" "order_failed" "refund_sent" "needs_review"
        "plan_started" "plan_renewed" "trial_ends" "card_expiring"
        "plan_payment_failed" "plan_recovered" "plan_ended" "plan_changed"
        "booking_confirmed" "booking_moved" "booking_cancelled" "booking_reminder"
        "tokens_ending"
    };
    let mut environment = Environment::new();
    // Strict: a misspelt name in a template fails its test instead of leaving a hole in a mail.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
        .set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().expect("a syntax of ours"));
    environment.set_formatter(|out, state, value| match (state.auto_escape(), value.as_str()) {
        (AutoEscape::Html, Some(text)) if !value.is_safe() => Ok(out.write_str(&escape(text))?),
        _ => escape_formatter(out, state, value),
    });
    environment.add_filter("money", |money: Serde<Money>| money.to_string());
    environment.add_filter("date", |at: Serde<DateTime<Utc>>| at.format("%-d %B %Y").to_string());
    for (name, source) in templates {
        // They are part of the program; a test renders each of them.
        environment.add_template(name, source).expect("a template of ours");
    }
    environment
});

/// Writes a mail.
///
/// # Errors
/// Only when a template is at fault.
pub fn render(config: &Config, letter: &Letter) -> Result<Rendered> {
    let shop = config.shop_name.as_str();
    let subject = one_line(&letter.subject(shop));
    let render = |ending: &str| {
        let context = context! {
            shop,
            shop_url => config.public("/"),
            tagline => config.shop_tagline.as_str(),
            subject => subject.as_str(),
            ..Value::from(Serde(letter))
        };
        let template = TEMPLATES.get_template(&format!("{}.{ending}", letter.template()))?;
        template.render(context).map(|text| clean(&text))
    };
    let failed = |error: minijinja::Error| Error::internal(error);
    Ok(Rendered { text: render("txt").map_err(failed)?, html: render("html").map_err(failed)?, subject })
}

/// Text as HTML. The engine's own escaping also encodes `/`, which would make every address unreadable.
fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

/// Only line feeds end lines, and nothing else that steers anything gets in: what customers and owners wrote is inside.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// A subject cannot end its line: everything that is no visible character becomes a space.
fn one_line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use vitrine_types::{Currency, checkout::LineKind};

    use super::{
        super::{Access, Appointment, Delivery, Line, PaymentProcessing, Receipt, RefundSent, SecondFactorChange},
        *,
    };

    fn config() -> Config {
        let mut config = Config::in_dir(tempfile::tempdir().unwrap().keep()).unwrap();
        config.shop_name = "Ink & Paper".into();
        config
    }

    fn every_letter(hostile: &str) -> Vec<Letter> {
        let money = |amount| Money::new(amount, Currency::USD);
        let lines = vec![Line { name: hostile.into(), quantity: 2, total: money(3800) }];
        let order_url = "https://shop.example/dashboard/orders/1".to_owned();
        let link = "https://shop.example/verify-email?token=s3cret".to_owned();
        let delivery = |kind| Delivery { name: hostile.into(), kind, url: "https://shop.example/dashboard".into() };
        vec![
            Letter::Welcome,
            Letter::VerifyEmail { link: link.clone() },
            Letter::PasswordReset { link: link.clone() },
            Letter::PasswordChanged { reset_url: "https://shop.example/reset-password".into() },
            Letter::EmailChangeConfirm { link },
            Letter::EmailChangeNotice { new_address: "new@example.com".into() },
            Letter::EmailInUse { sign_in_url: "https://shop.example/sign-in".into() },
            second_factor(SecondFactorChange::Enabled),
            second_factor(SecondFactorChange::Disabled),
            second_factor(SecondFactorChange::CodesRenewed),
            second_factor(SecondFactorChange::CodeUsed { left: 9 }),
            Letter::Receipt(Receipt {
                order_number: "1042".into(),
                lines: lines.clone(),
                subtotal: money(3800),
                discount: money(300),
                tax: money(559),
                total: money(3500),
                paid_at: "2026-11-21T12:00:00Z".parse().unwrap(),
                deliveries: [LineKind::Download, LineKind::Embed, LineKind::Service, LineKind::Tokens]
                    .map(delivery)
                    .into(),
                order_url: order_url.clone(),
            }),
            Letter::PaymentProcessing(PaymentProcessing {
                order_number: "1042".into(),
                lines: lines.clone(),
                total: money(3500),
                order_url: order_url.clone(),
            }),
            Letter::OrderFailed { order_number: "1042".into(), reason: hostile.into() },
            Letter::NeedsReview { order_number: "1042".into(), reason: hostile.into(), order_url: hostile.into() },
            Letter::RefundSent(RefundSent {
                order_number: hostile.into(),
                amount: money(1900),
                lines,
                access: Access::Ended,
                tokens: true,
                order_url,
            }),
            Letter::BookingConfirmed(appointment(hostile)),
            Letter::BookingMoved(appointment(hostile)),
            Letter::BookingCancelled(appointment(hostile)),
            Letter::BookingReminder(appointment(hostile)),
            Letter::TokensEnding {
                tokens: "8 tokens".into(),
                ends_at: "2026-12-01T12:00:00Z".parse().unwrap(),
                statement_url: hostile.into(),
            },
        ]
    }

    fn second_factor(change: SecondFactorChange) -> Letter {
        let page = |path: &str| format!("https://shop.example{path}");
        Letter::SecondFactor { change, account_url: page("/account/two-factor"), reset_url: page("/reset-password") }
    }

    fn appointment(hostile: &str) -> Appointment {
        Appointment {
            service: hostile.into(),
            when: "Monday, 23 November 2026, 15:00 to 16:00 (Asia/Tokyo, UTC+09:00)".into(),
            when_at_owner: Some("Monday, 23 November 2026, 01:00 to 02:00 (America/New_York, UTC-05:00)".into()),
            location: hostile.into(),
            policy: "Free to cancel.".into(),
            message: Some(hostile.into()),
            manage_url: "https://shop.example/bookings/manage#t0ken".into(),
            invite: None,
        }
    }

    #[test]
    fn every_letter_has_its_words_and_no_markup_of_others() {
        let config = config();
        for letter in every_letter("<script>alert(1)</script>\0\r\nBcc: eve@example.com") {
            let Rendered { subject, text, html } = render(&config, &letter).unwrap();
            let name = letter.template();
            assert!(!subject.is_empty() && !subject.contains(char::is_control), "{name}: {subject:?}");
            assert!(html.starts_with("<!doctype html>") && html.contains("Ink &amp; Paper"), "{name}: {html}");
            assert!(!html.contains("<script"), "{name}: {html}");
            assert!(![&text, &html].into_iter().any(|part| part.contains(['\r', '\0'])), "{name}");
            assert!(text.contains("Ink & Paper") && !text.contains("<p") && !text.contains("{"), "{name}: {text}");
            assert!(!text.contains("\n\n\n\n"), "{name}: {text}");
            if let Some(token) = letter.token() {
                let link = format!("https://shop.example/verify-email?token={token}");
                assert!(text.contains(&link) && html.contains(&format!("href=\"{link}\"")), "{name}");
            }
        }
    }

    #[test]
    fn a_receipt_reads_well() {
        let letter = &every_letter("Field Guide")[11];
        insta::assert_snapshot!(render(&config(), letter).unwrap().text, @r"
        Thank you. Your order is paid, and everything is ready for you.

          Field Guide
          Download: https://shop.example/dashboard

          Field Guide
          Open: https://shop.example/dashboard

          Field Guide
          Book a time: https://shop.example/dashboard

          Field Guide
          See your tokens: https://shop.example/dashboard


        Receipt for order 1042, paid on 21 November 2026

          2 x Field Guide: 38.00 USD

          Subtotal: 38.00 USD
          Discount: -3.00 USD
          Tax: 5.59 USD
          Total: 35.00 USD

        Your order: https://shop.example/dashboard/orders/1

        -- 
        Ink & Paper
        http://localhost:8080/
        You get this mail because you bought something. Keep it as your receipt.
        ");
    }

    #[test]
    fn a_subject_is_one_line() {
        assert_eq!(one_line("a\r\nBcc: b\u{85}c\0 d\u{2028}e"), "a Bcc: b c d e");
        assert_eq!(one_line(&"x".repeat(500)).len(), 200);
    }
}
