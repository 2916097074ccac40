// The conversation: copy, save, links to an answer, and what Gradio leaves to be done for those who cannot see.
(() => {
  const { words, made, notice } = window.hujin;
  const named = new URLSearchParams(location.search).get("chat") || "";
  let settled = false; // whether the conversation of the address has arrived
  const answers = () => [...document.querySelectorAll("#chat [data-testid=bot]")];

  async function copy(button, text, told) {
    try {
      await navigator.clipboard.writeText(text); // refused on plain http from another machine
    } catch {
      const area = made("textarea", { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    if (button.dataset.label) return;
    button.dataset.label = button.textContent;
    button.textContent = told;
    setTimeout(() => [(button.textContent = button.dataset.label), delete button.dataset.label], 1500);
  }

  function asText(answer) {
    const claims = [...answer.querySelectorAll(".claim, .claims li, .claims tr")].map((claim) => {
      const text = claim.cloneNode(true);
      for (const a of text.querySelectorAll(".cite")) a.textContent = `[${a.lastChild.data}]`;
      return text.cells ? [...text.cells].map((cell) => cell.textContent).join(" | ") : text.textContent;
    });
    const sources = new Map([...answer.querySelectorAll(".cite")].map((a) => [a.lastChild.data, a.title]));
    const notes = [...answer.querySelectorAll(".note")].map((note) => note.textContent);
    return [...claims, ...notes, "", ...[...sources].map(([n, quote]) => `[${n}]「${quote}」`)].join("\n");
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#chat .answer button");
    if (!button) return;
    if (button.matches(".copy")) copy(button, asText(button.closest(".answer")), words.copied);
    const n = answers().findIndex((answer) => answer.contains(button)) + 1;
    const link = `${location.origin}${location.pathname}${location.search}#answer=${n}`;
    if (button.matches(".link")) copy(button, link, words.link_copied);
  });
  document.addEventListener("keydown", (event) => {
    const busy = event.key === "Enter" && !event.shiftKey && event.target.closest?.("#question:has(.stop-button)");
    if (busy) [event.preventDefault(), event.stopPropagation()]; // one question at a time
  }, true);

  // What was asked last stays at the top, so that its answer is read from the start, until the reader scrolls.
  let last = "", following = false;
  function follow() {
    const asked = [...document.querySelectorAll("#chat [data-testid=user]")];
    const box = document.querySelector("#chat [role=log]");
    const now = `${asked.length} ${asked.at(-1)?.textContent}`;
    if (now !== last) [last, following] = [now, asked.length > 0];
    if (!following || !box) return;
    const gap = asked.at(-1).getBoundingClientRect().top - box.getBoundingClientRect().top;
    box.scrollTop += gap - 40; // below Gradio's buttons
  }
  for (const name of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    document.addEventListener(name, (event) => {
      if (event.target.closest?.("#chat")) following = false;
    }, { passive: true, capture: true });
  }

  // Gradio names every message by its source text, which here is HTML; without a name its words are read out.
  const labelled = "[data-testid=bot][aria-label], [data-testid=user][aria-label]";
  new MutationObserver(() => {
    for (const message of document.querySelectorAll(labelled)) message.removeAttribute("aria-label");
    // Its examples are buttons, which may not be the children of a list.
    for (const list of document.querySelectorAll(".examples[role=list]")) list.setAttribute("role", "group");
    follow();
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["aria-label"] });

  // The answer that a link "#answer=<n>" stands for.
  function pointed() {
    const n = +(/#answer=(\d+)$/.exec(location.hash) || [])[1];
    const answer = answers()[n - 1];
    if (!answer) return null;
    following = false;
    answer.tabIndex = -1;
    answer.focus({ preventScroll: true });
    answer.scrollIntoView({ block: "start" });
    return answer;
  }

  Object.assign(window.hujin, {
    copy,
    // Before a question leaves: it belongs to the conversation of the address, even if that has not arrived.
    asking: (...given) => [...given.slice(0, -1), given.at(-1) || (settled ? "" : named)],
    // A file that came as text goes to the user's disk.
    save(packed) {
      const { name, data } = JSON.parse(packed);
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      const link = made("a", { href: URL.createObjectURL(new Blob([bytes])), download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    },
    // After an answer: the address names its conversation, and its first place comes into view, without leaving it.
    answered(chat) {
      if (!settled && named && !chat) notice(words.no_answer_here);
      const wanted = !settled && pointed();
      const placed = !settled && /#at=/.test(location.hash);
      settled = true;
      const search = chat ? `?chat=${encodeURIComponent(chat)}` : "";
      if (search !== location.search) history.replaceState(null, "", location.pathname + search + location.hash);
      if (!placed) window.hujin.preview((wanted || answers().pop())?.querySelector(".answer"));
    },
  });
})();
