// The source pane: places, search, sections. A link "#at=<document>:<start>-<end>" stands for exactly those characters.
// Offsets count characters as Python does (code points), so each block is cut as an array of them.
(() => {
  const { words } = window.hujin;
  let pane, server, cameFrom;
  let here = ""; // the link to what is read now
  let led = false; // the page scrolled there by itself, so the outline is right as it is
  let found = [], at = -1; // what a search found, and which of it is shown
  const narrow = matchMedia("(max-width: 860px)");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const one = (selector) => pane?.querySelector(selector);

  const parse = (link) => {
    const parts = /#at=([^:]*):(\d+)-(\d+)$/.exec(link || "");
    return parts && { document: decodeURIComponent(parts[1]), start: +parts[2], end: +parts[3] };
  };

  function clear() {
    if (!pane) return;
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

  // Whether the document is there; Gradio tells a failed request by an answer that is none.
  async function turnTo(name) {
    if (one(".reader")?.dataset.document === name) return true;
    const html = await Promise.resolve(server.read_document(name)).catch(() => null);
    if (typeof html === "string") pane.innerHTML = html;
    else one(".status").textContent = words.lost;
    return typeof html === "string";
  }

  // Show a place; the other places of the same answer are marked too, more quietly.
  async function show(place, others = [], focus = true) {
    if (!(await turnTo(place.document))) return;
    clear();
    const same = (other) => other.start === place.start && other.end === place.end;
    for (const other of others) if (other.document === place.document && !same(other)) highlight(other, "also");
    const marks = highlight(place, "lit");
    if (focus) document.body.classList.add("reading");
    if (narrow.matches) one(".outline")?.removeAttribute("open");
    const target = marks[0] || one("article");
    if (!target) return;
    const section = [...pane.querySelectorAll(".outline a")].filter((a) => +a.dataset.at <= place.start).pop();
    standIn(section, `#at=${encodeURIComponent(place.document)}:${place.start}-${place.end}`);
    led = true;
    center(section, section?.closest("nav"), "auto");
    center(target, one("article"), calm.matches ? "auto" : "smooth");
    find(false); // the marks have moved what was found
    if (!focus) return;
    target.focus({ preventScroll: true });
    one(".status").textContent = `${words.arrived}${section?.textContent || ""}`;
  }

  // Scroll only the given box, never the page around it.
  function center(target, box, behavior) {
    if (!target || !box || target === box) return;
    const gap = target.getBoundingClientRect().top - box.getBoundingClientRect().top;
    box.scrollTo({ top: box.scrollTop + gap - box.clientHeight / 3, behavior });
  }

  // The section that is read: named in the outline, and what "ask about this section" means.
  function standIn(section, link) {
    for (const a of pane.querySelectorAll(".outline a[aria-current]")) a.removeAttribute("aria-current");
    section?.setAttribute("aria-current", "true");
    here = link;
    const about = one(".about");
    if (about) about.title = (section || one(".outline a"))?.dataset.ask || "";
  }

  function follow() {
    const article = one("article");
    const line = article.scrollTop + article.clientHeight / 3 + 8;
    const seen = [...article.querySelectorAll(":is(h3, h4, h5, h6)[data-at]")].filter((h) => h.offsetTop <= line).pop();
    const section = seen && one(`.outline a[data-at="${seen.dataset.at}"]`);
    if (section) standIn(section, section.hash);
  }

  // Every place where the words stand, as ranges that the browser paints (CSS.highlights) without touching the text.
  function find(go = true) {
    const sought = one(".find")?.value.trim().toLowerCase() || "";
    found = [];
    for (const block of sought ? pane.querySelectorAll("article [data-at]") : []) {
      const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      const nodes = [];
      let text = "";
      while (walker.nextNode()) {
        nodes.push([walker.currentNode, text.length]);
        text += walker.currentNode.data;
      }
      const plain = text.toLowerCase().length === text.length ? text.toLowerCase() : text;
      const spot = (offset) => {
        const [node, from] = nodes.findLast(([, from]) => from <= offset);
        return [node, offset - from];
      };
      for (let i = plain.indexOf(sought); i >= 0; i = plain.indexOf(sought, i + sought.length)) {
        const range = new Range();
        range.setStart(...spot(i));
        const [node, before] = spot(i + sought.length - 1);
        range.setEnd(node, before + 1);
        found.push(range);
      }
    }
    const top = one("article")?.getBoundingClientRect().top; // go on from what is read
    const next = found.findIndex((range) => range.getBoundingClientRect().bottom > top);
    at = go ? Math.max(next, 0) - 1 : Math.min(at, found.length - 1);
    if (go && found.length) step(1);
    else tell(sought);
  }

  function step(by) {
    if (!found.length) return;
    at = (at + by + found.length) % found.length;
    tell("…");
    center(found[at], one("article"), calm.matches ? "auto" : "smooth");
  }

  function tell(sought) {
    const counted = words.found.replace("{n}", at + 1).replace("{total}", found.length);
    one(".count").textContent = !sought ? "" : found.length ? counted : words.found_none;
    if (!CSS.highlights) return;
    CSS.highlights.set("found", new Highlight(...found.filter((_, i) => i !== at)));
    CSS.highlights.set("found-now", new Highlight(...(at < 0 ? [] : [found[at]])));
  }

  // The question goes into the box; whether it is asked, and in which words, is left to its reader.
  function askAbout(question) {
    const box = document.querySelector("#question textarea");
    if (!box || !question) return;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, question);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    document.body.classList.remove("reading");
    box.focus();
  }

  function back() {
    document.body.classList.remove("reading");
    if (cameFrom?.isConnected) cameFrom.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.cite, a.place");
    const place = link && pane && parse(link.href);
    if (place) {
      event.preventDefault();
      if (!pane.contains(link)) cameFrom = link;
      history.replaceState(null, "", location.pathname + location.search + link.hash);
      show(place, placesOf(link.closest(".answer")));
      return;
    }
    const button = pane?.contains(event.target) && event.target.closest("button");
    if (!button) return;
    if (button.matches(".back")) back();
    else if (button.matches(".previous")) step(-1);
    else if (button.matches(".next")) step(1);
    else if (button.matches(".about")) askAbout(button.title);
    else if (button.matches(".link")) window.hujin.copy(button, location.origin + location.pathname + here, words.link_copied);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches(".pick")) show(parse(event.target.value));
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("#source .find")) find();
  });
  document.addEventListener("keydown", (event) => {
    if (!pane?.contains(event.target)) return;
    const typing = event.target.matches(".find");
    if (typing && event.key === "Enter" && !event.isComposing) step(event.shiftKey ? -1 : 1);
    if (event.key !== "Escape") return;
    if (typing && event.target.value) [(event.target.value = ""), find()];
    else back();
  });
  let waiting = 0;
  document.addEventListener("scroll", (event) => {
    if (led || waiting || !event.target.matches?.("#source article")) return;
    waiting = requestAnimationFrame(() => [(waiting = 0), follow()]);
  }, true);
  for (const name of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    document.addEventListener(name, (event) => {
      if (event.target.closest?.("#source article")) led = false;
    }, { passive: true, capture: true });
  }
  window.addEventListener("hashchange", () => {
    const place = pane && parse(location.hash);
    if (place) show(place);
  });

  const placesOf = (answer) => [...(answer?.querySelectorAll(".cite") || [])].map((a) => parse(a.href));

  Object.assign(window.hujin, {
    open(element, calls) {
      [pane, server] = [element, calls];
      new ResizeObserver(() => led && center(one("mark.lit"), one("article"), "auto")).observe(element);
      const place = parse(location.hash);
      if (place) show(place);
      else standIn(null, one(".outline a")?.hash || "");
    },
    // The first place of an answer comes into view, without leaving the answer.
    preview(answer) {
      const places = placesOf(answer);
      if (!places.length) clear();
      else if (!narrow.matches) show(places[0], places, false);
    },
  });
})();
