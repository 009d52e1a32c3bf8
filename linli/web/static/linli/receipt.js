// Checks a receipt in the reader's own browser, without the network (docs/proof.md). What it shows to match by eye: the key on the notice.
(() => {
  "use strict";
  const form = document.querySelector("[data-receipt]"), button = form && form.querySelector("[data-receipt-here]");
  if (!button) return;
  button.hidden = false;
  const said = form.querySelector("[data-receipt-said]"), utf8 = new TextEncoder();
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  const hex = (raw) => Array.from(raw, (one) => one.toString(16).padStart(2, "0")).join("");
  const join = (...parts) => { const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0)); let at = 0; for (const part of parts) { all.set(part, at); at += part.length; } return all; };
  const sha = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
  const canonical = (value) => Array.isArray(value) ? `[${value.map(canonical).join(",")}]`
    : value && typeof value === "object" ? `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}` : JSON.stringify(value);
  const about = (what, value) => utf8.encode(`linli ${what} 1\n${canonical(value)}`);
  const node = (left, right) => sha(Uint8Array.of(1), left, right);

  // RFC 9162, 2.1.3.2; sizes stay far below 2^31.
  async function included(leaf, index, size, proof, root) {
    if (!Number.isInteger(index) || index < 0 || index >= size || size > 2 ** 31 - 1) return false;
    let place = index, last = size - 1, found = leaf;
    for (const step of proof) {
      if (last === 0) return false;
      if (place & 1 || place === last) {
        found = await node(step, found);
        while (!(place & 1) && place) { place >>= 1; last >>= 1; }
      } else found = await node(found, step);
      place >>= 1; last >>= 1;
    }
    return last === 0 && hex(found) === root;
  }

  // true, false, or null where the browser cannot tell.
  async function signed(head, key) {
    let held;
    try { held = await crypto.subtle.importKey("raw", bytes(key), { name: "Ed25519" }, false, ["verify"]); } catch { return null; }
    const { session, size, root, at } = head;
    return crypto.subtle.verify({ name: "Ed25519" }, held, bytes(head.signature), about("head", { session, size, root, at }));
  }

  async function verdict(text) {
    let given;
    try { given = JSON.parse(text); } catch { return "unreadable"; }
    if (!given || !given.leaf || !given.head || !Array.isArray(given.proof)) return "unreadable";
    if (!window.crypto || !crypto.subtle) return "unable";
    try {
      const leaf = await sha(Uint8Array.of(0), about("leaf", given.leaf));
      if (!(await included(leaf, given.index, given.head.size, given.proof.map(bytes), given.head.root))) return "bad";
      const good = await signed(given.head, given.key);
      return good === null ? "unsigned" : good ? "good" : "bad";
    } catch { return "bad"; }
  }

  button.addEventListener("click", async () => {
    const file = form.querySelector("input[type=file]").files[0];
    const text = file ? await file.text() : form.querySelector("textarea").value;
    const word = await verdict(text);
    const key = word === "good" || word === "unsigned" ? ` ${said.dataset.key} ${JSON.parse(text).key}` : "";
    said.textContent = said.dataset[word] + key;
    said.dataset.verdict = word;
    said.hidden = false;
  });
})();
