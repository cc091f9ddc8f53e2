/* The button on a city's page. It opens the chat in a frame of its own; the page around it is left alone. */
(function (settings) {
  "use strict";
  var script = document.currentScript || document.querySelector('script[src*="/widget/' + settings.city + '.js"]');
  var home = new URL(script ? script.src : location.href).origin;
  var HOST = "madoguchi-widget";
  var whole = window.matchMedia("(max-width: 480px), (max-height: 480px)"); // as in launcher.css
  if (document.getElementById(HOST)) return;
  if (home !== location.origin && settings.origins.indexOf(location.origin) < 0 && !settings.origins.some(covers)) {
    console.warn("まどぐち: " + settings.words.not_allowed + " widget.origins: " + location.origin);
    return;
  }

  function covers(pattern) {
    var star = pattern.indexOf("*.");
    return star > 0 && location.origin.indexOf(pattern.slice(0, star)) === 0 &&
      location.origin.slice(-(pattern.length - star - 1)) === pattern.slice(star + 1);
  }

  function element(name, attributes, children) {
    var made = document.createElement(name);
    Object.keys(attributes).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    (children || []).forEach(function (child) { made.append(child); });
    return made;
  }

  function start() {
    var host = element("div", { id: HOST, lang: "ja" });
    var root = host.attachShadow({ mode: "open" });
    var label = element("span", {}, [settings.words.launcher]);
    var button = element("button", {
      type: "button", class: "launcher", "aria-expanded": "false", "aria-controls": "panel", "aria-label": settings.words.open,
    }, [icon(), label]);
    var panel = element("div", { id: "panel", class: "panel", role: "region", "aria-label": settings.words.title, hidden: "" });
    // Where the chat has the whole screen, Tab must not wander off to what lies behind it.
    var before = edge("last");
    var after = edge("first");
    panel.append(before, after);
    var frame = null;
    var style = element("link", { rel: "stylesheet", href: home + settings.style });
    // Unstyled, the button would stand at the end of the page for a moment.
    host.style.visibility = "hidden";
    style.addEventListener("load", function () { host.style.visibility = ""; });
    style.addEventListener("error", function () { host.style.visibility = ""; });
    root.append(style, button, panel);
    document.body.append(host);

    function isOpen() { return !panel.hidden; }

    function edge(to) {
      var made = element("span", { class: "edge", tabindex: "0" });
      made.addEventListener("focus", function () {
        frame.focus();
        frame.contentWindow.postMessage({ madoguchi: to }, home);
      });
      return made;
    }

    function isReady() { return host.hasAttribute("data-ready"); }

    function open() {
      // A chat that never came, because the network was away, is asked for again.
      if (frame && !isReady()) {
        frame.remove();
        frame = null;
      }
      if (!frame) {
        frame = element("iframe", { title: settings.words.title, src: home + settings.frame, allow: "clipboard-write" });
        after.before(frame);
        // A frame takes the keyboard when it has loaded; the chat then puts it into its text field.
        frame.addEventListener("load", greet);
      }
      show(true);
      greet();
    }

    function close() {
      show(false);
      button.focus();
    }

    function show(visible) {
      panel.hidden = !visible;
      button.setAttribute("aria-expanded", String(visible));
      button.setAttribute("aria-label", visible ? settings.words.close + "：" + settings.words.title : settings.words.open);
      label.textContent = visible ? settings.words.close : settings.words.launcher;
      host.toggleAttribute("data-open", visible);
      describe();
      if (!visible && frame) frame.contentWindow.postMessage({ madoguchi: "hidden" }, home);
    }

    function describe() {
      var alone = isReady() && whole.matches;
      panel.setAttribute("role", alone ? "dialog" : "region");
      if (alone) panel.setAttribute("aria-modal", "true");
      else panel.removeAttribute("aria-modal");
    }

    function greet() {
      if (!isOpen()) return;
      frame.focus();
      frame.contentWindow.postMessage({ madoguchi: "opened" }, home);
    }

    button.addEventListener("click", function () { if (isOpen()) close(); else open(); });
    root.addEventListener("keydown", function (event) { if (event.key === "Escape" && isOpen()) close(); });
    window.addEventListener("message", function (event) {
      if (!frame || event.source !== frame.contentWindow || event.origin !== home || !event.data) return;
      if (event.data.madoguchi === "close" && isOpen()) close();
      if (event.data.madoguchi === "ready") {
        host.setAttribute("data-ready", "");
        describe();
      }
    });
    if (whole.addEventListener) whole.addEventListener("change", describe);
  }

  function icon() {
    var NS = "http://www.w3.org/2000/svg";
    var svg = document.createElementNS(NS, "svg");
    var path = document.createElementNS(NS, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2Zm3 4v2h10V7H7Zm0 4v2h7v-2H7Z");
    svg.append(path);
    return svg;
  }

  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})
