//! The demo's time machine.

use vitrine_types::{
    accounts::Session,
    time_machine::{ShopTime, TimeTravel},
};

use crate::{Client, Result};

impl Client {
    /// What time it is in a demo shop.
    pub async fn get_shop_time(&self) -> Result<ShopTime> {
        self.get("/admin/time-machine").await
    }

    /// Moves a demo shop ahead in time; the session goes along.
    pub async fn travel_in_time(&self, travel: &TimeTravel) -> Result<Session> {
        self.post("/admin/time-machine", travel).await.map(|session| self.keep(session))
    }
}
