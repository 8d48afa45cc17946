// What a page has beside what the server has rendered: times in the reader's zone, buttons that copy, and changes while it is open.
"use strict";
(() => {
  const body = document.body;
  const connection = document.getElementById("connection");
  const clock = { hour: "2-digit", minute: "2-digit" };
  let source = null;
  let retry = 0;
  let silence = 0;
  let gone = "";

  const local = (element) => {
    const at = new Date(element.getAttribute("datetime"));
    element.textContent = at.toLocaleString(undefined, { dateStyle: "short", timeStyle: "medium" });
  };
  const addCopy = (code) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.setAttribute("aria-label", `Copy ${code.title}`);
    code.after(button);
  };
  const dress = (within) => {
    within.querySelectorAll("time[datetime]").forEach(local);
    within.querySelectorAll("text[data-time]").forEach((label) => {
      label.textContent = new Date(label.dataset.time * 1000).toLocaleTimeString(undefined, clock);
    });
    if (navigator.clipboard) within.querySelectorAll(".code[title], .name[title]").forEach(addCopy);
  };
  const say = (text, stopped) => {
    connection.textContent = text;
    body.classList.toggle("stopped", stopped);
  };
  const now = () => new Date().toLocaleTimeString();

  // Who has the keyboard's focus keeps it: the same link or button of the same place.
  const put = (element, html) => {
    const focusable = () => [...element.querySelectorAll("a, button")];
    const focused = focusable().indexOf(document.activeElement);
    element.innerHTML = html;
    dress(element);
    if (focused >= 0) focusable()[focused]?.focus();
  };
  const change = (parts) => {
    for (const [key, html] of Object.entries(parts)) {
      const element = document.querySelector(`[data-live="${CSS.escape(key)}"]`);
      if (element) put(element, html);
    }
  };
  const reload = async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.getElementById("main");
    if (!main) throw new Error("no page");
    document.getElementById("main").replaceChildren(...main.childNodes);
    dress(document.getElementById("main"));
    const mood = document.querySelector(".mood");
    if (mood) mood.innerHTML = page.querySelector(".mood")?.innerHTML ?? mood.innerHTML;
    body.dataset.version = page.body.dataset.version;
  };

  const stop = () => {
    source?.close();
    source = null;
    clearTimeout(retry);
    clearTimeout(silence);
  };
  const lost = () => {
    gone ||= `no answer from the node since ${now()}: this is what was known then`;
    say(gone, true);
    stop();
    retry = setTimeout(follow, 2000);
  };
  // The node says something every few seconds, if only that it is still there.
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(lost, 15000);
  };
  const renew = () => {
    stop();
    reload().then(follow, lost);
  };
  function follow() {
    if (!body.dataset.follow || document.hidden) return;
    stop();
    const page = encodeURIComponent(body.dataset.page);
    source = new EventSource(`${body.dataset.follow}?page=${page}&version=${body.dataset.version}`);
    source.onopen = () => {
      gone = "";
      say("live", false);
    };
    source.onerror = lost;
    heard();
    source.addEventListener("still", heard);
    source.addEventListener("parts", (event) => {
      heard();
      const { from, parts } = JSON.parse(event.data);
      if (from !== body.dataset.version) return renew();
      change(parts);
      body.dataset.version = event.lastEventId;
      say(`live, ${now()}`, false);
    });
    source.addEventListener("page", renew);
    source.addEventListener("full", () => {
      say("not kept up to date: too many windows are open", false);
      stop();
      retry = setTimeout(follow, 30000);
    });
    source.addEventListener("stopped", () => {
      gone = `the node was stopped at ${now()}: this is what was known then`;
      say(gone, true);
      stop();
      retry = setTimeout(renew, 5000);
    });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".copy");
    if (!button) return;
    navigator.clipboard.writeText(button.previousElementSibling.title).then(() => {
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 1500);
    }, () => button.classList.remove("done"));
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : follow()));
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", (event) => { if (event.persisted) follow(); });
  dress(document);
  follow();
})();
