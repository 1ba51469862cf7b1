//! Server-sent events: the streams of runs and of files on their way in.

use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{EventSource, MessageEvent};

/// An open stream; dropping it closes it.
pub(crate) struct EventStream {
    // The browser has one thread; the wrapper only says so to the compiler.
    _open: SendWrapper<Open>,
}

struct Open {
    source: EventSource,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut()>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

/// Listens at `path`. `on_event` gets each event's data and says whether to go on; `on_lost` is
/// called when the browser gives up. A short break the browser mends itself, going on after the
/// last event it got.
pub(crate) fn listen(
    path: &str,
    mut on_event: impl FnMut(&str) -> bool + 'static,
    mut on_lost: impl FnMut() + 'static,
) -> Option<EventStream> {
    let source = EventSource::new(path).ok()?;
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new({
        let source = source.clone();
        move |event: MessageEvent| {
            let data = event.data().as_string().unwrap_or_default();
            if !on_event(&data) {
                source.close();
            }
        }
    });
    let on_error = Closure::<dyn FnMut()>::new({
        let source = source.clone();
        move || {
            if source.ready_state() == EventSource::CLOSED {
                on_lost();
            }
        }
    });
    source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    let open = Open {
        source,
        _on_message: on_message,
        _on_error: on_error,
    };
    Some(EventStream {
        _open: SendWrapper::new(open),
    })
}
