//! Printers are found, and nothing is printed. Runs in a network of its own, where Avahi announces.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use maitred_device::{
    discovery::{Found, Search, discover, epson},
    profile::profile_of_model,
    virtual_printer::{Beacon, Model, VirtualPrinter},
};

/// Set in the network of its own.
const INSIDE: &str = "MAITRED_OWN_NETWORK";
const MAC: [u8; 6] = [0x00, 0x26, 0xab, 0x12, 0x34, 0x56];
const SERVICES: [(&str, u16, &str); 3] =
    [("_pdl-datastream._tcp", 9100, "Grill"), ("_printer._tcp", 515, "Grill"), ("_ipp._tcp", 631, "Grill")];

/// `$1` is a folder, the rest is run when Avahi is.
const SCRIPT: &str = r#"
set -e
folder=$1; shift
ip link set lo up
ip link add net0 type bridge
ip link set net0 multicast on up
ip address add 192.0.2.1/24 broadcast 192.0.2.255 dev net0
mount --bind "$folder/services" /etc/avahi/services
mount -t tmpfs none /run
mkdir /run/avahi-daemon
avahi-daemon -f "$folder/avahi.conf" --no-drop-root --no-chroot --no-rlimits >"$folder/avahi.log" 2>&1 &
exec "$@"
"#;

fn lay_out(folder: &Path) {
    let config = "[server]\nhost-name=grill\nuse-ipv6=no\nenable-dbus=no\nallow-interfaces=net0\n\
                  [publish]\npublish-workstation=no\n";
    std::fs::write(folder.join("avahi.conf"), config).unwrap();
    std::fs::create_dir(folder.join("services")).unwrap();
    for (kind, port, name) in SERVICES {
        let service = format!(
            "<?xml version=\"1.0\"?>\n<!DOCTYPE service-group SYSTEM \"avahi-service.dtd\">\n<service-group>\
             <name>{name}</name><service><type>{kind}</type><port>{port}</port>\
             <txt-record>ty=Virtual 80</txt-record></service></service-group>\n"
        );
        std::fs::write(folder.join("services").join(format!("{port}.service")), service).unwrap();
    }
}

/// Whether a network of one's own can be made here, and Avahi is there.
fn can_announce() -> bool {
    let runs = |program: &str, arguments: &[&str]| {
        let status =
            Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    if !runs("unshare", &["--net", "--mount", "true"]) {
        println!("skipped: no network of one's own can be made here (it takes root)");
        return false;
    }
    if !runs("avahi-daemon", &["--version"]) {
        println!("skipped: avahi-daemon (Debian: avahi-daemon) does not start");
        return false;
    }
    true
}

#[test]
fn announced_and_answering_printers_are_found_once_with_their_names_and_nothing_is_printed() {
    if std::env::var_os(INSIDE).is_some() {
        return tokio::runtime::Runtime::new().unwrap().block_on(find());
    }
    if !can_announce() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path());
    let name =
        "discovery::announced_and_answering_printers_are_found_once_with_their_names_and_nothing_is_printed";
    let output = Command::new("unshare")
        .args(["--net", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", SCRIPT, "sh"])
        .arg(folder.path())
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let log = std::fs::read_to_string(folder.path().join("avahi.log")).unwrap_or_default();
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{failed}\n{log}");
}

async fn find() {
    let printer = VirtualPrinter::bind("0.0.0.0:9100", Model::Full).await.unwrap();
    let _beacon = Beacon::bind(("0.0.0.0", epson::PORT), MAC, "Virtual 80").await.unwrap();
    let mut found = Vec::new();
    for _ in 0..5 {
        found = discover(&Search::everywhere()).await;
        if found.iter().any(|printer| printer.name == "Grill") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let grill = Found {
        address: "tcp://192.0.2.1:9100".to_owned(),
        name: "Grill".to_owned(),
        model: Some("Virtual 80".to_owned()),
        mac: Some("00:26:AB:12:34:56".to_owned()),
    };
    assert_eq!(found, [grill]);
    assert_eq!(profile_of_model("Virtual 80").unwrap().name, "default");
    assert!(printer.slips().is_empty() && printer.waiting_bytes() == 0);
    let known = Search { known: vec!["192.0.2.1:9100".parse().unwrap()], ..Search::everywhere() };
    let answered = discover(&known).await;
    assert_eq!(answered.len(), 1, "who is worked for already is found, too");
}
