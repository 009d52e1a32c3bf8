/* Small helps. Every page works without this file. Attributes: plumbing/templates/components/README.md. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const english = root.lang === "en";
  const SAVED = english ? "Saved" : "已自动保存";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const store = {
    get: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* private mode: nothing was kept */ } },
    keys: () => { try { return Object.keys(localStorage); } catch { return []; } },
  };

  /* Drafts: what is typed stays on this device until the server has it. */
  const DRAFT = "linli-draft:";
  const draftKey = (form) => DRAFT + form.dataset.draft;
  const kept = (field) => field.name && !("private" in field.dataset) && !["file", "password", "hidden", "submit", "button"].includes(field.type);

  function keepDraft(form) {
    const values = {};
    for (const field of form.elements) {
      if (!kept(field)) continue;
      if (field.type === "radio" || field.type === "checkbox") {
        values[field.name] ||= [];
        if (field.checked) values[field.name].push(field.value);
      } else (values[field.name] ||= []).push(field.value);
    }
    return store.set(draftKey(form), { at: Date.now(), values });
  }

  function restoreDraft(form) {
    const draft = store.get(draftKey(form));
    if (!draft || form.querySelector(".field-wrong")) return;
    const rest = Object.fromEntries(Object.entries(draft.values).map(([name, list]) => [name, [...list]]));
    for (const field of form.elements) {
      if (!kept(field) || !(field.name in rest)) continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = rest[field.name].includes(field.value);
      else { const value = rest[field.name].shift(); if (value) field.value = value; }
    }
    form.dispatchEvent(new Event("draft:restored", { bubbles: true }));
    say(form, SAVED);
  }

  function say(form, words) {
    for (const place of all("[data-draft-said]", form)) place.textContent = words;
  }

  function forget(name) {
    for (const key of name === "*" ? store.keys().filter((k) => k.startsWith(DRAFT)) : [DRAFT + name]) store.drop(key);
  }

  const waits = new WeakMap();
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !form.dataset.draft) return;
    clearTimeout(waits.get(form));
    waits.set(form, setTimeout(() => say(form, keepDraft(form) ? SAVED : ""), 400));
  });
  addEventListener("draft-clear", (event) => forget(event.detail.value || event.detail));
  document.addEventListener("draft-clear", (event) => forget(event.detail.value || event.detail));

  /* Submit once. */
  function lock(form, submitter) {
    form.dataset.sent = "1";
    for (const button of all("button:not([type=button]), input[type=submit]", form)) button.classList.add("is-sent");
    if (submitter) submitter.setAttribute("aria-busy", "true");
  }
  function unlock(form) {
    delete form.dataset.sent;
    for (const button of all(".is-sent", form)) { button.classList.remove("is-sent"); button.removeAttribute("aria-busy"); }
  }
  /* The service worker keeps what such a form says, and shows the page that follows only to one that goes out as a page. */
  const inOutbox = (form) => "holder" in form.elements && navigator.serviceWorker && navigator.serviceWorker.controller;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.dataset.draft) { clearTimeout(waits.get(form)); keepDraft(form); }
    if ("resend" in form.dataset && !inOutbox(form) && !form.hasAttribute("hx-post")) { event.preventDefault(); send(form, event.submitter); return; }
    if (!("again" in form.dataset)) lock(form, event.submitter);
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach(unlock));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.target.matches("form")) unlock(event.target); });

  /* Sending that survives a dead network: the form stays, and goes out by itself when the net is back. */
  const waiting = new Set();
  async function send(form, submitter) {
    lock(form, submitter);
    const data = new FormData(form);
    if (submitter && submitter.name) data.set(submitter.name, submitter.value);
    let answer;
    try {
      answer = await fetch((submitter && submitter.getAttribute("formaction")) || form.getAttribute("action") || location.href, { method: "POST", body: data, headers: { Accept: "text/html" } });
    } catch {
      unlock(form);
      waiting.add(form);
      form.resendBy = submitter;
      network();
      return;
    }
    waiting.delete(form);
    network();
    unlock(form);
    if (answer.redirected && form.dataset.draft) forget(form.dataset.draft);
    show(await answer.text(), answer.url);
  }

  function show(html, url) {
    const page = new DOMParser().parseFromString(html, "text/html");
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    if (url !== location.href) history.pushState({ swapped: true }, "", url);
    if (window.htmx) window.htmx.process(document.body);
    scrollTo(0, 0);
    ready(document);
    document.dispatchEvent(new Event("page:shown"));
  }
  addEventListener("popstate", (event) => { if (event.state === null) location.reload(); });

  function network() {
    const strip = document.querySelector("[data-offline]");
    if (!strip) return;
    const words = strip.querySelector("[data-offline-words]");
    strip.hidden = navigator.onLine && !waiting.size;
    words.textContent = strip.hidden ? "" : waiting.size ? words.dataset.kept : words.dataset.plain;
    strip.querySelector("[data-offline-again]").hidden = !waiting.size;
  }
  const again = () => { for (const form of [...waiting]) if (form.isConnected) send(form, form.resendBy); else waiting.delete(form); network(); };
  addEventListener("online", again);
  addEventListener("offline", network);
  setInterval(() => { if (waiting.size && navigator.onLine) again(); }, 20000);
  document.addEventListener("htmx:sendError", (event) => { const form = event.target.closest("form"); if (form) { unlock(form); waiting.add(form); network(); } });

  /* htmx: the token of the page goes with every request; forms carry their own. */
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.value;
  });

  /* Sheets, menus, printing. */
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-sheet]");
    const dialog = opener && document.getElementById(opener.dataset.sheet);
    if (dialog && dialog.showModal && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      dialog.showModal();
      const title = dialog.querySelector("h2[tabindex]");
      if (title) title.focus();
      return;
    }
    if (event.target.closest("[data-sheet-close]") && event.target.closest("dialog")) { event.preventDefault(); event.target.closest("dialog").close(); return; }
    if (event.target.matches("dialog.sheet")) event.target.close();
    for (const menu of all("[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
    if (event.target.closest("[data-print]")) print();
    const copier = event.target.closest("[data-copy]");
    if (copier) {
      const source = document.getElementById(copier.dataset.copy);
      source.select();
      navigator.clipboard.writeText(source.value).then(() => { for (const said of all("[data-copied]")) said.hidden = false; }, () => {});
    }
    if (event.target.closest("[data-offline-again]")) again();
  });
  if (navigator.clipboard) for (const copier of all("[data-copy]")) copier.hidden = false;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("[data-menu][open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-photos]")) pick(event.target);
    const opens = event.target.closest("[data-opens]");
    if (opens) comeUp(all(":scope > :not(fieldset)", opens).filter((part) => part.offsetHeight));
  });

  /* What a choice opened stands above the bar at the foot: its end, and where that is too much its beginning. */
  function comeUp(parts) {
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    if (!parts.length) return;
    const low = Math.max(...parts.map((part) => part.getBoundingClientRect().bottom));
    const over = low - (innerHeight - parseFloat(getComputedStyle(root).scrollPaddingBottom));
    const room = parts[0].getBoundingClientRect().top - parseFloat(getComputedStyle(root).scrollPaddingTop);
    if (over > 0) scrollBy({ top: Math.min(over, room), behavior });
  }

  /* Photos: preview and removal before sending. */
  const picked = new WeakMap();
  function pick(input) {
    const most = Number(input.dataset.photos) || 9;
    const before = input.multiple ? picked.get(input) || [] : [];
    keepPhotos(input, [...before, ...input.files].slice(0, input.multiple ? most : 1));
  }
  function keepPhotos(input, files) {
    picked.set(input, files);
    const carrier = new DataTransfer();
    for (const file of files) carrier.items.add(file);
    input.files = carrier.files;
    const box = input.closest(".photo-picker");
    const list = box.querySelector("[data-photos-list]");
    list.replaceChildren(...files.map((file, i) => photo(file, () => keepPhotos(input, files.filter((_, j) => j !== i)))));
    box.querySelector("[data-photos-count]").textContent = `${files.length}/${input.dataset.photos}`;
  }
  function photo(file, remove) {
    const item = document.createElement("li");
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 168;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", file.name);
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", english ? `Remove ${file.name}` : `去掉 ${file.name}`);
    button.append(Object.assign(document.createElement("span"), { textContent: "×" }));
    button.addEventListener("click", remove);
    item.append(canvas, button);
    if (window.createImageBitmap) {
      createImageBitmap(file).then((image) => {
        const side = Math.min(image.width, image.height);
        canvas.getContext("2d").drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, 168, 168);
      }, () => {});
    }
    return item;
  }

  /* Arrow keys in a grid of homes. */
  document.addEventListener("keydown", (event) => {
    const home = event.target.closest && event.target.closest("a.home");
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!home || !step) return;
    const rows = all(".floor", home.closest("[data-floors]")).map((floor) => all("a.home", floor));
    const y = rows.findIndex((row) => row.includes(home));
    const x = rows[y].indexOf(home);
    const row = rows[y + step[0]];
    const next = row && row[Math.min(x + step[1], row.length - 1 + Math.abs(step[1]))];
    event.preventDefault();
    if (next) next.focus();
  });

  function ready(within) {
    for (const mark of all("[data-draft-clear]", within)) forget(mark.dataset.draftClear);
    for (const form of all("form[data-draft]", within)) restoreDraft(form);
    const first = within.querySelector("[data-focus]");
    if (first) first.focus();
    network();
  }
  document.addEventListener("htmx:load", (event) => ready(event.target));
  ready(document);
})();
