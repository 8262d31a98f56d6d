// One stream for all tabs of a browser: the tab that holds the lock listens and passes on what it hears. A tab that opens later
// asks for what it missed since its page was made. Events carry identifiers and kinds; pages fetch what they show.
const keep = 500;

export function startLive() {
  const start = Number(document.body.dataset.live);
  if (!document.body.dataset.live) return null;
  const bus = new EventTarget();
  let last = start;
  const hear = (id, event) => {
    if (id <= last) return;
    last = id;
    if (event) bus.dispatchEvent(new CustomEvent("event", { detail: event }));
  };
  if (!navigator.locks || !window.BroadcastChannel) {
    listen(start, hear);
    return bus;
  }
  share(start, hear, () => last);
  return bus;
}

// share makes one tab the ear of all others.
function share(start, hear, lastHeard) {
  const channel = new BroadcastChannel("earshot-live");
  const heard = [];
  let from = 0, leading = false;
  channel.onmessage = ({ data }) => {
    if (data.ask === undefined) return hear(data.id, data.event);
    if (!leading) return;
    if (data.ask < from) return channel.postMessage({ id: heard.at(-1)?.id ?? from, event: { what: "missed" } });
    for (const item of heard) if (item.id > data.ask) channel.postMessage(item);
  };
  channel.postMessage({ ask: start });
  navigator.locks.request("earshot-live", () => new Promise(() => {
    leading = true;
    from = lastHeard();
    listen(from, (id, event) => {
      heard.push({ id, event });
      if (heard.length > keep) from = heard.shift().id;
      channel.postMessage({ id, event });
      hear(id, event);
    });
  }));
}

// listen reads the stream; the browser connects again by itself and says the last id it had.
function listen(after, hear) {
  const stream = new EventSource(`/live?after=${after}`);
  stream.onmessage = (e) => hear(Number(e.lastEventId), JSON.parse(e.data));
}
