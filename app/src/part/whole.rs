//! Views whose type is forgotten, so that the compiler makes less code of them.
//!
//! `into_any` of Leptos also compiles how a view hydrates asynchronously, which only lazy routes
//! need and which made up a fifth of the interface's size. [`Whole`] stops that.

use leptos::attr::Attribute;
use leptos::attr::any_attribute::AnyAttribute;
use leptos::prelude::*;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::ssr::StreamBuilder;
use leptos::tachys::view::any_view::IntoAny;
use leptos::tachys::view::{Position, PositionState};
use std::sync::{Arc, Mutex};

/// What `view` gives, and again whenever something that it read has changed.
pub(crate) fn live<V: IntoWhole>(
    mut view: impl FnMut() -> V + Send + 'static,
) -> Arc<Mutex<dyn FnMut() -> AnyView + Send>> {
    Arc::new(Mutex::new(move || view().whole()))
}

/// What `value` gives, as an attribute that changes when something that it read has changed.
pub(crate) fn derive<T: Send + Sync + 'static>(
    value: impl Fn() -> T + Send + Sync + 'static,
) -> Signal<T> {
    Signal::derive(value)
}

/// Does `act` in the browser, and again whenever something that it read has changed.
pub(crate) fn on_change(act: impl FnMut() + 'static) {
    let mut act: Box<dyn FnMut()> = Box::new(act);
    Effect::new(move |_| act());
}

/// Turns views into a list of [`AnyView`]s.
pub(crate) trait IntoWholes {
    fn wholes(self) -> Vec<AnyView>;
}

impl<I: Iterator<Item: IntoWhole>> IntoWholes for I {
    fn wholes(self) -> Vec<AnyView> {
        self.map(IntoWhole::whole).collect()
    }
}

/// Turns a view into an [`AnyView`].
pub(crate) trait IntoWhole {
    /// The view with its type forgotten.
    fn whole(self) -> AnyView;
}

impl<T: IntoView + 'static> IntoWhole for T {
    fn whole(self) -> AnyView {
        IntoAny::into_any(Whole(self))
    }
}

/// A view that hydrates at once. As every view does by default, it takes that for hydrating
/// asynchronously too.
struct Whole<T>(T);

impl<T: Render> Render for Whole<T> {
    type State = T::State;

    fn build(self) -> Self::State {
        self.0.build()
    }

    fn rebuild(self, state: &mut Self::State) {
        self.0.rebuild(state);
    }
}

impl<T: AddAnyAttr> AddAnyAttr for Whole<T> {
    type Output<NewAttr: Attribute> = Whole<T::Output<NewAttr>>;

    fn add_any_attr<NewAttr: Attribute>(self, attr: NewAttr) -> Self::Output<NewAttr>
    where
        Self::Output<NewAttr>: RenderHtml,
    {
        Whole(self.0.add_any_attr(attr))
    }
}

impl<T: RenderHtml> RenderHtml for Whole<T> {
    type AsyncOutput = T::AsyncOutput;
    type Owned = Whole<T::Owned>;

    const MIN_LENGTH: usize = T::MIN_LENGTH;
    const EXISTS: bool = T::EXISTS;

    fn dry_resolve(&mut self) {
        self.0.dry_resolve();
    }

    async fn resolve(self) -> Self::AsyncOutput {
        self.0.resolve().await
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0
            .to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html_async_with_buf::<OUT_OF_ORDER>(
            buf,
            position,
            escape,
            mark_branches,
            extra_attrs,
        );
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> Self::State {
        self.0.hydrate::<FROM_SERVER>(cursor, position)
    }

    fn into_owned(self) -> Self::Owned {
        Whole(self.0.into_owned())
    }
}
