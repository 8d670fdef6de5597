use maitred_hub::config::Settings;
use maitred_hub::serve::Hub;

#[tokio::test]
async fn every_screen_is_the_one_page_and_files_are_kept_by_browsers_when_they_exist() {
    let folder = tempfile::tempdir().unwrap();
    let ui = folder.path().join("ui");
    std::fs::create_dir_all(ui.join("assets")).unwrap();
    std::fs::write(ui.join("index.html"), "<!doctype html>the page").unwrap();
    std::fs::write(ui.join("assets/app-1a2b.js"), "1").unwrap();
    let settings = Settings { ui: Some(ui), ..Settings::new(folder.path().join("data")) };
    let hub = Hub::start(settings).await.unwrap();
    let get = async |path: &str| reqwest::get(format!("http://{}{path}", hub.address)).await.unwrap();
    for screen in [
        "/",
        "/host",
        "/order",
        "/order/7/pay",
        "/kitchen/grill",
        "/expo",
        "/manager/day",
        "/printers",
        "/t/abc",
    ] {
        let response = get(screen).await;
        assert_eq!(response.status(), 200, "{screen}");
        assert!(response.text().await.unwrap().contains("the page"), "{screen}");
    }
    for (path, status, cache) in [
        ("/assets/app-1a2b.js", 200, "public, max-age=31536000, immutable"),
        ("/assets/app-0000.js", 404, "no-store"),
        ("/nowhere", 404, "no-store"),
        ("/", 200, "no-store"),
    ] {
        let response = get(path).await;
        assert_eq!(
            (response.status().as_u16(), response.headers()["cache-control"].to_str().unwrap()),
            (status, cache),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_page_of_the_api_is_read_compressed_and_by_who_takes_no_compression() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::start(Settings::new(folder.path())).await.unwrap();
    let get = async |path: &str, encoding: &str| {
        let address = format!("http://{}/docs/{path}", hub.address);
        reqwest::Client::new().get(address).header("accept-encoding", encoding).send().await.unwrap()
    };
    for (path, text) in [
        ("", "swagger-ui"),
        ("swagger-initializer.js", "/openapi.json"),
        ("swagger-ui-bundle.js", "SwaggerUIBundle"),
    ] {
        let plain = get(path, "identity").await;
        assert!(plain.headers().get("content-encoding").is_none(), "{path}: {plain:?}");
        assert!(plain.text().await.unwrap().contains(text), "{path}");
        let compressed = get(path, "gzip").await;
        assert_eq!(compressed.headers()["content-encoding"], "gzip", "{path}");
        assert!(compressed.bytes().await.unwrap().starts_with(&[0x1f, 0x8b]), "{path}");
    }
}
