// A conversation: new words appear, what is typed survives reloads and lost races, entries go into the reply.
import { listen, remembered, showCalls, soundAfterTouch, tone } from "./live.js";

const desk = document.querySelector(".desk[data-case]");
const form = document.querySelector("[data-reply]");
const box = form?.querySelector("textarea");
const sending = form?.querySelector("[data-sending]");
const news = document.getElementById("news");
const moved = document.getElementById("moved");
const draft = `madoguchi-draft-${location.pathname}`;
let calls = Number(desk.dataset.calls);

showCalls(calls);
soundAfterTouch();
for (const hint of document.querySelectorAll("[data-scripted]")) hint.hidden = false;

// ── What is typed ────────────────────────────────────────────────────────────

function kept() {
  try { return JSON.parse(sessionStorage.getItem(draft)) || null; } catch { return null; }
}

function keep(value) {
  try {
    if (value) sessionStorage.setItem(draft, JSON.stringify(value)); else sessionStorage.removeItem(draft);
  } catch { /* a browser that keeps nothing: the page still has the text */ }
}

function keepTyped() {
  const text = box.value;
  keep(text.trim() ? { text, key: form.elements.key.value, entry: form.elements.entry.value } : null);
}

if (form) {
  const sent = new URLSearchParams(location.search).get("sent");
  const before = kept();
  if (sent && before?.key === sent) keep(null);
  else if (before && !box.value) {
    // The same key: should the reply have arrived after all, it is not written twice.
    box.value = before.text;
    form.elements.key.value = before.key;
    form.elements.entry.value = before.entry || "";
  } else if (box.value) keepTyped();
  if (sent) history.replaceState(null, "", `${location.pathname}${location.hash}`);
  box.addEventListener("input", keepTyped);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", send);
}

/** Sends by itself, so that a cut network leaves the page and the text where they are. */
async function send(event) {
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  if (!button || button.disabled) return;
  keepTyped();
  button.disabled = true;
  sending.textContent = "送っています…";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const problem = page.getElementById("reply-problem");
    if (answer.ok && answer.redirected && new URL(answer.url).pathname === location.pathname) {
      keep(null);
      box.value = "";
      form.elements.key.value = page.querySelector("[data-reply] [name=key]")?.value || "";
      form.elements.entry.value = "";
      sending.textContent = "送りました。";
      box.focus();
      await refresh().catch(() => {}); // the stream tells again
    } else if (problem) {
      form.elements.key.value = page.querySelector("[data-reply] [name=key]").value;
      sending.textContent = problem.textContent;
      keepTyped();
      await refresh().catch(() => {});
    } else {
      sending.textContent = "送れませんでした。画面を開き直して、もういちど送ってください。文は残ります。";
    }
  } catch {
    sending.textContent = "つながらないので、送れたか分かりません。もういちど「送る」を押してください。二重には送りません。";
  }
  button.disabled = false;
}

// ── Putting in entries and canned answers ────────────────────────────────────

function put(text) {
  const start = box.selectionStart ?? box.value.length;
  const before = box.value.slice(0, start);
  const gap = before && !before.endsWith("\n") ? "\n" : "";
  box.setRangeText(gap + text, start, box.selectionEnd ?? start, "end");
  keepTyped();
  box.focus();
}

document.addEventListener("click", (event) => {
  const entry = event.target.closest("[data-insert]");
  const canned = event.target.closest("[data-put-canned]");
  if (!box || (!entry && !canned)) return;
  event.preventDefault();
  if (entry) {
    put(entry.dataset.insert);
    form.elements.entry.value = entry.dataset.entry;
    const linked = document.getElementById("entry");
    if (linked && !linked.value) linked.value = entry.dataset.entry;
    keepTyped();
  } else {
    put(document.getElementById("canned").selectedOptions[0].dataset.text);
  }
});

// ── News ─────────────────────────────────────────────────────────────────────

let fetching = null;
let again = false;

/** Fetches the talk anew and puts in what is new; one at a time. */
async function refresh() {
  if (fetching) { again = true; return fetching; }
  fetching = (async () => {
    do {
      again = false;
      const answer = await fetch(`${desk.dataset.talk}${document.hidden ? "" : "?seen=1"}`);
      if (answer.ok && !answer.redirected) exchange(await answer.text());
    } while (again);
  })();
  try { await fetching; } finally { fetching = null; }
}

function exchange(html) {
  const old = document.getElementById("live");
  const template = document.createElement("template");
  template.innerHTML = html; // made by our own template on the server, which escapes every word of residents
  const fresh = template.content.querySelector("#live");
  const known = new Set([...old.querySelectorAll("#talk > li")].map((line) => line.id));
  const heardNow = [...fresh.querySelectorAll("#talk > li.resident")].filter((line) => !known.has(line.id));
  if (fresh.dataset.version !== old.dataset.version) moved.hidden = false;
  old.replaceWith(fresh);
  if (heardNow.length) {
    news.textContent = `新しいことば：${heardNow.at(-1).querySelector(".words").textContent}`;
    if (remembered("sound") === "on") tone();
    heardNow.at(-1).scrollIntoView({ block: "nearest" });
  }
  showCalls(calls = Number(fresh.dataset.calls));
}

listen(desk.dataset.live, desk.dataset.look, desk.dataset.mark, (told) => {
  showCalls(calls = told.calls);
  refresh().catch(() => {});
}, () => {});
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh().catch(() => {}); });
