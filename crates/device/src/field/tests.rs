use proptest::prelude::*;
use uuid::Uuid;

use super::homie::{Description, Part, State, celsius, payload, value};
use super::message::{
    Action, Answer, Call, Channel, Colour, Command, Event, EventId, Happened, Message, NoMessage, Outcome,
    Pattern,
};
use super::{DeviceId, DeviceKind};

fn written(message: &impl Message) -> String {
    String::from_utf8(message.bytes()).unwrap()
}

#[test]
fn messages_are_written_as_others_were_told() {
    let id = EventId { boot: 0x00ab_cdef, seq: 7 };
    let at = |event| written(&Event { id, at_ms: 12, event });
    assert_eq!(
        at(Happened::Key { code: 3 }),
        r#"{"id":"00abcdef-7","at_ms":12,"event":{"kind":"key","code":3}}"#
    );
    assert_eq!(
        at(Happened::Call { button: 4, what: Call::Bill }),
        r#"{"id":"00abcdef-7","at_ms":12,"event":{"kind":"call","button":4,"what":"bill"}}"#
    );
    assert_eq!(
        at(Happened::Reading { milli_celsius: -18_500 }),
        r#"{"id":"00abcdef-7","at_ms":12,"event":{"kind":"reading","milli_celsius":-18500}}"#
    );
    let command = |action| written(&Command { id: Uuid::nil(), expires_at_ms: 9, action });
    let begin = r#"{"id":"00000000-0000-0000-0000-000000000000","#;
    assert_eq!(
        command(Action::Page { pager: 12, pattern: Pattern::Long }),
        format!(r#"{begin}"expires_at_ms":9,"do":{{"kind":"page","pager":12,"pattern":"long"}}}}"#)
    );
    assert_eq!(
        command(Action::Light { colour: Colour::Amber, blink: true }),
        format!(r#"{begin}"expires_at_ms":9,"do":{{"kind":"light","colour":"amber","blink":true}}}}"#)
    );
    assert_eq!(
        written(&Answer { id: Uuid::nil(), outcome: Outcome::Done, why: None }),
        format!(r#"{begin}"outcome":"done"}}"#)
    );
}

#[test]
fn what_is_too_long_is_no_message() {
    let show = |lines| Command { id: Uuid::nil(), expires_at_ms: 0, action: Action::Show { lines } }.bytes();
    assert!(Command::read(&show(vec!["€ 12.50".into(); 2])).is_ok());
    assert!(matches!(Command::read(&show(vec![String::new(); 3])), Err(NoMessage::Text)));
    assert!(matches!(Command::read(&show(vec!["x".repeat(201)])), Err(NoMessage::Text)));
    assert!(matches!(Command::read(&show(vec!["x".repeat(5000)])), Err(NoMessage::TooLong(_))));
}

#[test]
fn an_id_is_read_as_it_is_written_and_otherwise_not() {
    for text in ["00000000-0", "ffffffff-4294967295"] {
        assert_eq!(text.parse::<EventId>().unwrap().to_string(), text);
    }
    for text in ["", "-", "1-1", "+0000001-1", "00000000-+1", "00000000-4294967296", "00000000-1-1"] {
        assert!(text.parse::<EventId>().is_err(), "{text}");
    }
}

#[test]
fn an_event_that_comes_again_is_known_by_the_last_id() {
    let id = |boot, seq| EventId { boot, seq };
    assert!(id(1, 4).is_known_after(id(1, 4)) && id(1, 3).is_known_after(id(1, 4)));
    assert!(!id(1, 5).is_known_after(id(1, 4)));
    assert!(!id(2, 1).is_known_after(id(1, 4)), "switched off and on");
}

#[test]
fn topics_are_read_as_they_are_written() {
    let device: DeviceId = DeviceId::of(DeviceKind::BumpBar, "Grill_1");
    assert_eq!(device.as_str(), "bump-bar-grill-1");
    let parts = [
        Part::State,
        Part::Description,
        Part::Alert("silent".into()),
        Part::value("light", "on"),
        Part::Set { node: "light".into(), property: "on".into() },
    ];
    for part in parts {
        assert_eq!(Part::of_topic(&part.topic(&device)), Some((device.clone(), part)));
    }
    for channel in [Channel::Event, Channel::Command, Channel::Answer] {
        assert_eq!(Channel::of_topic(&channel.topic(&device)), Some((channel, device.clone())));
    }
    for topic in ["homie/5", "homie/5/a", "homie/5/a/b", "homie/5/A/$state", "homie/5/a/b/c/d", "maitred/1/a"]
    {
        assert_eq!(Part::of_topic(topic), None, "{topic}");
        assert_eq!(Channel::of_topic(topic), None, "{topic}");
    }
}

#[test]
fn a_device_is_as_its_root_is_unless_that_is_ready() {
    assert_eq!(State::Ready.under(State::Lost), State::Lost);
    assert_eq!(State::Lost.under(State::Ready), State::Lost);
    assert_eq!(State::Ready.under(State::Ready), State::Ready);
}

#[test]
fn descriptions_say_what_strangers_may_read_and_set() {
    let bridge = DeviceId::of_bridge("kitchen");
    for kind in DeviceKind::ALL {
        let description = Description::of_device(kind, "Grill", &bridge);
        let read = Description::read(&description.bytes()).unwrap();
        assert_eq!(read, description);
        assert_eq!(read.kind(), Some(kind));
        assert_eq!(read.root, Some(bridge.clone()));
        assert!(
            read.nodes
                .values()
                .flat_map(|node| node.properties.keys())
                .all(|id| id.parse::<DeviceId>().is_ok())
        );
    }
    let one = Description::of_bridge("kitchen", vec![]);
    let two = Description::of_bridge("kitchen", vec![bridge]);
    assert_ne!(one.version, two.version, "another description has another version");
    assert!(Description::read(br#"{"homie":"4.0","version":1}"#).is_err());
    assert!(Description::read(br#"{"homie":"5.1","version":1,"extensions":[]}"#).is_ok(), "of a stranger");
}

#[test]
fn temperatures_are_written_without_rounding() {
    for (milli, text) in [(0, "0"), (4250, "4.25"), (-18_500, "-18.5"), (-5, "-0.005"), (100_000, "100")] {
        assert_eq!(celsius(milli), text);
    }
}

#[test]
fn a_text_of_nothing_is_not_what_takes_a_value_away() {
    for (text, bytes) in [("", b"\0".as_slice()), ("Total", b"Total")] {
        assert_eq!(payload(text), bytes);
        assert_eq!(value(bytes), text);
    }
}

proptest! {
    #[test]
    fn whatever_comes_over_a_topic_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..300), topic in ".{0,60}") {
        let _ = (Event::read(&bytes).is_ok(), Command::read(&bytes).is_ok(), Answer::read(&bytes).is_ok());
        let _ = (Description::read(&bytes).is_ok(), Part::of_topic(&topic), Channel::of_topic(&topic));
    }

    #[test]
    fn whatever_a_device_is_called_its_id_is_one(serial in ".{0,100}") {
        let id = DeviceId::of(DeviceKind::Probe, &serial);
        prop_assert_eq!(id.as_str().parse::<DeviceId>().unwrap(), id);
    }
}
