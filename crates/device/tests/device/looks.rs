//! What people and phones see. With `MAITRED_SLIPS=folder` the pictures are kept there.

use std::{path::PathBuf, process::Command};

use ab_glyph::{Font, FontRef, PxScale};

use crate::support::{
    Desk, arabic_receipt, complete_slips, default_profile, receipt, rich_ticket, steady, ticket, work_for,
};
use maitred_device::{
    bitmap::Bitmap,
    job::JobState,
    paper::{Heading, KitchenTicket, Logo, Paper, Receipt, Report, ReportSection, Row, TestPage, TicketLine},
    profile::profile,
    session::Grade,
    virtual_printer::{Model, Slip, VirtualPrinter},
};
use maitred_domain::ids::named;

async fn print(papers: Vec<Paper>) -> (Desk, VirtualPrinter, Vec<Slip>) {
    let printer = VirtualPrinter::bind("127.0.0.1:0", Model::Full).await.unwrap();
    let (desk, id) = (Desk::new(), named("printer"));
    let _worker = work_for(&desk, id, printer.address(), default_profile(), steady());
    let mut slips = Vec::new();
    for (number, paper) in (1..).zip(papers) {
        let job = desk.queue(id, number, paper);
        assert!(matches!(desk.printed(job).await, JobState::Confirmed { grade: Grade::A, .. }));
        slips.extend(complete_slips(&printer, number));
    }
    (desk, printer, slips)
}

fn keep(slip: &Slip, name: &str) -> PathBuf {
    let folder = std::env::var_os("MAITRED_SLIPS").map_or_else(std::env::temp_dir, PathBuf::from);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("maitred-{}-{name}.png", std::process::id()));
    std::fs::write(&path, slip.png().unwrap()).unwrap();
    path
}

#[tokio::test]
async fn a_phone_reads_the_code_on_a_receipt() {
    let content = "https://example.com/r/1042?t=42350&v=1833";
    let mut paper = receipt();
    paper.qr = Some(content.to_owned());
    let (_, _, slips) = print(vec![Paper::Receipt(paper)]).await;
    let path = keep(&slips[0], "qr");
    match Command::new("zbarimg").args(["--quiet", "--raw"]).arg(&path).output() {
        Ok(read) => assert_eq!(String::from_utf8_lossy(&read.stdout).trim(), content),
        Err(error) => println!("skipped: zbarimg (Debian: zbar-tools) does not start: {error}"),
    }
}

#[tokio::test]
async fn every_kind_of_paper_comes_out() {
    let report = Report {
        title: "Z report".to_owned(),
        subtitle: vec!["2026-03-02".to_owned()],
        sections: vec![ReportSection {
            title: "Sales".to_owned(),
            rows: vec![Row::new("Food", "1,204.00"), Row::new("Drinks", "311.50")],
        }],
        ..Report::default()
    };
    let test = TestPage { printer: "Grill".to_owned(), ..TestPage::default() };
    let again = Paper::Ticket(rich_ticket()).headed(Heading::Reprint { n: 1 });
    let papers = vec![
        Paper::Ticket(rich_ticket()),
        Paper::Receipt(receipt()),
        Paper::Receipt(arabic_receipt()),
        Paper::Report(report),
        Paper::Test(test),
        again,
    ];
    let (_, _, slips) = print(papers).await;
    for (slip, name) in slips.iter().zip(["ticket", "receipt", "arabic", "report", "test", "reprint"]) {
        let path = keep(slip, name);
        if std::env::var_os("MAITRED_SLIPS").is_none() {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert!(slips[0].text.contains("Table 12") && slips[0].text.contains("!! "), "{}", slips[0].text);
    for amount in ["178.00", "180.00", "403.00", "-18.00"] {
        let line = slips[1].text.lines().find(|line| line.ends_with(amount)).unwrap();
        assert_eq!(line.chars().count(), 48, "{line:?} stands in the column of amounts");
    }
}

#[tokio::test]
async fn narrow_paper_without_a_cutter_holds_everything() {
    let printer = VirtualPrinter::bind_with_width("127.0.0.1:0", Model::Basic, 384).await.unwrap();
    let (desk, id) = (Desk::new(), named("printer"));
    let _worker = work_for(&desk, id, printer.address(), profile("58mm").unwrap(), steady());
    let papers = [Paper::Ticket(rich_ticket()).headed(Heading::Reprint { n: 3 }), Paper::Receipt(receipt())];
    for (number, paper) in (1..).zip(papers) {
        let job = desk.queue(id, number, paper);
        desk.printed(job).await;
    }
    let slips = printer.slips();
    assert_eq!((slips.len(), slips[0].is_cut), (1, false));
    let too_long = slips[0].text.lines().find(|line| line.chars().count() > 32);
    assert_eq!(too_long, None);
    let path = keep(&slips[0], "narrow");
    if std::env::var_os("MAITRED_SLIPS").is_none() {
        std::fs::remove_file(path).unwrap();
    }
}

/// The dots of `c` as the system's typeface draws it, as high as drawn text is; `None` without such a typeface.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a glyph has a few dozen dots")]
fn ideograph(c: char) -> Option<Bitmap> {
    let data = std::fs::read("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf").ok()?;
    let font = FontRef::try_from_slice(&data).ok()?;
    let glyph = font.glyph_id(c).with_scale(PxScale::from(24.0 * 2.0));
    let outline = font.outline_glyph(glyph)?;
    let bounds = outline.px_bounds();
    let mut dots = Bitmap::new(bounds.width() as usize, bounds.height() as usize);
    outline.draw(|x, y, coverage| {
        if coverage > 0.6 {
            dots.set(x as usize, y as usize);
        }
    });
    Some(dots)
}

/// Whether nearly all of `part` is found black somewhere on `paper`, with its paper around it white.
fn shows(paper: &Bitmap, part: &Bitmap) -> bool {
    let dots = |bitmap: &Bitmap| -> Vec<(usize, usize)> {
        let all = (0..bitmap.height()).flat_map(|y| (0..bitmap.width()).map(move |x| (x, y)));
        all.filter(|(x, y)| bitmap.get(*x, *y)).collect()
    };
    let (black, size) = (dots(part), part.width() * part.height());
    let fits = |left: usize, top: usize| {
        let found = black.iter().filter(|(x, y)| paper.get(left + x, top + y)).count();
        let inked =
            (0..part.height()).map(|y| (0..part.width()).filter(|x| paper.get(left + x, top + y)).count());
        found * 10 >= black.len() * 9 && inked.sum::<usize>() <= black.len() + size / 5
    };
    (0..paper.height().saturating_sub(part.height()))
        .any(|top| (0..paper.width().saturating_sub(part.width())).any(|left| fits(left, top)))
}

#[tokio::test]
async fn a_chinese_dish_is_read_on_the_paper() {
    let Some(found) = ideograph('鸡') else {
        println!("skipped: no typeface with ideographs (Debian: fonts-droid-fallback)");
        return;
    };
    let line = TicketLine { quantity: 2, name: "宫保鸡丁 Kung Pao".to_owned(), ..TicketLine::default() };
    let paper = KitchenTicket { lines: vec![line], ..ticket("unused") };
    let (_, _, slips) = print(vec![Paper::Ticket(paper)]).await;
    let path = keep(&slips[0], "chinese");
    if std::env::var_os("MAITRED_SLIPS").is_none() {
        std::fs::remove_file(path).unwrap();
    }
    assert!(!slips[0].text.contains("[?]"), "{}", slips[0].text);
    let slip = slips[0].bitmap();
    assert!(shows(&slip, &found));
    assert!(!shows(&slip, &ideograph('鱼').unwrap()), "that is another dish");
}

/// Where the drawn paper begins.
const MARGIN_DOTS: usize = 24;

#[tokio::test]
async fn a_logo_is_on_the_paper_dot_by_dot_whatever_the_printer_proves_and_however_narrow_it_is() {
    let dots = maitred_device::picture::logo(include_bytes!("../pictures/rings.jpg")).unwrap();
    assert_eq!((dots.width(), dots.height()), (384, 192));
    let logo = Logo { width_dots: 384, rows: dots.bytes().to_vec() };
    for (model, name, width) in [
        (Model::Full, "default", 576),
        (Model::Basic, "basic", 576),
        (Model::Mute, "mute", 576),
        (Model::Full, "42-columns", 512),
        (Model::Full, "58mm", 384),
    ] {
        let printer = VirtualPrinter::bind_with_width("127.0.0.1:0", model, width).await.unwrap();
        let (desk, id) = (Desk::new(), named("printer"));
        let _worker = work_for(&desk, id, printer.address(), profile(name).unwrap(), steady());
        let paper = Receipt { logo: Some(logo.clone()), opens_drawer: None, ..receipt() };
        desk.printed(desk.queue(id, 1, Paper::Receipt(paper))).await;
        let slip = &printer.slips()[0];
        assert!(slip.text.starts_with("[picture "), "{name}: {}", slip.text);
        let (paper, left) = (slip.bitmap(), (usize::from(width) - 384) / 2);
        let is_logo = |x: usize, y: usize| paper.get(left + x, MARGIN_DOTS + y) == dots.get(x, y);
        assert!((0..192).all(|y| (0..384).all(|x| is_logo(x, y))), "{name}");
        let path = keep(slip, &format!("logo-{name}"));
        if std::env::var_os("MAITRED_SLIPS").is_none() {
            std::fs::remove_file(path).unwrap();
        }
    }
}
