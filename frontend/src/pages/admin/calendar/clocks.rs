//! By which clocks the owner lives on which day.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use vitrine_types::calendar::{Schedule, Stay};

use crate::format;

/// The owner's zone at home, and on journeys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clocks {
    /// IANA name.
    pub home: String,
    /// They do not overlap.
    pub travel: Vec<Stay>,
}

impl Clocks {
    /// Those of a schedule.
    pub fn of(schedule: &Schedule) -> Self {
        Self { home: schedule.time_zone.clone(), travel: schedule.travel.clone() }
    }

    /// The zone of a local day.
    pub fn zone_on(&self, date: NaiveDate) -> &str {
        let stay = self.travel.iter().find(|stay| (stay.from..=stay.to).contains(&date));
        stay.map_or(&self.home, |stay| &stay.time_zone)
    }

    /// The zone of a moment.
    pub fn zone_at(&self, time: &DateTime<Utc>) -> &str {
        let abroad = self
            .travel
            .iter()
            .find(|stay| (stay.from..=stay.to).contains(&format::wall_in(time, &stay.time_zone).date()));
        abroad.map_or(&self.home, |stay| &stay.time_zone)
    }

    /// The local day of a moment.
    pub fn date_of(&self, time: &DateTime<Utc>) -> NaiveDate {
        format::wall_in(time, self.zone_at(time)).date()
    }

    /// Where the owner is today, and the date there.
    pub fn today(&self) -> NaiveDate {
        self.date_of(&format::now())
    }

    /// The first moment of a local day.
    pub fn midnight(&self, date: NaiveDate) -> DateTime<Utc> {
        format::at_wall(date.and_time(NaiveTime::MIN), self.zone_on(date))
    }

    /// The first moment after a local day, by the clocks of that day: on the next one the owner may be elsewhere.
    pub fn end_of(&self, date: NaiveDate) -> Option<DateTime<Utc>> {
        Some(format::at_wall(date.succ_opt()?.and_time(NaiveTime::MIN), self.zone_on(date)))
    }
}

/// The zones to choose from, each with how people write it.
pub fn zone_options(chosen: &str) -> Vec<(String, String)> {
    format::time_zones(chosen).into_iter().map(|name| (name.clone(), zone_name(&name))).collect()
}

/// The Monday of a day's week.
pub fn monday_of(date: NaiveDate) -> NaiveDate {
    date - Days::new(date.weekday().num_days_from_monday().into())
}

/// `Asia/Tokyo` as people write it.
pub fn zone_name(zone: &str) -> String {
    zone.replace('_', " ")
}
