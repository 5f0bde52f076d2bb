//! The integration tests: the whole server over HTTP, driven by the client that the app uses, on both databases.
//!
//! `TEST_DATABASE_URL=postgres://…` runs them on PostgreSQL (each test in a database of its own), otherwise each gets an
//! SQLite file. One file per feature.

mod harness;

mod accounts;
mod backup;
mod basics;
mod calendar;
mod calendar_checkout;
mod calendar_external;
mod calendar_files;
mod calendar_guard;
mod calendar_holds;
mod calendar_ics;
mod calendar_letters;
mod calendar_owner;
mod calendar_race;
mod catalog;
mod catalog_files;
mod catalog_lists;
mod checkout;
mod disorder;
mod guards;
mod hostile;
mod jobs;
mod mail;
mod matrix;
mod outages;
mod refunds;
mod subscriptions;
mod time_machine;
mod tokens;
mod tokens_bank;
mod tokens_bookings;
mod tokens_statement;
mod top_ups;
mod upgrade;
mod web;
mod webhook;
mod year;
