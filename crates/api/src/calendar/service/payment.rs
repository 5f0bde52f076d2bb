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

/// Spends what one appointment of the service costs.
///
/// # Errors
/// `request.not_found` when it is not this customer's; `entitlements.inactive`, `calendar.no_booking_left`;
/// `request.invalid` when it is for another service.
pub async fn spend(tx: &mut Tx, state: &State, customer: Uuid, service: &Service, pay_with: PayWith) -> Result<Spent> {
    match pay_with.kind {
        PaymentKind::Entitlement => {
            let right = entitlements::service::usable(&mut *tx, &state.clock, pay_with.id, customer).await?;
            if right.product_id != service.product.id {
                return Err(Error::field("pay_with.id", "other_product", "This was bought for something else"));
            }
            entitlements::service::spend_booking(tx, &state.clock, pay_with.id, customer).await?;
            Ok(Spent { kind: pay_with.kind, id: pay_with.id, amount: 1 })
        }
        PaymentKind::Tokens => Err(Code::TokensInsufficient.into()),
    }
}

/// Gives back what paid for a booking.
///
/// # Errors
/// When the database does not answer.
pub async fn give_back(tx: &mut Tx, booking: &BookingRecord) -> Result<()> {
    match (booking.paid_kind.as_deref(), booking.paid_id) {
        (Some("entitlement"), Some(entitlement)) => entitlements::service::return_booking(tx, entitlement).await,
        _ => Ok(()),
    }
}
