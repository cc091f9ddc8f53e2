// The number of people whom a notice would reach, while it is written; and how far it has come, while it is sent.

const LOOK_MS = 1000;
const TYPING_MS = 300;

function countWhileWriting(form) {
  const box = document.getElementById("count");
  let waiting = 0;
  let asked = 0;

  async function count() {
    const mine = ++asked;
    const filled = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (/^(topic|everyone|areas|languages|fact-|child-)/.test(name) && value) filled.append(name, value);
    }
    if (!filled.get("topic")) return;
    try {
      const response = await fetch(`${form.dataset.count}?${filled}`, { headers: { Accept: "application/json" } });
      if (!response.ok || mine !== asked) return;
      show(await response.json());
    } catch { /* the page works without the number; the next page shows it */ }
  }

  function show(told) {
    const words = document.createElement("p");
    words.textContent = told.words;
    box.replaceChildren(words);
    if (!told.small) return;
    const warning = document.createElement("p");
    warning.className = "warn";
    warning.textContent = "とても少ない人数です。だれに送ったか分かってしまうことがあります。";
    box.append(warning);
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(count, TYPING_MS);
  });
  count();
}

function followSending(progress) {
  const bar = progress.querySelector("progress");
  const words = progress.querySelector(".figures");
  const trouble = progress.querySelector(".warn");

  async function look() {
    try {
      const response = await fetch(progress.dataset.look, { headers: { Accept: "application/json" } });
      if (response.ok) {
        const told = await response.json();
        if (told.status !== progress.dataset.status) return location.reload();
        bar.max = told.total || 1;
        bar.value = told.done;
        if (trouble) {
          trouble.textContent = told.trouble;
          trouble.hidden = !told.trouble;
        }
        if (told.words && words.textContent !== told.words) words.textContent = told.words;
      }
    } catch { /* looked at again in a moment */ }
    setTimeout(look, LOOK_MS);
  }
  setTimeout(look, LOOK_MS);
}

const form = document.getElementById("notice-form");
if (form) countWhileWriting(form);
document.querySelectorAll("[data-look]").forEach(followSending);
