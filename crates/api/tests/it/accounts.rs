//! Accounts: registering, signing in and out, sessions, passwords, addresses, the profile.

use vitrine_types::{
    Code,
    accounts::{Credentials, NewCustomer, Role},
};

use crate::harness::{ADMIN, PASSWORD, with_shop};

#[test]
fn registers_signs_in_and_knows_who_it_is() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let me = ada.get_account().await.unwrap();
        assert_eq!((me.email.as_str(), me.name.as_str(), me.role), ("ada@example.com", "ada", Role::Customer));
        assert!(!me.email_verified);
        let elsewhere = shop.visitor();
        let credentials = Credentials { email: " ADA@Example.com".into(), password: PASSWORD.into() };
        assert_eq!(elsewhere.login(&credentials).await.unwrap().customer.id, me.id);
        assert_eq!(shop.visitor().get_account().await.unwrap_err().code(), Some(Code::NotSignedIn));
        let again = NewCustomer { email: "Ada@example.com".into(), password: PASSWORD.into(), name: "Eve".into() };
        assert_eq!(shop.visitor().register(&again).await.unwrap_err().code(), Some(Code::EmailTaken));
        let admin = shop.admin().await.get_account().await.unwrap();
        assert_eq!((admin.email.as_str(), admin.role), (ADMIN.0, Role::Admin));
    });
}
