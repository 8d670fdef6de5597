//! Somebody else's reader of Homie 5 understands all that a bridge publishes.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use homie5::device_description::HomieDeviceDescription;
use homie5::{Homie5Message, HomieValue, parse_mqtt_message};

use crate::house::{Bridge, Broker, PATIENCE, Stranger};

const KINDS: &str = "bump-bar:a,pager-base:b,call-button:c,customer-display:d,beacon:e,probe:f,drawer:g";

#[test]
fn every_topic_is_homie_to_others_and_every_value_is_one_of_its_property() {
    let broker = Broker::start();
    let watcher = Stranger::listen(&broker, "watcher", &["homie/5/#"]);
    let reader = Stranger::listen(&broker, "reader", &["homie/5/#"]);
    let bridge = Bridge::start(&broker, &["--simulate", KINDS]);
    let devices = [
        "bump-bar-a",
        "pager-base-b",
        "call-button-c",
        "customer-display-d",
        "beacon-e",
        "probe-f",
        "drawer-g",
    ];
    watcher.hear_ready(&devices);
    bridge.post("bump-bar-a/press", r#"{"code": 5}"#);
    bridge.post("call-button-c/call", r#"{"button": 1, "what": "bill"}"#);
    broker.publish("homie/5/beacon-e/light/colour/set", "amber");
    watcher.hear("homie/5/beacon-e/light/colour", "amber");
    broker.publish("homie/5/customer-display-d/text/line-1/set", "Total");
    watcher.hear("homie/5/customer-display-d/text/line-1", "Total");
    bridge.post("probe-f/temperature", r#"{"milli_celsius": null}"#);
    watcher.hear("homie/5/probe-f/$alert/fault", "no sensor answers");
    bridge.post("probe-f/temperature", r#"{"milli_celsius": -18500}"#);
    watcher.hear("homie/5/probe-f/temperature/value", "-18.5");
    let mut described: BTreeMap<String, HomieDeviceDescription> = BTreeMap::new();
    let (mut values, begun) = (0, Instant::now());
    while let Some((topic, payload)) = reader.next_within(Duration::from_millis(500)) {
        assert!(begun.elapsed() < PATIENCE);
        let message = parse_mqtt_message(&topic, payload.as_bytes());
        match message.unwrap_or_else(|error| panic!("{topic} {payload}: {error}")) {
            Homie5Message::DeviceDescription { device, description, issues } => {
                assert!(issues.is_empty(), "{topic}: {issues:?}");
                described.insert(device.device_id().to_string(), description);
            }
            Homie5Message::PropertyValue { property, value } => {
                let description = &described[property.device_id().as_str()];
                let read = description.with_property_by_id(property.node_id(), property.prop_id(), |it| {
                    HomieValue::parse(&value, it)
                });
                assert!(read.expect("it is described").is_ok(), "{topic} {value}");
                values += 1;
            }
            Homie5Message::PropertySet { .. }
            | Homie5Message::DeviceState { .. }
            | Homie5Message::DeviceAlert { .. }
            | Homie5Message::DeviceAlertCleared { .. } => {}
            other => panic!("nobody publishes that: {other:?}"),
        }
    }
    assert_eq!(described.len(), 1 + devices.len());
    assert!(values > 15, "{values}");
}
