// What every page of the desk shares: news from the server, the number in the title, a tone, waiting times.

const KEEP = "madoguchi-console-";
const LOOK_MS = 5000;
const TITLE = document.title;

export function remembered(name) {
  try { return localStorage.getItem(KEEP + name) || ""; } catch { return ""; }
}

export function remember(name, value) {
  try { localStorage.setItem(KEEP + name, value); } catch { /* a private window remembers nothing */ }
}

/** The number of calls before the title, so that it shows in the row of tabs. */
export function showCalls(count) {
  document.title = count > 0 ? `(${count}) ${TITLE}` : TITLE;
}

let speaker = null;

/** Browsers let a page sound only after somebody has used it, and then only if it asks again. */
function loudspeaker() {
  speaker = speaker || new AudioContext();
  return speaker.state === "running" ? Promise.resolve() : speaker.resume();
}

/** Makes a page that remembers "with sound" ready at the first press or key: nobody has to tick the box again. */
export function soundAfterTouch() {
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { try { loudspeaker(); } catch { /* none here */ } }, { once: true });
}

/** A short tone of our own. One that could not sound at once is left out: late it would call for nothing. */
export async function tone() {
  const asked = Date.now();
  try {
    await loudspeaker();
    if (Date.now() - asked > 1000) return;
    const start = speaker.currentTime;
    for (const [frequency, at] of [[660, 0], [880, 0.14]]) {
      const voice = speaker.createOscillator();
      const volume = speaker.createGain();
      voice.frequency.value = frequency;
      volume.gain.setValueAtTime(0.0001, start + at);
      volume.gain.exponentialRampToValueAtTime(0.15, start + at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + at + 0.22);
      voice.connect(volume).connect(speaker.destination);
      voice.start(start + at);
      voice.stop(start + at + 0.25);
    }
  } catch { /* no sound on this machine */ }
}

/** How long somebody has waited, in the words of the server's `times.waited`. */
export function waited(seconds) {
  const minutes = Math.floor(Math.max(seconds, 0) / 60);
  if (minutes < 1) return "たった今";
  if (minutes < 60) return `${minutes}分`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours}時間${minutes % 60}分` : `${hours}時間`;
  return hours % 24 ? `${Math.floor(hours / 24)}日${hours % 24}時間` : `${Math.floor(hours / 24)}日`;
}

function showWaits() {
  for (const time of document.querySelectorAll("time[data-waits]")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    const words = waited(seconds);
    if (time.textContent !== words) time.textContent = words;
    time.closest(".wait")?.classList.toggle("long", seconds >= 900);
  }
}

/**
 * Hears of changes: by a stream, and where there is none by looking now and then. `heard(news)` gets the JSON,
 * `state(words)` what to say about the connection ("" when all is well).
 */
export function listen(address, look, mark, heard, state) {
  let source = null;
  let looking = 0;
  let last = mark;

  function hear(news) {
    if (!news) return;
    last = String(news.mark);
    heard(news);
  }

  async function lookOnce() {
    looking = 0;
    try {
      const answer = await fetch(`${look}${look.includes("?") ? "&" : "?"}mark=${last}`, { headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 401) return state("ログアウトしました。開き直してください。");
      if (!answer.ok) throw new Error(String(answer.status));
      hear(await answer.json());
      state("");
      open();
    } catch {
      state("いまつながりません。自動でつなぎ直しています。");
    }
    later();
  }

  function later() {
    if (!looking && source?.readyState !== EventSource.OPEN) looking = setTimeout(lookOnce, LOOK_MS);
  }

  function open() {
    if (source && source.readyState !== EventSource.CLOSED) return;
    source = new EventSource(`${address}${address.includes("?") ? "&" : "?"}mark=${last}`);
    source.onopen = () => { clearTimeout(looking); looking = 0; state(""); };
    source.onmessage = (event) => hear(JSON.parse(event.data));
    source.onerror = () => later();
  }

  open();
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
}

showWaits();
setInterval(showWaits, 15000);
