//! The actions of the control handle as data, for tests that are not written in Rust and for the control page.

use super::{Control, merged_settings};
use crate::cards::Card;
use crate::error::ApiResult;
use crate::faults::Fault;
use crate::flows::billing::DunningEnd;
use crate::flows::disputes::DisputeEnd;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An action. Over HTTP its name is the path under `/_sandbox/` and its fields are the JSON body.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Command {
    /// The customer pays a Checkout Session.
    Pay {
        session: String,
        #[serde(default = "visa")]
        card: Card,
        #[serde(default)]
        email: Option<String>,
    },
    /// The customer's card is declined.
    Decline { session: String },
    /// The bank answers about a delayed payment.
    SettleDelayed { session: String, outcome: Settlement },
    /// A session's time is over.
    Expire { session: String },
    /// Somebody refunds a payment in the Dashboard; `amount` in minor units, all that is left without it.
    Refund {
        payment_intent: String,
        #[serde(default)]
        amount: Option<i64>,
    },
    /// A pending refund arrives.
    SettleRefund { refund: String },
    /// A refund fails after all.
    FailRefund { refund: String },
    /// The customer disputes a payment; an inquiry takes no money yet.
    OpenDispute {
        payment_intent: String,
        #[serde(default)]
        inquiry: bool,
    },
    /// The bank decides.
    CloseDispute { dispute: String, outcome: DisputeEnd },
    /// Where events go, and the secrets that sign them.
    Webhook {
        url: Option<String>,
        #[serde(default)]
        secrets: Vec<String>,
    },
    /// Changes the delivery settings that are given.
    Delivery(Value),
    /// Releases the deliveries held back.
    Flush {},
    /// Delivers an event again.
    Resend { event: String },
    /// Makes the next matching API calls fail.
    Fault(Fault),
    /// Forgets the faults still to come.
    ClearFaults {},
    /// Moves the clock ahead.
    AdvanceClock { seconds: i64 },
    /// Moves the clock to the next renewal.
    AdvanceToRenewal {
        #[serde(default)]
        subscription: Option<String>,
    },
    /// The customer saves another card.
    SaveCard { customer: String, card: Card },
    /// The customer's saved cards behave like this one from now on.
    TurnCards { customer: String, card: Card },
    /// The customer cancels in the portal.
    CancelInPortal { subscription: String },
    /// Collects the open invoice of a subscription now.
    RetryPayment { subscription: String },
    /// What follows the last failed attempt to collect a renewal.
    DunningEnd { outcome: DunningEnd },
}

/// A bank's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Settlement {
    /// The money has come.
    Succeeded,
    /// It will not.
    Failed,
}

fn visa() -> Card {
    Card::Visa
}

impl Command {
    pub(super) fn run(self, control: &Control) -> ApiResult<Value> {
        match self {
            Command::Pay { session, card, email } => control.pay_as(&session, card, email.as_deref()),
            Command::Decline { session } => control.decline(&session),
            Command::SettleDelayed { session, outcome } => {
                control.settle_delayed(&session, outcome == Settlement::Succeeded)
            }
            Command::Expire { session } => control.expire(&session),
            Command::Refund { payment_intent, amount } => control.refund(&payment_intent, amount),
            Command::SettleRefund { refund } => control.settle_refund(&refund),
            Command::FailRefund { refund } => control.fail_refund(&refund),
            Command::OpenDispute { payment_intent, inquiry: false } => control.open_dispute(&payment_intent),
            Command::OpenDispute { payment_intent, inquiry: true } => control.open_inquiry(&payment_intent),
            Command::CloseDispute { dispute, outcome } => control.close_dispute(&dispute, outcome),
            Command::Webhook { url, secrets } => {
                control.set_webhook(url, secrets);
                Ok(json!({}))
            }
            Command::Delivery(changes) => {
                let merged = merged_settings(&control.delivery_settings(), changes)?;
                control.set_delivery(|settings| settings.clone_from(&merged));
                Ok(json!(merged))
            }
            Command::Flush {} => Ok(json!({ "released": control.flush() })),
            Command::Resend { event } => control.resend(&event),
            Command::Fault(fault) => {
                control.add_fault(fault.clone());
                Ok(json!(fault))
            }
            Command::ClearFaults {} => {
                control.clear_faults();
                Ok(json!({}))
            }
            Command::AdvanceClock { seconds } => {
                control.advance(seconds);
                Ok(clock(control))
            }
            Command::AdvanceToRenewal { subscription } => control.advance_to_renewal(subscription.as_deref()),
            Command::SaveCard { customer, card } => control.save_card(&customer, card),
            Command::TurnCards { customer, card } => control.turn_cards(&customer, card),
            Command::CancelInPortal { subscription } => control.cancel_in_portal(&subscription),
            Command::RetryPayment { subscription } => control.retry_payment(&subscription),
            Command::DunningEnd { outcome } => {
                control.set_dunning_end(outcome);
                Ok(json!({ "dunning_end": outcome }))
            }
        }
    }
}

/// The clock, as `GET /_sandbox/clock` tells it.
pub(super) fn clock(control: &Control) -> Value {
    json!({ "now": control.now(), "offset": control.clock_offset() })
}
