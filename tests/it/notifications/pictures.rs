//! Writes e-mail to look at.

use std::path::PathBuf;

use super::letters::{config, kinds, letter, mail};

#[tokio::test]
#[ignore = "writes one e-mail of each kind as HTML and text into the folder that GLANS_TEST_PICTURES names, to look at"]
async fn pictures_of_every_letter() {
    let folder: PathBuf = std::env::var_os("GLANS_TEST_PICTURES").expect("GLANS_TEST_PICTURES names a folder").into();
    std::fs::create_dir_all(&folder).unwrap();
    let mail = mail(&config("smtp://127.0.0.1:1?tls=none".to_owned()));
    for language in ["nl", "en"] {
        for (name, matter) in kinds() {
            let rendered = mail.rendered(&letter("anne@example.org", language, matter)).unwrap();
            assert!(rendered.html.contains(&format!("lang=\"{language}\"")));
            std::fs::write(folder.join(format!("{name}-{language}.html")), rendered.html).unwrap();
            let plain = format!("Subject: {}\n\n{}", rendered.subject, rendered.plain);
            std::fs::write(folder.join(format!("{name}-{language}.txt")), plain).unwrap();
        }
    }
}
