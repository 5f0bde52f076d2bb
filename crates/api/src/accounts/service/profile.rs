//! The profile: name, zone, picture; deleting the account.

use uuid::Uuid;
use vitrine_types::{
    Code,
    accounts::{AccountPatch, Role},
};

use super::{
    super::store::{self, CustomerRecord, Purpose},
    registration::checked_name,
};
use crate::{
    clock::Clock,
    db::Tx,
    error::{Error, Result},
    jobs::{self, Kind},
    mail,
    media::{self, StoredImage},
    state::State,
};

/// Changes the fields that are there.
///
/// # Errors
/// `request.invalid`.
pub async fn update_profile(
    tx: &mut Tx,
    clock: &Clock,
    customer: Uuid,
    patch: &AccountPatch,
) -> Result<CustomerRecord> {
    let before = store::find_customer(&mut *tx, customer).await?.ok_or(Code::NotFound)?;
    let name = patch.name.as_deref().map(checked_name).transpose()?.unwrap_or_else(|| before.name.clone());
    let time_zone = match patch.time_zone.as_deref() {
        None => before.time_zone,
        Some("") => None,
        Some(zone) => match zone.parse::<chrono_tz::Tz>() {
            Ok(zone) => Some(zone.name().to_owned()),
            Err(_) => return Err(Error::field("time_zone", "invalid", "An IANA name, such as Europe/Berlin")),
        },
    };
    store::update_profile(tx, customer, &name, time_zone).await?;
    if name != before.name {
        tell_others(tx, clock, customer).await?;
    }
    Ok(store::find_customer(tx, customer).await?.ok_or(Code::NotFound)?)
}

/// Lets those outside who write to the customer know of another name or address.
pub(super) async fn tell_others(tx: &mut Tx, clock: &Clock, customer: Uuid) -> Result<()> {
    jobs::enqueue(tx, clock, Kind::FollowAccount, &Uuid::now_v7().to_string(), &customer, clock.now()).await
}

/// Sets another profile picture, or none; the one so far is deleted.
///
/// # Errors
/// When the database does not answer.
pub async fn set_avatar(
    tx: &mut Tx,
    state: &State,
    customer: Uuid,
    avatar: Option<StoredImage>,
) -> Result<CustomerRecord> {
    let before = store::find_customer(&mut *tx, customer).await?.ok_or(Code::NotFound)?;
    if let Some(old) = before.avatar {
        media::discard(tx, &state.clock, &[old.0]).await?;
    }
    if let Some(new) = &avatar {
        media::keep(tx, std::slice::from_ref(new)).await?;
    }
    store::update_avatar(tx, customer, avatar).await?;
    Ok(store::find_customer(tx, customer).await?.ok_or(Code::NotFound)?)
}

/// Deletes an account: all that names a person goes, sessions end, nobody can sign in to it. Its orders stay, for the books
/// need them.
///
/// # Errors
/// `accounts.last_admin`.
pub async fn delete_account(tx: &mut Tx, state: &State, customer: &CustomerRecord) -> Result<()> {
    // Two admins that go at the same time must not both count on the other.
    tx.lock("admins").await?;
    let is_admin = customer.role == Role::Admin;
    if is_admin && !store::has_other_admin(tx, customer.id).await? {
        return Err(Code::LastAdmin.into());
    }
    for address in store::list_link_addresses(tx, customer.id).await? {
        mail::service::forget(tx, &address).await?;
    }
    mail::service::forget(tx, &customer.email).await?;
    set_avatar(tx, state, customer.id, None).await?;
    for purpose in [Purpose::VerifyEmail, Purpose::ChangeEmail, Purpose::ResetPassword] {
        store::delete_link(tx, customer.id, purpose).await?;
    }
    store::delete_second_factor(tx, customer.id).await?;
    store::delete_muted_mails(tx, customer.id).await?;
    store::delete_other_sessions(tx, customer.id, None).await?;
    let placeholder = format!("{}@deleted.invalid", customer.id);
    Ok(store::update_deleted(tx, customer.id, &placeholder, state.clock.now()).await?)
}
