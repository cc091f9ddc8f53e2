// The chat: what the resident does becomes a message, what the city answers becomes a message under it.

import { Memory } from "./memory.js";
import { Messages } from "./message.js";
import { smaller } from "./picture.js";
import { Refused, Talk, newId } from "./talk.js";
import { element, inline, inLanguage, telephone } from "./text.js";

const settings = JSON.parse(document.getElementById("settings").textContent);
const part = (id) => document.getElementById(id);
const [log, status, owner, offline, form, box, languages] = ["log", "status", "owner", "offline", "form", "words", "language"].map(part);
const embedded = window.parent !== window;
const SLOW_MS = 400;

const wordsOf = (language) => settings.words[language] || settings.words.ja;
const here = () => languages.value;
const memory = new Memory(settings.city);
const talk = new Talk(settings.city, memory);
const messages = new Messages(wordsOf, pressed);
let stopListening = null;
let shown = true;

// -- sending ----------------------------------------------------------------------------------------------------------

function pressed(choice, button, block) {
  if (button.getAttribute("aria-disabled") === "true") return;
  if (block.style === "feedback" && choice.value.startsWith("helpful:")) {
    button.closest("ul").querySelectorAll('[data-value^="helpful:"]').forEach((other) => other.setAttribute("aria-disabled", "true"));
    button.classList.add("chosen");
  }
  ask({ choice: choice.value }, choice.label);
}

function ask(message, shown) {
  const bubble = messages.resident(shown, here());
  log.append(bubble);
  keepInView(bubble);
  deliver({ ...message, language: here(), message_id: newId() }, bubble);
}

async function deliver(message, bubble) {
  const slow = setTimeout(() => say(wordsOf(here()).thinking), SLOW_MS);
  bubble.classList.add("sending");
  try {
    answered(await talk.send(message), message, bubble);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    failed(error, () => deliver(message, bubble), bubble);
  } finally {
    clearTimeout(slow);
    say("");
    bubble.classList.remove("sending");
  }
}

function answered(answer, message, bubble) {
  if (answer.said !== null && message.text !== undefined) bubble.querySelector(".said").textContent = answer.said;
  if (answer.forgotten) log.replaceChildren();
  const silent = answer.reply.blocks.length === 0;
  const reply = silent ? messages.delivered(here()) : messages.city(answer.reply.blocks, here());
  if (!answer.remembered) reply.append(element("p", { class: "note" }, ...inline(wordsOf(here()).not_kept, here())));
  // Behind the question that it answers, also when another question was asked meanwhile.
  if (bubble.isConnected) bubble.after(reply);
  else log.append(reply);
  keepInView(answer.forgotten ? reply : bubble);
  ownerChanged();
}

function failed(error, retry, bubble) {
  const words = wordsOf(here());
  const why = error.message || words.failed;
  const again = element("button", { type: "button" }, ...inline(words.retry, here()));
  const call = error.message ? null : element("span", { class: "call" }, ...inline(words.phone, here()), " ", telephone(settings.phone));
  const notice = element("div", { class: "message failure", role: "alert", ...inLanguage(here()) });
  notice.append(element("p", {}, ...inline(why, here()), " ", call || ""), error.again ? again : "");
  again.addEventListener("click", () => {
    notice.remove();
    box.focus({ preventScroll: true });
    retry();
  });
  bubble.after(notice);
  keepInView(bubble);
}

function say(words) {
  status.replaceChildren(...inline(words, here()));
}

// -- the text field ---------------------------------------------------------------------------------------------------

function submit() {
  const text = box.value.trim();
  if (!text) {
    box.focus();
    return;
  }
  if (text.length > settings.maxText) {
    say(wordsOf(here()).too_long);
    return;
  }
  box.value = "";
  grow();
  ask({ text }, text);
}

function grow() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, window.innerHeight / 3)}px`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
  box.focus();
});
box.addEventListener("input", grow);
box.addEventListener("keydown", (event) => {
  // While an IME is composing, Enter chooses a word. Safari ends the composition first and says so by 229 only.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
});
part("forget").addEventListener("click", () => ask({ text: wordsOf("ja").forget_words }, wordsOf(here()).forget));

// -- pictures, while a person has the talk ----------------------------------------------------------------------------

const [pick, file] = [part("picture"), part("picture-file")];
pick.addEventListener("click", () => file.click());
file.addEventListener("change", () => {
  const [chosen] = file.files;
  if (!chosen) return;
  const bubble = messages.resident(wordsOf(here()).picture_shown, here());
  log.append(bubble);
  keepInView(bubble);
  deliverPicture(chosen, { language: here(), message_id: newId() }, bubble);
  file.value = "";
  pick.focus();
});

async function deliverPicture(chosen, message, bubble) {
  say(wordsOf(here()).picture_sending);
  bubble.classList.add("sending");
  try {
    await talk.sendPicture(await smaller(chosen), message);
    bubble.after(messages.delivered(here()));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    failed(error, () => deliverPicture(chosen, message, bubble), bubble);
  } finally {
    say("");
    bubble.classList.remove("sending");
  }
  ownerChanged();
}

// -- language ---------------------------------------------------------------------------------------------------------

languages.addEventListener("change", () => {
  label();
  if (log.querySelector(".resident")) {
    ask({ choice: `language:${here()}` }, languages.selectedOptions[0].textContent);
  } else {
    greet();
  }
});

function label() {
  const language = here();
  const words = wordsOf(language);
  const { lang } = inLanguage(language);
  document.documentElement.lang = lang;
  document.title = words.title;
  for (const [id, key] of [["title", "title"], ["words-label", "label"], ["send", "send"], ["hint", "hint"], ["picture", "picture_button"], ["forget", "forget"]]) {
    part(id).replaceChildren(...inline(words[key], language));
  }
  part("close").querySelector(".unseen").replaceChildren(...inline(words.close, language));
  log.setAttribute("aria-label", words.log);
  box.placeholder = words.placeholder;
  ownerChanged();
  offline.replaceChildren(...inline(words.offline, language), " ", ...inline(words.phone, language), " ", telephone(settings.phone));
}

// -- arriving, leaving, coming back -----------------------------------------------------------------------------------

function keepInView(message) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  // Where there is little height, the whole page scrolls instead of the log (chat.css).
  const whole = getComputedStyle(log).overflowY === "visible";
  const top = message.offsetTop - 12 + (whole ? log.offsetTop : 0);
  (whole ? document.scrollingElement : log).scrollTo({ top, behavior: calm ? "auto" : "smooth" });
}

function listen() {
  const wanted = talk.owner.state !== "bot" && memory.session && shown && !document.hidden;
  if (!wanted && stopListening) {
    stopListening();
    stopListening = null;
  } else if (wanted && !stopListening) {
    stopListening = talk.listen(arrived);
  }
}

// Who the resident talks to stands above the text field for as long as it is a person.
function ownerChanged() {
  const { state, department } = talk.owner;
  const words = { waiting: wordsOf(here()).in_queue, staff: wordsOf(here()).with_staff }[state] || "";
  if (owner.dataset.state !== state + department + here()) {
    owner.replaceChildren(...inline(words.replace("{department}", department), here()));
    owner.dataset.state = state + department + here();
  }
  owner.hidden = !words;
  pick.hidden = !words;
  listen();
}

function tellAgain(told) {
  for (const message of told.messages) {
    const language = told.language || "ja";
    if (message.from === "resident") {
      log.append(messages.resident(message.text, language));
      if (message.reply.blocks.length) log.append(messages.city(message.reply.blocks, language));
    } else {
      unasked(message);
    }
  }
}

function greet() {
  log.replaceChildren(messages.city(settings.greetings[here()], here()));
}

async function start() {
  label();
  if (embedded) window.parent.postMessage({ madoguchi: "ready" }, "*");
  log.setAttribute("aria-busy", "true");
  greet(); // what was said before may be long in coming
  const told = await talk.earlier();
  if (!log.querySelector(".resident")) { // a button was pressed meanwhile
    if (told.language && settings.words[told.language]) {
      languages.value = told.language;
      label();
      greet();
    }
    tellAgain(told);
  }
  log.removeAttribute("aria-busy");
  log.scrollTo({ top: told.messages.length ? log.scrollHeight : 0 });
  form.hidden = false;
  ownerChanged();
  offline.hidden = navigator.onLine;
  if (!embedded) box.focus();
}

function close() {
  if (embedded) window.parent.postMessage({ madoguchi: "close" }, "*");
}

part("close").hidden = !embedded;
part("close").addEventListener("click", close);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && event.keyCode !== 229) close();
});
window.addEventListener("message", (event) => {
  if (event.source !== window.parent || !event.data) return;
  if (event.data.madoguchi === "opened") started.then(() => box.focus());
  // The chat has the whole screen: the keyboard goes round in it.
  if (event.data.madoguchi === "first") languages.focus();
  if (event.data.madoguchi === "last") (form.hidden ? part("close") : part("forget")).focus();
  if (["opened", "hidden"].includes(event.data.madoguchi)) {
    shown = event.data.madoguchi === "opened";
    catchUp();
  }
});
window.addEventListener("online", () => (offline.hidden = true));
window.addEventListener("offline", () => (offline.hidden = false));
document.addEventListener("visibilitychange", catchUp);

// What staff wrote while nobody looked, and from now on as it comes.
async function catchUp() {
  if (shown && !document.hidden && talk.owner.state !== "bot" && !stopListening) await talk.look(arrived);
  ownerChanged();
}

// A message that nobody asked for; it stands at the end, whatever the resident is looking at.
function arrived(message) {
  const bubble = unasked(message);
  keepInView(bubble);
  ownerChanged();
}

function unasked(message) {
  const bubble = messages.city(message.reply.blocks, here(), message.from, message.department);
  log.append(bubble);
  return bubble;
}

const started = start();
