//! What pays for an appointment.

use uuid::Uuid;
use vitrine_types::{
    Code,
    calendar::{PayWith, PaymentKind},
};

use super::agenda::Service;
use crate::{
    calendar::store::BookingRecord,
    db::Tx,
    entitlements,
    error::{Error, Result},
    state::State,
    tokens,
};

/// What was spent.
#[derive(Clone, Copy, Debug)]
pub struct Spent {
    /// What kind.
    pub kind: PaymentKind,
    /// The entitlement or subscription.
    pub id: Uuid,
    /// How many appointments, or tokens.
    pub amount: i64,
}

/// Spends what one appointment of the service costs, for the booking that will have the id `booking`.
///
/// # Errors
/// `request.not_found` when it is not this customer's; `entitlements.inactive`, `calendar.no_booking_left`,
/// `tokens.insufficient`, `tokens.frozen`; `request.invalid` when it is for another service, or the service takes no tokens.
pub async fn spend(
    tx: &mut Tx,
    state: &State,
    customer: Uuid,
    service: &Service,
    booking: Uuid,
    pay_with: PayWith,
) -> Result<Spent> {
    match pay_with.kind {
        PaymentKind::Entitlement => {
            let product = service.product.id;
            if !entitlements::service::spend_booking(tx, &state.clock, pay_with.id, customer, product).await? {
                let right = entitlements::service::usable(&mut *tx, &state.clock, pay_with.id, customer).await?;
                return Err(if right.product_id == product {
                    Code::NoBookingLeft.into()
                } else {
                    Error::field("pay_with.id", "other_product", "This was bought for something else")
                });
            }
            Ok(Spent { kind: pay_with.kind, id: pay_with.id, amount: 1 })
        }
        PaymentKind::Tokens => {
            let amount = i64::from(service.settings.token_cost);
            if amount == 0 {
                return Err(Error::field("pay_with.kind", "not_accepted", "This service is not paid with tokens"));
            }
            tokens::service::spend(tx, &state.clock, customer, pay_with.id, amount, booking).await?;
            Ok(Spent { kind: pay_with.kind, id: pay_with.id, amount })
        }
    }
}

/// Gives back what paid for a booking.
///
/// # Errors
/// When the database does not answer.
pub async fn give_back(tx: &mut Tx, state: &State, booking: &BookingRecord) -> Result<()> {
    match (booking.paid_kind.as_deref(), booking.paid_id) {
        (Some("entitlement"), Some(entitlement)) => entitlements::service::return_booking(tx, entitlement).await,
        (Some("tokens"), _) => tokens::service::give_back(tx, &state.clock, booking.id).await,
        _ => Ok(()),
    }
}
