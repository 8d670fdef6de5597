//! The few fixed words on papers.

use crate::paper::Language;

pub(super) struct Words {
    pub(super) allergy: &'static str,
    pub(super) change: &'static str,
    pub(super) changed: &'static str,
    pub(super) check: &'static str,
    pub(super) covers: &'static str,
    pub(super) cash_change: &'static str,
    pub(super) refire: &'static str,
    pub(super) rush: &'static str,
    pub(super) seat: &'static str,
    pub(super) server: &'static str,
    pub(super) subtotal: &'static str,
    pub(super) table: &'static str,
    pub(super) take_away: &'static str,
    pub(super) tip: &'static str,
    pub(super) total: &'static str,
    pub(super) void: &'static str,
    pub(super) was: &'static str,
}

pub(super) const fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &EN,
        Language::Ar => &AR,
        Language::De => &DE,
        Language::Es => &ES,
        Language::Fr => &FR,
        Language::It => &IT,
    }
}

macro_rules! table {
    ($($name:ident: $allergy:literal $change:literal $changed:literal $check:literal $covers:literal
        $cash_change:literal $refire:literal $rush:literal $seat:literal $server:literal $subtotal:literal
        $table:literal $take_away:literal $tip:literal $total:literal $void:literal $was:literal;)+) => {$(
        const $name: Words = Words {
            allergy: $allergy, change: $change, changed: $changed, check: $check, covers: $covers,
            cash_change: $cash_change, refire: $refire, rush: $rush, seat: $seat, server: $server,
            subtotal: $subtotal, table: $table, take_away: $take_away, tip: $tip, total: $total,
            void: $void, was: $was,
        };
    )+};
}

table! {
    EN: "ALLERGY" "CHANGE" "changed" "Check" "Covers" "Change" "REFIRE" "RUSH" "Seat" "Server" "Subtotal" "Table"
        "TAKE-AWAY" "Tip" "TOTAL" "VOID" "was";
    AR: "حساسية" "تعديل" "معدل" "فاتورة" "ضيوف" "الباقي" "إعادة تحضير" "عاجل" "مقعد" "النادل" "المجموع الفرعي" "طاولة"
        "سفري" "إكرامية" "الإجمالي" "إلغاء" "كان";
    DE: "ALLERGIE" "ÄNDERUNG" "geändert" "Rechnung" "Gäste" "Rückgeld" "NEU MACHEN" "EILT" "Platz" "Bedienung"
        "Zwischensumme" "Tisch" "AUSSER HAUS" "Trinkgeld" "SUMME" "STORNO" "war";
    ES: "ALERGIA" "CAMBIO" "cambiado" "Cuenta" "Cubiertos" "Cambio" "REPETIR" "URGENTE" "Asiento" "Camarero" "Subtotal"
        "Mesa" "PARA LLEVAR" "Propina" "TOTAL" "ANULADO" "era";
    FR: "ALLERGIE" "MODIFICATION" "modifié" "Addition" "Couverts" "Rendu" "REFAIRE" "URGENT" "Place" "Serveur"
        "Sous-total" "Table" "À EMPORTER" "Pourboire" "TOTAL" "ANNULÉ" "était";
    IT: "ALLERGIA" "MODIFICA" "modificato" "Conto" "Coperti" "Resto" "RIFARE" "URGENTE" "Posto" "Cameriere" "Subtotale"
        "Tavolo" "DA ASPORTO" "Mancia" "TOTALE" "ANNULLATO" "era";
}
