// Places in the source: a click on a link "#at=<document>:<start>-<end>" shows exactly those characters.
// Offsets count characters as Python does (code points), so each block is cut as an array of them.
(() => {
  let pane, server, cameFrom;
  // The server has settled the language; Gradio's own words follow the browser's, so that one says the same.
  const language = new RegExp(`(?:^|; )${window.hujinCookie}=en`).test(document.cookie) ? "en" : "zh";
  const words = window.hujinWords[language]; // strings.py, english.py
  document.documentElement.lang = { zh: "zh-CN", en: "en" }[language];
  Object.defineProperty(navigator, "language", { value: document.documentElement.lang });

  // The way to the other language, on every page, the login too.
  function offerOtherLanguage() {
    const other = { zh: "en", en: "zh" }[language];
    const button = Object.assign(document.createElement("button"), { id: "language", type: "button", lang: other });
    button.textContent = words.other;
    button.addEventListener("click", () => {
      document.cookie = `${window.hujinCookie}=${other}; Path=/; Max-Age=31536000; SameSite=Lax`;
      location.reload();
    });
    document.body.append(button);
  }
  if (document.body) offerOtherLanguage();
  else document.addEventListener("DOMContentLoaded", offerOtherLanguage);
  const narrow = matchMedia("(max-width: 860px)");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  const parse = (link) => {
    const found = /#at=([^:]*):(\d+)-(\d+)$/.exec(link || "");
    return found && { document: decodeURIComponent(found[1]), start: +found[2], end: +found[3] };
  };

  function clear() {
    for (const mark of pane.querySelectorAll("mark")) mark.replaceWith(...mark.childNodes);
    for (const block of pane.querySelectorAll("article [data-at]")) block.normalize();
  }

  // Wrap what lies in [start, end) of every block; the new <mark> elements in order.
  function highlight({ start, end }, name) {
    const marks = [];
    for (const block of pane.querySelectorAll("article [data-at]")) {
      const from = +block.dataset.at;
      if (from >= end) continue;
      const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      const nodes = [];
      for (let at = from; walker.nextNode(); ) {
        const letters = [...walker.currentNode.data];
        if (at < end && at + letters.length > start) nodes.push([walker.currentNode, letters, at]);
        at += letters.length;
      }
      for (const [node, letters, at] of nodes) {
        const cut = (a, b) => letters.slice(Math.max(0, a - at), Math.max(0, b - at)).join("");
        const mark = Object.assign(document.createElement("mark"), { className: name, tabIndex: -1 });
        mark.textContent = cut(start, end);
        node.replaceWith(cut(at, start), mark, cut(end, Infinity));
        marks.push(mark);
      }
    }
    return marks;
  }

  async function turnTo(name) {
    if (pane.querySelector(".reader")?.dataset.document === name) return;
    try {
      pane.innerHTML = await server.read_document(name);
    } catch {
      pane.querySelector(".status").textContent = words.lost;
    }
  }

  // Show a place; the other places of the same answer are marked too, more quietly.
  async function show(place, others = [], focus = true) {
    await turnTo(place.document);
    clear();
    const same = (other) => other.start === place.start && other.end === place.end;
    for (const other of others) if (other.document === place.document && !same(other)) highlight(other, "also");
    const marks = highlight(place, "lit");
    if (focus) document.body.classList.add("reading");
    if (narrow.matches) pane.querySelector(".outline")?.removeAttribute("open");
    const target = marks[0] || pane.querySelector("article");
    if (!target) return;
    const outline = [...pane.querySelectorAll(".outline a")];
    for (const a of outline) a.removeAttribute("aria-current");
    const here = outline.filter((a) => +a.dataset.at <= place.start).pop();
    here?.setAttribute("aria-current", "true");
    center(here, here?.closest("nav"), "auto");
    center(target, pane.querySelector("article"), calm.matches ? "auto" : "smooth");
    if (!focus) return;
    target.focus({ preventScroll: true });
    pane.querySelector(".status").textContent = `${words.arrived}${here?.textContent || ""}`;
  }

  // Scroll only the given box, never the page around it.
  function center(target, box, behavior) {
    if (!target || !box || target === box) return;
    const gap = target.getBoundingClientRect().top - box.getBoundingClientRect().top;
    box.scrollTo({ top: box.scrollTop + gap - box.clientHeight / 3, behavior });
  }

  const placesOf = (answer) => [...(answer?.querySelectorAll(".cite") || [])].map((a) => parse(a.href));

  function back() {
    document.body.classList.remove("reading");
    if (cameFrom?.isConnected) cameFrom.focus();
  }

  async function copy(button) {
    const answer = button.closest(".answer");
    const claims = [...answer.querySelectorAll(".claim, .claims li")].map((claim) => {
      const text = claim.cloneNode(true);
      for (const a of text.querySelectorAll(".cite")) a.textContent = `[${a.lastChild.data}]`;
      return text.textContent;
    });
    const sources = new Map([...answer.querySelectorAll(".cite")].map((a) => [a.lastChild.data, a.title]));
    const notes = [...answer.querySelectorAll(".note")].map((note) => note.textContent);
    const lines = [...claims, ...notes, "", ...[...sources].map(([n, quote]) => `[${n}]「${quote}」`)];
    const text = lines.join("\n");
    try {
      await navigator.clipboard.writeText(text); // refused on plain http from another machine
    } catch {
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const label = button.textContent;
    button.textContent = words.copied;
    setTimeout(() => (button.textContent = label), 1500);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.cite, a.place");
    const place = link && pane && parse(link.href);
    if (place) {
      event.preventDefault();
      if (!pane.contains(link)) cameFrom = link;
      history.replaceState(null, "", location.pathname + location.search + link.hash);
      show(place, placesOf(link.closest(".answer")));
    } else if (event.target.closest(".back")) back();
    else if (event.target.closest("button.copy")) copy(event.target.closest("button.copy"));
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches(".pick")) show(parse(event.target.value));
  });
  document.addEventListener("keydown", (event) => {
    const busy = event.key === "Enter" && !event.shiftKey && event.target.closest?.("#question:has(.stop-button)");
    if (busy) [event.preventDefault(), event.stopPropagation()]; // one question at a time
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && pane?.contains(document.activeElement)) back();
  });

  // Gradio names every message by its source text, which here is HTML; without a name its words are read out.
  const named = "[data-testid=bot][aria-label], [data-testid=user][aria-label]";
  new MutationObserver(() => {
    for (const message of document.querySelectorAll(named)) message.removeAttribute("aria-label");
    // Its examples are buttons, which may not be the children of a list.
    for (const list of document.querySelectorAll(".examples[role=list]")) list.setAttribute("role", "group");
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["aria-label"] });

  window.hujin = {
    open(element, calls) {
      [pane, server] = [element, calls];
      const place = parse(location.hash);
      if (place) show(place);
    },
    // A file that came as text goes to the user's disk.
    save(packed) {
      const { name, data } = JSON.parse(packed);
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([bytes])), download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    },
    // After an answer: the address names its conversation, and its first place comes into view, without leaving it.
    answered(chat) {
      const search = chat ? `?chat=${encodeURIComponent(chat)}` : "";
      if (search !== location.search) history.replaceState(null, "", location.pathname + search + location.hash);
      const places = placesOf([...document.querySelectorAll("#chat .answer")].pop());
      if (!places.length) clear();
      else if (!narrow.matches) show(places[0], places, false);
    },
  };
})();
