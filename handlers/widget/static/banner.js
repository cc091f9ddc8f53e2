// What the city has to tell everybody now, above the talk. Without it the chat works as ever.

const settings = JSON.parse(document.getElementById("settings").textContent);
const banner = document.getElementById("banner");
const AGAIN_MS = 60_000;

function lineOf(told) {
  const line = document.createElement("p");
  line.classList.toggle("urgent", told.urgent);
  const words = document.createElement(told.url ? "a" : "span");
  words.textContent = told.text;
  if (told.url) Object.assign(words, { href: told.url, target: "_blank", rel: "noopener" });
  line.append(words);
  return line;
}

async function look() {
  try {
    const response = await fetch(`/widget/${settings.city}/banner`);
    if (response.ok) {
      const { lines } = await response.json();
      const shown = lines.map((line) => line.text).join("\n");
      if (banner.dataset.shown !== shown) {
        banner.dataset.shown = shown;
        banner.replaceChildren(...lines.map(lineOf));
        banner.hidden = lines.length === 0;
      }
    }
  } catch { /* asked again in a minute */ }
  setTimeout(look, AGAIN_MS);
}

look();
