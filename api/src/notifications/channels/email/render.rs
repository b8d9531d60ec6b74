//! A sheet as HTML and as plain text.

use askama::Template;

use super::sheet::Sheet;

/// An e-mail in both of its forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub html: String,
    pub plain: String,
}

#[derive(Template)]
#[template(path = "notifications/channels/email/templates/letter.html")]
struct Html<'s> {
    sheet: &'s Sheet,
}

#[derive(Template)]
#[template(path = "notifications/channels/email/templates/letter.txt")]
struct Plain<'s> {
    sheet: &'s Sheet,
}

pub(super) fn of(sheet: &Sheet) -> askama::Result<Rendered> {
    // A name of a school with a line break in it would end the header.
    let subject = sheet.subject.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Rendered { subject, html: Html { sheet }.render()?, plain: Plain { sheet }.render()? })
}
