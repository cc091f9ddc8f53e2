// The inbox keeps itself up to date: lines come, change and go; focus and reading place stay.
import { listen, remember, remembered, showCalls, soundAfterTouch, tone } from "./live.js";

const tools = document.querySelector("[data-inbox]");
const list = document.getElementById("cases");
const nothing = document.getElementById("nothing");
const news = document.getElementById("news");
const state = document.getElementById("live-state");
const sound = tools.querySelector("[data-sound]");
const keys = tools.querySelector("[data-keys]");
let calls = Number(tools.dataset.calls);

tools.hidden = false;
showCalls(calls);
sound.checked = remembered("sound") === "on";
keys.checked = remembered("keys") === "on";
soundAfterTouch();
sound.addEventListener("change", () => { remember("sound", sound.checked ? "on" : "off"); if (sound.checked) tone(); });
keys.addEventListener("change", () => remember("keys", keys.checked ? "on" : "off"));

function asLine(html) {
  const template = document.createElement("template");
  template.innerHTML = html; // made by our own template on the server, which escapes every word of residents
  return template.content.firstElementChild;
}

function show(told) {
  const focused = document.activeElement?.closest?.("[data-case]")?.dataset.case;
  for (const [id, html] of Object.entries(told.rows)) {
    const fresh = asLine(html);
    const known = document.getElementById(`case-${id}`);
    if (known) known.replaceWith(fresh); else list.append(fresh);
  }
  const wanted = told.order.map(String);
  for (const line of [...list.children]) if (!wanted.includes(line.dataset.case)) line.remove();
  wanted.forEach((id, place) => {
    const line = document.getElementById(`case-${id}`);
    if (line && list.children[place] !== line) list.insertBefore(line, list.children[place] || null);
  });
  if (focused && wanted.includes(focused)) document.querySelector(`#case-${focused} a`)?.focus({ preventScroll: true });
  nothing.hidden = wanted.length > 0;
}

function heard(told) {
  if (tools.dataset.tab !== "closed") show(told);
  for (const [tab, count] of Object.entries(told.counts)) {
    const place = document.querySelector(`[data-count="${tab}"]`);
    if (place) place.textContent = count;
  }
  if (told.calls > calls) {
    news.textContent = `新しいことばがあります。${told.calls}件が待っています。`;
    if (sound.checked) tone();
  }
  calls = told.calls;
  showCalls(calls);
}

document.addEventListener("keydown", (event) => {
  if (!keys.checked || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]") && event.target.type !== "checkbox") return;
  const links = [...list.querySelectorAll(".ask a")];
  const here = links.indexOf(document.activeElement);
  if (event.key === "j") links[Math.min(here + 1, links.length - 1)]?.focus();
  else if (event.key === "k") links[Math.max(here - 1, 0)]?.focus();
  else if (/^[1-5]$/.test(event.key)) document.querySelectorAll(".shelves a")[Number(event.key) - 1]?.click();
  else return;
  event.preventDefault();
});

listen(tools.dataset.live, tools.dataset.look, tools.dataset.mark, heard, (words) => { if (state.textContent !== words) state.textContent = words; });
