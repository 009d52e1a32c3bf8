/* Work without a signal, the page's side: has the service worker keep pages and send, and says how things stand.
   `outbox` comes before. body: data-holder, data-kept (ms, only on a page shown from the phone). Words come from the page. */
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const { holder, slug } = document.body.dataset;
  const workers = navigator.serviceWorker;
  if (!workers || !holder || !window.indexedDB || !window.BroadcastChannel) return;
  const kept = () => Number(document.body.dataset.kept) || 0;

  function when(ms) {
    const at = new Date(ms), clock = `${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
    return at.toDateString() === new Date().toDateString() ? clock : `${at.getMonth() + 1}-${at.getDate()} ${clock}`;
  }
  const say = (words, values) => words.replace(/%(\w)/g, (_, key) => values[key]);
  const ask = async (data) => (await workers.ready).active.postMessage(data);

  /* A form that came from the phone, or from the back button, is a new act. */
  const anew = () => all("form input[name=seen]").forEach((seen) => { const once = one("[name=once]", seen.form); if (once) once.value = crypto.randomUUID(); });

  let items = [];
  async function look() {
    items = await outbox.all();
    const mine = items.filter((item) => item.holder === holder);
    sign(mine);
    signal();
    cards(mine);
    later(mine);
    list(mine);
  }

  const off = () => Boolean(!navigator.onLine || kept());
  /* What only the server can decide waits for a signal, and says so; what can be written down here takes the place of its page. */
  function signal() {
    for (const button of all("button[data-needs-signal]")) button.disabled = off();
    for (const part of all("[data-with-signal]")) part.hidden = off();
    for (const part of all("[data-without-signal]")) part.hidden = !off();
  }
  function sign(mine) {
    const place = one("[data-field-sign]");
    if (!place) return;
    const waiting = mine.filter((item) => item.state === "waiting").length, stuck = mine.length - waiting;
    const parts = [
      off() && place.dataset.off, kept() && say(place.dataset.since, { t: when(kept()) }),
      waiting && say(place.dataset.waiting, { n: waiting }), stuck && say(place.dataset.stuck, { n: stuck }),
    ].filter(Boolean);
    one("[data-field-words]", place).textContent = parts.join(" · ");
    place.hidden = !parts.length;
    document.documentElement.classList.toggle("field", true);
  }

  const doneWith = (mine, subject) => mine.filter((item) => item.slug === slug && item.subject === subject);
  /* On a list: what was done without a signal stands on its card; the next step is on a page of its own. */
  function cards(mine) {
    for (const card of all("[data-field-card]")) {
      const done = doneWith(mine, card.dataset.fieldCard);
      const place = one("[data-field-done]", card);
      place.hidden = !done.length;
      place.textContent = done.map((item) => `${item.named.split(" · ")[0]} ${when(item.done)}`).join(" · ");
      for (const form of all(".due-acts form, [data-field-first]", card)) form.hidden = Boolean(done.length);
      const link = one("[data-field-next]", card);
      if (link) link.hidden = !done.length;
    }
  }
  /* On its page: steps that come after one that waits here are open, that one is not done twice. */
  function later(mine) {
    for (const step of all("[data-field-step]")) {
      const done = doneWith(mine, step.dataset.subject).map((item) => item.act);
      const { fieldStep: act, after } = step.dataset;
      step.hidden = (act !== "note" && done.includes(act)) || Boolean(after && !done.includes(after));
    }
    for (const place of all("[data-field-here]")) {
      const done = doneWith(mine, place.dataset.subject);
      place.hidden = !done.length;
      one("ul", place).replaceChildren(...done.map((item) => Object.assign(document.createElement("li"), { textContent: `${item.named.split(" · ")[0]} ${when(item.done)}` })));
    }
  }

  /* The page of the outbox. */
  const SAID = new Set(["words", "place", "result", "needs", "need_1", "need_2", "need_3"]);
  const wordsIn = (item) => item.fields.some(([key]) => key === "result") ? "result" : "words";
  const value = (item, name) => (item.fields.find(([key]) => key === name) || [])[1] || "";
  function list(mine) {
    const place = one("[data-outbox]");
    if (!place) return;
    const row = one("template", place.parentElement).content;
    place.replaceChildren(...mine.map((item) => {
      const card = row.cloneNode(true).firstElementChild;
      const put = (name, words) => { const part = one(`[data-${name}]`, card); part.textContent = words; part.hidden = !words; };
      const [act, ...title] = item.named.split(" · ");
      const blocked = item.state === "waiting" && mine.some((other) => other.slug === item.slug && other.subject === item.subject && item.subject !== "representatives/record" && other.id < item.id && other.state !== "waiting");
      put("act", act);
      one("[data-title]", card).append(Object.assign(document.createElement("a"), { href: `/c/${item.slug}/${item.subject}/`, textContent: title.join(" · ") }));
      put("words", item.fields.filter(([name, words]) => words && SAID.has(name)).map(([, words]) => words).join(" · "));
      put("when", say(place.dataset.when, { t: when(item.done) }) + (item.files.length ? say(place.dataset.photos, { n: item.files.length }) : ""));
      put("state", place.dataset[blocked ? "held" : item.state] || "");
      put("says", item.says || (item.state === "refused" ? place.dataset.odd : item.state === "waiting" && item.tries >= 3 ? say(place.dataset.tries, { n: item.tries }) : ""));
      put("now", item.now || "");
      const lines = one("[data-meanwhile]", card);
      lines.replaceChildren(...(item.meanwhile || []).map((line) => Object.assign(document.createElement("li"), { textContent: line })));
      lines.hidden = !lines.children.length;
      for (const button of all("[data-do]", card)) {
        button.hidden = !(button.dataset.do === "drop" || item.state === "refused" && button.dataset.do === "edit" || item.state === "conflict" && item.note && button.dataset.do !== "drop");
        button.addEventListener("click", () => ways[button.dataset.do](item));
      }
      return card;
    }));
    one("[data-outbox-none]").hidden = mine.length > 0;
    const others = items.length - mine.length, rest = one("[data-outbox-others]");
    rest.hidden = !others;
    rest.textContent = others ? say(rest.dataset.outboxOthers, { n: others }) : "";
  }
  const again = async (item) => { await outbox.put({ ...item, state: "waiting", says: "", now: "", meanwhile: [], tries: 0 }); await send(); };
  const asLate = (item) => item.act === "late" ? item : {
    ...item, act: "late", url: `/c/${item.slug}/${item.subject}/late/`, once: crypto.randomUUID(), fields: [...item.fields.map(([name, words]) => [name === "result" ? "words" : name, words]), ["meant", item.act]],
  };
  const ways = {
    note: (item) => again(asLate(item)),
    edit(item) {
      const sheet = one("#edit-outbox"), form = one("form", sheet);
      form.elements.words.value = value(item, wordsIn(item));
      for (const part of all("[data-takes-photos]", form)) part.hidden = !(item.subject.startsWith("matters/") || item.act === "finish" || item.files.length);
      form.onsubmit = async (event) => {
        event.preventDefault();
        const fields = [...item.fields.filter(([name]) => name !== wordsIn(item)), [wordsIn(item), form.elements.words.value]];
        const files = [...(form.elements.without.checked ? [] : item.files), ...[...form.elements.photos.files].map((file) => ["photos", file, file.name])];
        sheet.close();
        form.reset();
        const edited = { ...item, fields, files };
        await again(item.state === "conflict" ? asLate(edited) : edited);
      };
      sheet.showModal();
    },
    drop(item) {
      const sheet = one("#drop-outbox");
      one("form", sheet).onsubmit = async (event) => { event.preventDefault(); sheet.close(); await outbox.drop(item.id); };
      sheet.showModal();
    },
  };

  /* Sending: now, when the net is back, when somebody looks; otherwise ever more seldom while something waits. */
  const WAITS = [5, 15, 60, 300];
  let tried = 0, timer = 0;
  async function send() {
    clearTimeout(timer);
    if (!items.some((item) => item.state === "waiting")) items = await outbox.all();
    if (!items.some((item) => item.state === "waiting" && item.holder === holder)) { tried = 0; return; }
    if (navigator.onLine) await ask({ asked: "send" });
    timer = setTimeout(send, 1000 * WAITS[Math.min(tried++, WAITS.length - 1)]);
  }
  /* What lies here is not to be thrown away when the phone runs short of room; asked once. */
  async function last() {
    const { storage } = navigator;
    if (!storage || !storage.persist || localStorage.getItem("persist-asked")) return;
    localStorage.setItem("persist-asked", "1");
    await storage.persist();
  }
  async function keep() {
    if (kept() || !navigator.onLine || !("keeps" in document.body.dataset)) return;
    const named = all("[data-keep]").map((part) => new URL(part.dataset.keep, location.href).pathname);
    await last();
    await ask({ asked: "keep", slug, holder, list: location.pathname, urls: [...new Set(named)], whole: document.body.dataset.keeps === "whole" });
  }

  new BroadcastChannel("linli-outbox").onmessage = look;
  addEventListener("online", () => { tried = 0; send(); look(); });
  addEventListener("offline", look);
  addEventListener("pageshow", () => { anew(); look(); });
  document.addEventListener("page:shown", () => { anew(); look(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { tried = 0; send(); } });
  anew();
  workers.register("/sw.js", { updateViaCache: "none" }).catch(() => {});
  look().then(send).then(keep);
})();
