/* The service worker: keeps the pages that a workbench names, puts into the outbox what cannot be sent, sends it later.
   `STATIC`, `RELEASE` and `outbox` come before. What is kept and for how long: docs/operations/offline.md. */
(() => {
  "use strict";
  const FILES = `files-${RELEASE}`, HOUR = 3600e3, FRESH = 3 * 60e3, PATIENCE = 5000, PATIENCE_SENDING = 25000;
  /* What is acted on: compound, "matters/12", its list and its key, the act. A matter's kept page lies under the list; what a
     representative did is about nothing that was there before. */
  const RECORD = "representatives/record";
  const SUBJECT = /^\/c\/([\w-]+)\/((matters|check-ins|calls)\/(\d+|[0-9a-f-]{36})|representatives\/record)\/([\w-]+\/)?$/;
  const KEPT = /^\/c\/([\w-]+)\/(?:work|check-ins|calls|representatives\/(?:mine|record))\//;
  const LISTS = ["work", "check-ins", "calls", "representatives/mine"];
  const listOf = (slug, subject) => `/c/${slug}/${subject === RECORD ? "representatives/mine" : subject.split("/")[0].replace("matters", "work")}/`;
  const pageOf = (slug, subject) => subject === RECORD ? `/c/${slug}/${RECORD}/` : `${listOf(slug, subject)}${subject.split("/")[1]}/`;
  const PHOTO = /^\/c\/[\w-]+\/files\//;
  const LEAVING = /^\/(sign-out|sign-in|standings)\//;
  const HASHED = /\.[0-9a-f]{12}\.\w+$/;
  const soon = (promise, ms) => ms ? Promise.race([promise, new Promise((_, no) => setTimeout(no, ms, new Error("slow")))]) : promise;
  const until = async (promise) => { try { return await promise; } catch { return undefined; } };

  /* Pages. One cache for each compound and holder: account.standing. */
  const cacheName = (slug, holder) => `kept:${slug}:${holder}`;
  const keptCaches = async (slug = "") => (await caches.keys()).filter((name) => name.startsWith(`kept:${slug ? slug + ":" : ""}`));
  const erase = async (which = () => true) => { for (const name of await keptCaches()) if (which(name)) await caches.delete(name); };
  const account = (name) => name.split(":")[2].split(".")[0];
  const past = (at) => Date.now() - at > 6 * HOUR && at < new Date().setHours(0, 0, 0, 0);

  async function keep({ slug, holder, list, urls, whole }) {
    const mine = cacheName(slug, holder);
    await erase((name) => account(name) !== holder.split(".")[0] || (name.startsWith(`kept:${slug}:`) && name !== mine));
    const cache = await caches.open(mine);
    const gone = (path) => path.startsWith(list) && /^(\d+|[0-9a-f-]{36})\/$/.test(path.slice(list.length)) && !urls.includes(path);
    if (whole) for (const path of await pathsIn(cache)) if (gone(path)) await cache.delete(path);
    for (const url of [list, ...urls]) {
      const there = await cache.match(url);
      if (there && Date.now() - there.headers.get("X-Kept") < FRESH) continue;
      await keepPage(cache, url, holder);
    }
  }
  async function keepPage(cache, url, holder) {
    const answer = await fetch(url, { redirect: "manual", cache: "no-store" });
    if (answer.status !== 200) { await cache.delete(url); return; }
    const text = await answer.text();
    if (!text.includes(`data-holder="${holder}"`)) { await cache.delete(url); return; }  // somebody else signed in meanwhile
    const headers = new Headers(answer.headers);
    for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
    const now = Date.now();
    headers.set("X-Kept", now);
    await cache.put(url, new Response(text.replace("<body ", `<body data-kept="${now}" `), { headers }));
    await keepParts(text, cache);
  }
  async function keepParts(text, cache) {
    const named = new Set([...text.matchAll(/(?:href|src)="(\/[^"#?]+)/g)].map((found) => found[1]));
    for (const path of named) {
      const [where, wanted] = path.startsWith(STATIC) ? [await caches.open(FILES), true] : [cache, cache && PHOTO.test(path) && path.endsWith("/thumb/")];
      if (!wanted || (HASHED.test(path) || where === cache) && await where.match(path)) continue;
      const answer = await until(fetch(path));
      if (answer && answer.ok) await where.put(path, answer);
    }
  }
  async function refresh(slug, subject) {
    for (const name of await keptCaches(slug)) {
      const cache = await caches.open(name);
      for (const url of [listOf(slug, subject), pageOf(slug, subject)]) if (await cache.match(url)) await until(keepPage(cache, url, name.split(":")[2]));
    }
  }
  async function keptPage(path) {
    const part = SUBJECT.exec(path), slug = part ? part[1] : (KEPT.exec(path) || [])[1];
    if (!slug) return undefined;
    const wanted = part ? pageOf(slug, part[2]) : path;
    for (const name of await keptCaches(slug)) {
      const cache = await caches.open(name), found = await cache.match(wanted);
      if (!found) continue;
      if (!past(Number(found.headers.get("X-Kept")))) return found;
      await cache.delete(wanted);
    }
    return undefined;
  }
  const pathsIn = async (cache) => (await cache.keys()).map((request) => new URL(request.url).pathname);
  /* What is past its day goes, and photos with the last page that shows them. */
  async function sweep() {
    for (const name of await keptCaches()) {
      const cache = await caches.open(name), photos = [];
      let shown = "";
      for (const path of await pathsIn(cache)) {
        if (PHOTO.test(path)) { photos.push(path); continue; }
        const found = await cache.match(path);
        if (past(Number(found.headers.get("X-Kept")))) await cache.delete(path);
        else shown += await found.text();
      }
      for (const path of photos) if (!shown.includes(path)) await cache.delete(path);
      if (!shown) await caches.delete(name);
    }
  }
  /* After a new release the kept pages are fetched anew before the files of the old one go. */
  async function renew() {
    const old = (await caches.keys()).filter((name) => name !== FILES && !name.startsWith("kept:"));
    if (!old.length) return;
    try {
      for (const name of await keptCaches()) {
        const cache = await caches.open(name);
        for (const path of await pathsIn(cache)) if (KEPT.test(path)) await keepPage(cache, path, name.split(":")[2]);
      }
      for (const name of old) await caches.delete(name);
    } catch { /* without a signal the old files stay */ }
  }
  async function page(event) {
    const path = new URL(event.request.url).pathname;
    const kept = await keptPage(path);
    let answer;
    try { answer = await soon(fetch(event.request), kept && PATIENCE); } catch { /* no signal */ }
    if (answer && !(kept && answer.status >= 502)) {
      if (path === "/sign-in/" && answer.ok) event.waitUntil(erase());  // nobody is signed in any more
      return answer;
    }
    if (kept) return kept;
    const home = path === "/" || path === "/standings/" ? await keptList() : "";
    if (home) return Response.redirect(home);
    return await caches.match(path === "/offline/" ? event.request : "/offline/", { cacheName: FILES }) || Response.error();
  }
  async function keptList() {
    for (const name of await keptCaches()) {
      const kept = await pathsIn(await caches.open(name));
      const found = LISTS.map((list) => `/c/${name.split(":")[1]}/${list}/`).find((list) => kept.includes(list));
      if (found) return found;
    }
    return "";
  }
  async function file(request) {
    const path = new URL(request.url).pathname;
    if (HASHED.test(path) || PHOTO.test(path)) { const found = await caches.match(path); if (found) return found; }
    try { return await fetch(request); } catch (no) { const found = await caches.match(path); if (found) return found; throw no; }
  }
  async function leave(request) {
    await erase();
    try { return await fetch(request); } catch { return Response.redirect("/offline/?left=1", 303); }
  }

  /* Acts. What does not reach the server, or comes back from a server that cannot, goes into the outbox. */
  async function act(event) {
    const { request } = event, path = new URL(request.url).pathname, copy = request.clone();
    const [, slug, subject, , , verb] = SUBJECT.exec(path);
    const form = await until(copy.formData());
    if (!form || !form.get("holder")) return fetch(request);  // not a page that goes on without a signal
    const before = (await outbox.all()).some((item) => item.slug === slug && item.subject === subject && item.state === "waiting");
    if (navigator.onLine && !before) {
      const answer = await until(soon(fetch(request), PATIENCE_SENDING));
      if (answer && answer.status !== 403 && answer.status < 500 && !(answer.type === "opaqueredirect" && await signedOut(slug))) {
        event.waitUntil(refresh(slug, subject));
        return answer;
      }
    }
    await outbox.put(await itemOf(form, { slug, subject, act: verb ? verb.slice(0, -1) : "", url: path }));
    if (self.registration.sync) event.waitUntil(until(self.registration.sync.register("outbox")));
    event.waitUntil(until(flush()));
    return Response.redirect(ownPath(form.get("next")) || pageOf(slug, subject), 303);
  }
  const ownPath = (next) => next && /^\/(?!\/)/.test(next) ? next : "";
  const NOT_SENT = new Set(["csrfmiddlewaretoken", "holder", "seen", "named", "once", "next"]);

  async function itemOf(form, item) {
    const fields = [], files = [];
    for (const [name, value] of form) {
      if (value instanceof Blob) { if (value.size) files.push([name, await small(value), value.name]); }
      else if (!NOT_SENT.has(name)) fields.push([name, value]);
    }
    const said = (name) => form.get(name) || "";
    return { ...item, fields, files, holder: said("holder"), seen: said("seen"), named: said("named"), once: said("once") || crypto.randomUUID(), done: Date.now(), state: "waiting" };
  }
  async function small(photo) {
    if (!photo.type.startsWith("image/") || photo.size < 2e6 || !self.OffscreenCanvas) return photo;
    try {
      const image = await createImageBitmap(photo), scale = Math.min(1, 2400 / Math.max(image.width, image.height));
      const canvas = new OffscreenCanvas(Math.round(image.width * scale), Math.round(image.height * scale));
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
    } catch { return photo; }
  }

  /* Sending: in the order of doing, one at a time; what waits for a decision, or cannot be taken now, holds back what came after it
     on its subject, and nothing else; what a representative did, not even that. */
  let running = null, more = false;
  function flush() {
    if (running) { more = true; return running; }
    running = (async () => { do { more = false; await sendAll(); } while (more); })().finally(() => { running = null; });
    return running;
  }
  async function sendAll() {
    const items = await outbox.all();
    for (const slug of new Set(items.filter((item) => item.state === "waiting").map((item) => item.slug))) {
      const who = await signedIn(slug);
      if (who) await sendOf(items.filter((item) => item.slug === slug && item.holder === who.holder), who);
    }
  }
  async function signedIn(slug) {
    const answer = await soon(fetch(`/c/${slug}/work/who/`, { redirect: "manual", cache: "no-store" }), PATIENCE_SENDING);
    if (answer.status >= 500) throw new Error("the server cannot");
    return answer.status === 200 ? answer.json() : null;
  }
  /* A form that was sent to sign in was not taken in; one that was is known by its `once`. */
  const signedOut = async (slug) => await until(signedIn(slug)) === null;
  const slowly = (promise, ms) => soon(promise, ms).catch((no) => { throw no.message === "slow" ? new Later("slow") : no; });
  async function sendOf(items, who) {
    const held = new Set(), hold = (item) => { if (item.subject !== RECORD) held.add(item.subject); };
    let later = null;
    for (const { id } of items.sort((one, two) => one.id - two.id)) {
      const item = await outbox.get(id);
      if (!item || held.has(item.subject)) continue;
      try {
        if (item.state !== "waiting" || !await send(item, who)) hold(item);
      } catch (no) {
        if (!(no instanceof Later)) throw no;  // no signal: there is no use in trying the next
        await outbox.put({ ...item, tries: (item.tries || 0) + 1 });
        hold(item);
        later = no;
      }
    }
    if (later) throw later;  // so that it is tried again
  }
  const PASSING = new Set([0, 401, 403, 408, 425, 429, 500, 502, 503, 504]);  // tried again later; 0: sent to sign in
  class Later extends Error {}
  async function send(item, who) {
    const data = new FormData();
    for (const [name, value] of item.fields) data.append(name, value);
    for (const [name, blob, called] of item.files) data.append(name, blob, called);
    for (const name of ["once", "holder", "seen", "done"]) data.append(name, item[name]);
    data.append("sent", Date.now());
    const answer = await slowly(fetch(item.url, { method: "POST", body: data, redirect: "manual", headers: { "X-CSRFToken": who.token } }), 10 * PATIENCE_SENDING);
    const said = answer.headers.get("Content-Type") === "application/json" ? await answer.json() : null;
    if (!said && PASSING.has(answer.status) || said && said.result === "other") throw new Later(`not taken in: ${answer.status}`);
    if (!said) { await outbox.put({ ...item, state: "refused", says: "" }); return false; }
    if (said.result === "done") {
      await outbox.drop(item.id);
      await refresh(item.slug, item.subject);
      return true;
    }
    await outbox.put({ ...item, ...said, state: said.result });
    return false;
  }

  addEventListener("install", (event) => {
    skipWaiting();
    event.waitUntil((async () => {
      const cache = await caches.open(FILES);
      for (const path of ["/offline/", "/offline/?left=1"]) {
        const answer = await fetch(path, { credentials: "omit" });
        await keepParts(await answer.clone().text(), null);
        await cache.put(path, answer);
      }
    })());
  });
  addEventListener("activate", (event) => event.waitUntil((async () => {
    await clients.claim();
    await sweep();
    await renew();
  })()));
  addEventListener("sync", (event) => event.waitUntil(flush()));
  addEventListener("message", (event) => {
    const { asked } = event.data;
    if (asked === "keep") event.waitUntil(until(sweep().then(() => keep(event.data))));
    if (asked === "send") event.waitUntil(until(flush()));
  });
  addEventListener("fetch", (event) => {
    const { request } = event, { origin, pathname } = new URL(request.url);
    if (origin !== location.origin) return;
    if (request.method === "POST") {
      const found = SUBJECT.exec(pathname);
      if (found && (found[5] || found[3] === "check-ins" || found[2] === RECORD)) { if (!request.headers.get("X-CSRFToken")) event.respondWith(act(event)); }
      else if (LEAVING.test(pathname)) event.respondWith(leave(request));
    } else if (request.method === "GET") {
      if (request.mode === "navigate") event.respondWith(page(event));
      else if (pathname.startsWith(STATIC) || PHOTO.test(pathname)) event.respondWith(file(request));
    }
  });
})();
