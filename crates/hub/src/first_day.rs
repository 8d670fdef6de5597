//! What a venue begins with, so that the first order can be taken: courses, reasons, a tax, a station, an area.

use std::collections::BTreeMap;

use maitred_domain::catalogue::{
    Area, Catalogue, Course, PLAN_HEIGHT, PLAN_WIDTH, Staff, Station, StationKind, Tax, Venue,
};
use maitred_domain::ids::named;
use maitred_domain::permission::Role;

/// Names of what a venue begins with, in its own language.
struct Words {
    courses: [&'static str; 4],
    void_reasons: [&'static str; 4],
    comp_reasons: [&'static str; 4],
    discount_reasons: [&'static str; 3],
    tax: &'static str,
    station: &'static str,
    area: &'static str,
}

const ENGLISH: Words = Words {
    courses: ["Drinks", "Starters", "Mains", "Desserts"],
    void_reasons: ["Guest changed their mind", "Entered twice", "Wrong item entered", "Not available"],
    comp_reasons: ["Kitchen error", "Long wait", "Birthday", "Regular guest"],
    discount_reasons: ["Group", "Complaint", "Manager's decision"],
    tax: "Tax",
    station: "Kitchen",
    area: "Dining room",
};

const ARABIC: Words = Words {
    courses: ["مشروبات", "مقبلات", "أطباق رئيسية", "حلويات"],
    void_reasons: ["غيّر الضيف رأيه", "أُدخل مرتين", "أُدخل صنف خاطئ", "غير متوفر"],
    comp_reasons: ["خطأ من المطبخ", "انتظار طويل", "عيد ميلاد", "ضيف دائم"],
    discount_reasons: ["مجموعة", "شكوى", "قرار المدير"],
    tax: "ضريبة",
    station: "المطبخ",
    area: "الصالة",
};

impl Words {
    fn of(language: &str) -> &'static Self {
        match language.split('-').next() {
            Some("ar") => &ARABIC,
            _ => &ENGLISH,
        }
    }
}

/// A venue with its settings, its first manager, and what else it cannot be without.
pub fn catalogue(settings: Venue, manager: Staff) -> Catalogue {
    let words = Words::of(settings.languages.first().map_or("", String::as_str));
    let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let tax = Tax { id: named("first tax"), name: words.tax.into(), basis_points: 0, archived: false };
    let station = Station {
        id: named("first station"),
        slug: "kitchen".into(),
        name: words.station.into(),
        kind: StationKind::Prep,
        color: "#c2410c".into(),
        archived: false,
    };
    let area = Area {
        id: named("first area"),
        name: words.area.into(),
        sort: 0,
        width: PLAN_WIDTH,
        height: PLAN_HEIGHT,
        archived: false,
    };
    let course =
        |(number, name): (u8, &&str)| Course { number, name: (*name).to_owned(), names: BTreeMap::new() };
    let venue = Venue {
        courses: (1..).zip(&words.courses).map(course).collect(),
        void_reasons: list(&words.void_reasons),
        comp_reasons: list(&words.comp_reasons),
        discount_reasons: list(&words.discount_reasons),
        catch_all_station: Some(station.id),
        ..settings
    };
    Catalogue {
        venue,
        taxes: [(tax.id, tax)].into(),
        stations: [(station.id, station)].into(),
        areas: [(area.id, area)].into(),
        staff: [(manager.id, manager)].into(),
        ..Catalogue::default()
    }
}

/// The first manager, who has no PIN yet.
pub fn manager(name: String) -> Staff {
    let (id, handle) = (named("first manager"), "manager".to_owned());
    Staff {
        id,
        handle,
        name,
        role: Role::Manager,
        pin_hash: String::new(),
        pin_digits: None,
        archived: false,
        erased: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_venue_lacks_a_printer_and_nothing_else_in_any_language() {
        for language in ["en", "ar", "de-CH"] {
            let venue = Venue { name: "Da Ada".into(), languages: vec![language.into()], ..Venue::default() };
            let made = catalogue(venue, Staff { pin_hash: "a hash".into(), ..manager("Ada".into()) });
            let codes: Vec<&str> = made.flaws().iter().map(|flaw| flaw.code).collect();
            assert_eq!(codes, ["no-receipt-printer", "not-printed"], "{language}");
        }
    }
}
