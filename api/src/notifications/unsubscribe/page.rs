//! The pages that a browser shows.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fluent_bundle::FluentArgs;

use super::Subject;
use crate::notifications::texts::{self, Speech};

/// No script, nothing from elsewhere, and a form that is sent here.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// A page with a few sentences, and perhaps a button.
#[derive(Template)]
#[template(path = "notifications/unsubscribe/page.html")]
pub(super) struct Page {
    language: &'static str,
    title: String,
    text: String,
    note: Option<String>,
    /// What it says; pressed, it is a `POST` to where the page came from.
    button: Option<String>,
}

impl Page {
    pub(super) fn ask(speech: &Speech, subject: Subject) -> Self {
        Self {
            note: Some(speech.say("unsubscribe-note")),
            button: Some(speech.say("unsubscribe-button")),
            ..Self::new(speech, "unsubscribe-title", said_of(speech, "unsubscribe-ask", subject))
        }
    }

    pub(super) fn done(speech: &Speech, subject: Subject) -> Self {
        Self {
            note: Some(speech.say("unsubscribe-note")),
            ..Self::new(speech, "unsubscribe-done-title", said_of(speech, "unsubscribe-done", subject))
        }
    }

    pub(super) fn unknown(speech: &Speech) -> Self {
        Self::new(speech, "unsubscribe-unknown-title", speech.say("unsubscribe-unknown"))
    }

    pub(super) fn failed(speech: &Speech) -> Self {
        Self::new(speech, "unsubscribe-failed-title", speech.say("unsubscribe-failed"))
    }

    fn new(speech: &Speech, title: &str, text: String) -> Self {
        Self { language: speech.tag(), title: speech.say(title), text, note: None, button: None }
    }

    /// Not kept anywhere: its address is a secret, and what it says depends on who reads it.
    pub(super) fn answer(&self, status: StatusCode) -> Response {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CONTENT_LANGUAGE, HeaderValue::from_static(self.language)),
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::VARY, HeaderValue::from_static("Accept-Language")),
        ];
        match self.render() {
            Ok(html) => (status, headers, html).into_response(),
            Err(error) => {
                tracing::error!(?error, "a page cannot be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

fn said_of(speech: &Speech, key: &str, subject: Subject) -> String {
    let Subject::Of(category) = subject else { return speech.say(&format!("{key}-digest")) };
    let mut arguments = FluentArgs::new();
    arguments.set("category", texts::category(category, speech.tag()));
    speech.say_with(&texts::off_key(key, category), &arguments)
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use glans_entity::notifications::Category;

    use super::*;
    use crate::notifications::texts::speech;
    use crate::platform::speech::LANGUAGES;

    #[test]
    fn only_the_page_that_asks_has_a_button() {
        for language in LANGUAGES {
            let speech = speech::of(language);
            for category in Category::iter() {
                let name = texts::category(category, language);
                let (ask, done) = (Page::ask(speech, category.into()), Page::done(speech, category.into()));
                let (asked, told) = (ask.render().unwrap(), done.render().unwrap());
                for html in [&asked, &told] {
                    assert!(html.contains(&format!("<html lang=\"{language}\">")) && html.contains(&name), "{html}");
                }
                assert_eq!((asked.matches("<form method=\"post\">").count(), told.matches("<form").count()), (1, 0));
            }
            let of_digests = Page::ask(speech, Subject::Digest);
            assert!(of_digests.render().unwrap().contains("<form") && of_digests.text.ends_with('?'));
            for page in [Page::unknown(speech), Page::failed(speech)] {
                assert!(!page.text.is_empty() && !page.title.is_empty() && !page.render().unwrap().contains("<form"));
            }
        }
    }
}
