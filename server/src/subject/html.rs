//! The page to read: one file, without scripts, without anything from elsewhere.

use serde_json::Value;
use std::fmt::Write as _;

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Your data</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
section { margin-block: 2.5rem; }
article { border-block-start: 1px solid; padding-block: .75rem; }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .25rem 1rem; margin: 0; }
dt { font-weight: 600; }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
ul { margin: 0; padding-inline-start: 1.2rem; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; } }
</style>
</head>
<body>
<main>
<h1>Your data</h1>
"#;

/// The page for the data as it stands in `data.json`.
pub(super) fn page(data: &Value) -> String {
    let mut page = String::from(HEAD);
    let _ = writeln!(
        page,
        "<p>Everything that this system holds on the account {}, as of {}. The file data.json has \
         the same for programs.</p>",
        escaped(data["person"].as_str().unwrap_or_default()),
        escaped(data["made_at"].as_str().unwrap_or_default()),
    );
    page.push_str("<section>\n<h2>About this data</h2>\n");
    value(&mut page, &data["about"]);
    page.push_str("</section>\n");
    for one in data["sections"].as_array().into_iter().flatten() {
        section(&mut page, one);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn section(page: &mut String, section: &Value) {
    let entries = section["entries"].as_array();
    let _ = writeln!(
        page,
        "<section>\n<h2>{}</h2>\n<p>{}</p>",
        escaped(section["title"].as_str().unwrap_or_default()),
        escaped(section["purpose"].as_str().unwrap_or_default()),
    );
    if entries.is_none_or(Vec::is_empty) {
        page.push_str("<p>Nothing.</p>\n");
    }
    for entry in entries.into_iter().flatten() {
        page.push_str("<article>\n");
        value(page, entry);
        page.push_str("</article>\n");
    }
    page.push_str("</section>\n");
}

fn value(page: &mut String, shown: &Value) {
    match shown {
        Value::Null => page.push('–'),
        Value::Bool(true) => page.push_str("yes"),
        Value::Bool(false) => page.push_str("no"),
        Value::Number(number) => page.push_str(&escaped(&number.to_string())),
        Value::String(text) => page.push_str(&escaped(text)),
        Value::Array(items) if items.is_empty() => page.push('–'),
        Value::Array(items) => {
            page.push_str("<ul>");
            for item in items {
                page.push_str("<li>");
                value(page, item);
                page.push_str("</li>");
            }
            page.push_str("</ul>");
        }
        Value::Object(fields) => {
            page.push_str("<dl>");
            for (name, field) in fields {
                let _ = write!(page, "<dt>{}</dt><dd>", escaped(&name.replace('_', " ")));
                value(page, field);
                page.push_str("</dd>");
            }
            page.push_str("</dl>");
        }
    }
}

/// Text as text, between tags and in attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
