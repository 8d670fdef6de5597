//! A fact as clients see it.

use std::collections::BTreeMap;

use maitred_domain::device_log::DeviceLog;
use maitred_domain::fact::Fact;
use maitred_domain::ids::CheckId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A fact: its name, its check, and whatever else it says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FactView {
    /// Its name.
    pub r#type: String,
    /// The check it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_id: Option<CheckId>,
    /// The rest, which depends on the name.
    #[serde(flatten)]
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub rest: BTreeMap<String, Value>,
}

impl FactView {
    /// A fact as clients see it: no PIN's hash, no picture, and of a closed day only its number.
    pub fn of(fact: &Fact) -> Self {
        let inner = match fact {
            Fact::Check { fact, .. } => serde_json::to_value(fact),
            Fact::Stock { fact, .. } => serde_json::to_value(fact),
            Fact::Day { fact, .. } => serde_json::to_value(fact),
            Fact::Device { fact, .. } => serde_json::to_value(fact),
            Fact::Table { mark, .. } => serde_json::to_value(BTreeMap::from([("mark", mark)])),
            Fact::Entity { change } => serde_json::to_value(change),
        };
        let mut rest: BTreeMap<String, Value> = match inner {
            Ok(Value::Object(fields)) => fields.into_iter().collect(),
            _ => BTreeMap::new(),
        };
        rest.remove("type");
        match fact {
            Fact::Check { .. } => {}
            Fact::Table { id, .. } => drop(rest.insert("table_id".into(), id.to_string().into())),
            Fact::Stock { id, .. } => drop(rest.insert("item_id".into(), id.to_string().into())),
            Fact::Day { id, .. } => {
                rest.insert("business_date".into(), id.to_string().into());
                if let Some(z) = rest.remove("z") {
                    rest.insert("z_number".into(), z["number"].clone());
                }
            }
            Fact::Device { log, .. } => {
                rest.insert("business_date".into(), log.date().to_string().into());
                if let DeviceLog::Probe { device, .. } = log {
                    rest.insert("device_id".into(), device.to_string().into());
                }
            }
            Fact::Entity { .. } => {
                if let Some(Value::Object(fields)) = rest.get_mut("fields") {
                    fields.remove("pin_hash");
                    fields.remove("pin_digits");
                    fields.remove("token_hash");
                    fields.remove("logo");
                }
            }
        }
        Self { r#type: fact.name().to_owned(), check_id: fact.check(), rest }
    }
}
