// The network: one message after the other, each sent again under the same id until the city has answered it.

const PATIENCE_MS = 20000;
const LOOK_PATIENCE_MS = 4000;
const PICTURE_PATIENCE_MS = 120000;
const POLL_MS = 5000;
const THE_BOT = { state: "bot", department: "" };

export class Refused extends Error {
  // `again`: whether sending the same once more can help.
  constructor(message, again) {
    super(message);
    this.again = again;
  }
}

export function newId() {
  // crypto.randomUUID exists on https pages only.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// AbortSignal.timeout is not on every phone that residents still use (iOS 15).
function after(patience) {
  const clock = new AbortController();
  setTimeout(() => clock.abort(), patience);
  return clock.signal;
}

export class Talk {
  constructor(city, memory) {
    this.address = `/widget/${encodeURIComponent(city)}`;
    this.memory = memory;
    this.queue = Promise.resolve();
    this.last = "";
    this.owner = THE_BOT;
    this.known = new Set();
  }

  // Resolves with the city's answer, or rejects with Refused. Messages keep their order.
  send(message) {
    const turn = this.queue.then(() => this.post(message));
    this.queue = turn.catch(() => {});
    return turn;
  }

  async post(message) {
    const response = await this.fetch(`${this.address}/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...message, session: this.memory.session }),
    });
    this.memory.keep(response.session);
    // While a person owns the talk, only what they say moves the mark: it may be on its way to us just now.
    if (this.owner.state === "bot") this.last = response.id;
    this.owner = response.owner;
    return response;
  }

  // A picture for whoever has the talk. It keeps no words waiting, so it goes beside the queue.
  async sendPicture(picture, message) {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...message, session: this.memory.session })) form.append(name, value);
    form.append("picture", picture, "picture");
    const response = await this.fetch(`${this.address}/attachments`, { method: "POST", body: form }, PICTURE_PATIENCE_MS);
    this.owner = response.owner;
    return response;
  }

  // What was said before, or later than what we know; [] when there is nothing or nothing can be read now.
  async earlier(after = "") {
    const nothing = { messages: [], owner: this.owner };
    if (!this.memory.session) return nothing;
    try {
      const query = new URLSearchParams({ session: this.memory.session, after });
      const told = await this.fetch(`${this.address}/messages?${query}`, {}, LOOK_PATIENCE_MS);
      if (told.messages.length) this.last = told.messages[told.messages.length - 1].id;
      this.owner = told.owner;
      return { ...told, messages: told.messages.filter((message) => this.isNew(message)) };
    } catch {
      return nothing;
    }
  }

  // The same message may come by the stream and by a look.
  isNew(message) {
    const fresh = !this.known.has(message.id);
    this.known.add(message.id);
    return fresh;
  }

  // Calls `arrived` with each message that staff or city say unasked, until `stop` is called.
  listen(arrived) {
    const tell = (message) => {
      this.last = message.id;
      this.owner = message.owner;
      if (this.isNew(message)) arrived(message);
    };
    const query = new URLSearchParams({ session: this.memory.session, after: this.last });
    const source = new EventSource(`${this.address}/stream?${query}`);
    let timer = null;
    source.onmessage = (event) => tell(JSON.parse(event.data));
    source.onerror = () => {
      // The city has no place for another stream: look now and then instead.
      if (source.readyState === EventSource.CLOSED && timer === null) timer = setInterval(() => this.look(arrived), POLL_MS);
    };
    return () => {
      source.close();
      clearInterval(timer);
    };
  }

  async look(arrived) {
    const told = await this.earlier(this.last);
    told.messages.filter((message) => message.from !== "resident").forEach(arrived);
  }

  async fetch(address, options, patience = PATIENCE_MS) {
    let response;
    try {
      response = await fetch(address, {
        ...options,
        credentials: "omit",
        cache: "no-store",
        signal: after(patience),
      });
    } catch {
      throw new Refused("", true);
    }
    const body = await response.json().catch(() => null);
    if (response.ok && body) return body;
    const again = response.ok || response.status === 429 || response.status >= 500;
    throw new Refused((body && body.message) || "", again);
  }
}
