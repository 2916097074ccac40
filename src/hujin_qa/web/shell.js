// What every page has, the login too: the language, and one clear sentence when the server cannot be reached.
(() => {
  // The server has settled the language; Gradio's own words follow the browser's, so that one says the same.
  const language = new RegExp(`(?:^|; )${window.hujinCookie}=en`).test(document.cookie) ? "en" : "zh";
  const words = window.hujinWords[language]; // strings.py, english.py
  document.documentElement.lang = { zh: "zh-CN", en: "en" }[language];
  Object.defineProperty(navigator, "language", { value: document.documentElement.lang });

  const made = (tag, given) => Object.assign(document.createElement(tag), given);

  function offerOtherLanguage() {
    const other = { zh: "en", en: "zh" }[language];
    const button = made("button", { id: "language", type: "button", lang: other, textContent: words.other });
    button.addEventListener("click", () => {
      document.cookie = `${window.hujinCookie}=${other}; Path=/; Max-Age=31536000; SameSite=Lax`;
      location.reload();
    });
    document.body.append(button);
  }
  if (document.body) offerOtherLanguage();
  else document.addEventListener("DOMContentLoaded", offerOtherLanguage);

  // A sentence over the page, with a way on; an empty one takes it away.
  function notice(text, action = "") {
    document.getElementById("notice")?.remove();
    if (!text) return;
    const bar = made("div", { id: "notice", textContent: text });
    bar.setAttribute("role", "alert");
    const button = made("button", { type: "button", textContent: action || "✕" });
    if (!action) button.setAttribute("aria-label", words.close);
    button.addEventListener("click", () => (action ? reload() : notice("")));
    bar.append(button);
    document.body.append(bar);
  }

  const ask = window.fetch.bind(window);
  let lost = false;
  let server = ""; // which start of the server this page belongs to: another one knows nothing of its lists

  function isOther(reply) {
    const other = reply.headers.get("x-hujin-started");
    server ||= other;
    return Boolean(other) && other !== server;
  }

  // What is being written survives, what was asked is kept anyway.
  function reload() {
    const written = document.querySelector("#question textarea")?.value;
    if (written) sessionStorage.setItem("hujin-question", written);
    location.reload();
  }
  function written() {
    const kept = sessionStorage.getItem("hujin-question") || "";
    sessionStorage.removeItem("hujin-question");
    return kept;
  }

  // Until the server is back: say what is wrong, then whether one may go on.
  async function watch() {
    if (lost) return;
    lost = true;
    document.body.classList.add("lost"); // Gradio's own words for it are English
    for (;;) {
      try {
        const reply = await ask(`${window.gradio_config.root}/gradio_api/user`, { cache: "no-store" });
        const user = reply.ok ? await reply.json() : null;
        if (reply.status < 500) {
          const known = window.gradio_config?.username;
          if (known && user !== known) notice(words.expired, words.log_in);
          else if (isOther(reply)) reload();
          else notice("");
          break;
        }
      } catch {
        // not yet
      }
      notice(navigator.onLine ? words.gone : words.offline);
      await new Promise((done) => setTimeout(done, 2000));
    }
    document.body.classList.remove("lost");
    lost = false;
  }

  function restarted() {
    document.body.classList.add("lost"); // what Gradio complains of is this
    notice(words.restarted, words.reload);
  }

  window.fetch = async (...given) => {
    try {
      const reply = await ask(...given);
      if (reply.status === 401 && !/\/login/.test(reply.url)) watch();
      else if (isOther(reply)) restarted();
      return reply;
    } catch (error) {
      if (error.name !== "AbortError") watch();
      throw error;
    }
  };
  window.addEventListener("offline", watch);
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault(); // else the browser leaves the page to show the file
    notice(words.no_files);
  });
  // Gradio heads every failure "Error", whatever its title, and says its own in English.
  function inWords(toast) {
    toast.querySelector(".toast-title").firstChild.data = `${words.problem} `;
    for (const text of toast.querySelectorAll("[data-testid=toast-text]")) {
      if (language === "zh" && !/\p{Script=Han}/u.test(text.textContent)) text.textContent = words.failed;
    }
  }

  // Names that Gradio gives in English in every language; a box that is ticked it names by its value too.
  const own = Object.entries(words.gradio).map(([english, told]) => [new RegExp(`^${english}$`), told]);
  const inTheirs = (said) => own.reduce((text, pair) => text.replace(...pair), said);
  function named() {
    for (const element of document.querySelectorAll("label > input[title]")) element.removeAttribute("title");
    for (const element of document.querySelectorAll(":is(button, input, svg, div)[aria-label], button[title]")) {
      for (const name of ["aria-label", "title"]) {
        const said = element.getAttribute(name) ?? "";
        if (inTheirs(said) !== said) element.setAttribute(name, inTheirs(said));
      }
    }
    for (const { firstChild: text } of document.querySelectorAll("span.sr-only")) {
      if (text?.data && inTheirs(text.data) !== text.data) text.data = inTheirs(text.data);
    }
  }

  // A stream that breaks off is seen by Gradio alone; and its login has neither a name, a main part nor a first heading.
  new MutationObserver(() => {
    const login = document.querySelector("p.auth")?.parentElement;
    if (login && !login.role) {
      document.title ||= words.page;
      login.role = "main";
      login.querySelector("h2")?.setAttribute("aria-level", "1");
    }
    if (/Connection to the server was lost/.test(document.querySelector(".toast-wrap")?.textContent)) watch();
    document.querySelectorAll(".toast-body.error").forEach(inWords);
    named();
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["aria-label", "title"] });

  window.hujin = { words, made, notice, written };
})();
