//! A picture of when each version of a document is in force.

use super::Shown;
use crate::browser;
use crate::part::{IntoWhole, IntoWholes, live, on_change};
use crate::text;
use crate::time::day_text;
use inhouse_protocol::{Day, VersionDetail};
use leptos::prelude::*;

/// Units across the picture.
const WIDTH: i64 = 1000;
/// Days shown around a picture that would have none.
const AROUND: i64 = 180;

/// A version's time in the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bar {
    number: u32,
    /// From the picture's left, in its units.
    left: i64,
    width: i64,
    in_force: bool,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Picture {
    /// Newest first.
    bars: Vec<Bar>,
    today: Option<i64>,
    first: Day,
    last: Day,
}

/// The picture; nothing where no version begins or ends.
fn picture(versions: &[VersionDetail], today: Option<Day>) -> Option<Picture> {
    let times: Vec<_> = versions
        .iter()
        .filter_map(|version| Some((version, version.validity?)))
        .collect();
    let ends = times.iter().flat_map(|(_, time)| [time.from, time.until]);
    let ends: Vec<Day> = ends.flatten().collect();
    let days = || ends.iter().copied().chain(today);
    let (first, last) = (ends.first().and(days().min())?, days().max()?);
    let span = last.number() - first.number();
    // Room at both ends for what has no beginning or no end.
    let room = (span / 12).max(if span == 0 { AROUND } else { 1 });
    let (first, last) = (first.plus(-room), last.plus(room));
    let span = (last.number() - first.number()).max(1);
    let at = |day: Day| ((day.number() - first.number()) * WIDTH / span).clamp(0, WIDTH);
    let bars = times.iter().map(|(version, time)| {
        let left = time.from.map_or(0, at);
        let right = time.until.map_or(WIDTH, at);
        Bar {
            number: version.number,
            left,
            // A day is seen in any picture.
            width: (right - left).max(4),
            in_force: version.in_force,
        }
    });
    Some(Picture {
        bars: bars.collect(),
        today: today.map(at),
        first,
        last,
    })
}

/// The picture with its words. Today is what the browser takes for it, once the page lives.
pub(super) fn timeline(shown: Shown) -> AnyView {
    let today = RwSignal::new(None::<Day>);
    on_change(move || today.set(Some(browser::now().day())));
    let drawn = move || {
        shown.detail.with(|detail| {
            let picture = picture(&detail.versions, today.get())?;
            Some(draw(&picture, text::times(&detail.versions)))
        })
    };
    live(drawn).whole()
}

fn draw(picture: &Picture, words: String) -> AnyView {
    let today = picture.today;
    let rows = picture
        .bars
        .iter()
        .map(|bar| {
            let class = if bar.in_force { "time now" } else { "time" };
            let line = today.map(|at| {
                view! {
                    <path class="time-today" d=format!("M{at} 0v24") />
                }
            });
            view! {
                <div class="time-row">
                    <span class="time-name">{text::version_name(bar.number)}</span>
                    <svg viewBox=format!("0 0 {WIDTH} 24") preserveAspectRatio="none">
                        <path class="time-track" d=format!("M0 12h{WIDTH}") />
                        <path class=class d=format!("M{} 5h{}v14h-{}z", bar.left, bar.width, bar.width) />
                        {line}
                    </svg>
                </div>
            }
        })
        .wholes();
    view! {
        <figure class="timeline-picture">
            <div aria-hidden="true">
                {rows}
                <p class="time-ends">
                    <span>{day_text(picture.first)}</span>
                    {today.map(|_| view! { <span class="time-today-name">{text::TODAY_LINE}</span> })}
                    <span>{day_text(picture.last)}</span>
                </p>
            </div>
            <figcaption class="visually-hidden">{words}</figcaption>
        </figure>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::Validity;

    fn version(number: u32, from: Option<Day>, until: Option<Day>) -> VersionDetail {
        VersionDetail {
            validity: Some(Validity { from, until }),
            ..sample::version(number)
        }
    }

    #[test]
    fn a_document_in_force_since_ever_and_for_ever_needs_no_picture() {
        let today = Day::of(2026, 3, 1);
        assert_eq!(picture(&[version(1, None, None)], today), None);
        assert_eq!(picture(&[], today), None);
    }

    #[test]
    fn each_version_has_its_time_and_today_stands_between() {
        let change = Day::of(2026, 1, 1);
        let versions = [version(2, change, None), version(1, None, change)];
        let picture = picture(&versions, Day::of(2027, 1, 1)).expect("a picture");
        let [newer, older] = &picture.bars[..] else {
            panic!("two bars: {picture:?}");
        };
        assert_eq!((newer.number, older.number), (2, 1));
        assert_eq!(older.left, 0);
        assert_eq!(older.left + older.width, newer.left);
        assert_eq!(newer.left + newer.width, WIDTH);
        let today = picture.today.expect("today");
        assert!(today > newer.left && today < WIDTH);
    }

    #[test]
    fn a_version_in_force_on_no_day_is_not_drawn() {
        let mut waiting = version(2, None, None);
        waiting.validity = None;
        let versions = [waiting, version(1, Day::of(2025, 1, 1), None)];
        let picture = picture(&versions, None).expect("a picture");
        assert_eq!(picture.bars.len(), 1);
        assert!(picture.first < picture.last);
    }
}
