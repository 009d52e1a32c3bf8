/* What was done without a signal, kept on this phone until the server has it. Shared by pages and the service worker. */
((scope) => {
  "use strict";
  const opened = () => new Promise((resolve, reject) => {
    const ask = indexedDB.open("linli-outbox", 1);
    ask.onupgradeneeded = () => ask.result.createObjectStore("items", { keyPath: "id", autoIncrement: true });
    ask.onsuccess = () => resolve(ask.result);
    ask.onerror = () => reject(ask.error);
  });
  async function within(mode, work) {
    const db = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const change = db.transaction("items", mode, { durability: "strict" });
        const ask = work(change.objectStore("items"));
        change.oncomplete = () => resolve(ask.result);
        change.onerror = change.onabort = () => reject(change.error);
      });
    } finally { db.close(); }
  }
  const told = async (done) => { const result = await done; new BroadcastChannel("linli-outbox").postMessage("changed"); return result; };
  scope.outbox = {
    all: () => within("readonly", (items) => items.getAll()),
    get: (id) => within("readonly", (items) => items.get(id)),
    put: (item) => told(within("readwrite", (items) => items.put(item))),
    drop: (id) => told(within("readwrite", (items) => items.delete(id))),
  };
})(self);
