/* Keys at the desk. They work only outside fields, and ? lists them.

   Markup:
   <form method="post" data-desk>                    the table with its bulk bar; the bar is written AFTER the table
     <table class="rows rows-cells">
       <tr data-row id="row-336">                    one row
         <td class="pick"><label class="pick-box"><input type="checkbox" name="pick" value="336" aria-label="选 0336"></label></td>
         <td class="clip"><a data-open href="/…/336/" hx-get="/…/336/panel/" hx-target="#panel">楼道灯又不亮</a></td>
     <div class="bulk"><b class="bulk-count" data-bulk-count>选了 0 件</b>
       <button class="btn" name="act" value="classify" data-key="C">分类 <kbd>C</kbd></button> …
       <button class="btn btn-link" type="button" data-bulk-none>取消 <kbd>Esc</kbd></button></div>
   </form>
   th input[data-pick-all] picks all rows.

   J K next and previous row (moves and opens it in the panel)   X pick   Enter the panel's data-key="Enter", else open the page;
   a form is submitted only where it is seen and has the focus: from elsewhere Enter goes to its button
   any other letter: the visible element with data-key="<letter>", in the bulk bar when rows are picked, else in the panel,
   else on the page; a button or link is clicked, a field focused, a .field-key or fieldset gets focus on its checked or first input.
   <form data-desk data-opened="336"> opens that row, or the first, when the page is wide enough for the panel.
   What is typed while the panel loads is done when it is there.
   <select data-find> gets a field before it: type a name or a number.
   <div class="field-key" data-key="C"> around a set of chips: its letter goes to the set, then 1 to 9 choose, arrows move.
   An answer with HX-Trigger {"desk-done": {"number": 336}} goes on to the row after row-336.
   Z the page's data-key="Z" (undo)   / the data-key="/" field   ? the dialog #keys   Esc nothing picked. */
(() => {
  "use strict";
  const english = document.documentElement.lang === "en";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const rows = () => all("tr[data-row]");
  const here = () => document.querySelector("tr.is-here");
  const seen = (element) => element.getClientRects().length > 0;
  const inView = (element) => { const box = element.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; };
  const picks = () => all("[data-desk] input[name=pick]:checked");

  let lastId = "";
  function go(row, open = true, focus = true) {
    if (!row) return;
    lastId = row.id;
    for (const other of all("tr.is-here")) { other.classList.remove("is-here"); other.removeAttribute("aria-current"); }
    row.classList.add("is-here");
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    const link = row.querySelector("[data-open]");
    if (!link) return;
    if (focus) link.focus({ preventScroll: true });
    if (open && link.hasAttribute("hx-get") && window.htmx) window.htmx.trigger(link, "click");
  }

  function move(step) {
    const list = rows();
    const at = list.indexOf(here());
    go(list[at < 0 ? 0 : Math.max(0, Math.min(list.length - 1, at + step))]);
  }

  function count() {
    for (const desk of all("[data-desk]")) {
      const chosen = all("input[name=pick]:checked", desk);
      desk.classList.toggle("has-picked", chosen.length > 0);
      for (const place of all("[data-bulk-count]", desk)) place.textContent = english ? `${chosen.length} chosen` : `选了 ${chosen.length} 件`;
      for (const row of all("tr[data-row]", desk)) row.classList.toggle("is-picked", Boolean(row.querySelector("input[name=pick]:checked")));
      const box = desk.querySelector("[data-pick-all]");
      if (box) {
        const boxes = all("input[name=pick]", desk).length;
        box.checked = boxes > 0 && chosen.length === boxes;
        box.indeterminate = chosen.length > 0 && chosen.length < boxes;
      }
    }
  }

  function pick(row) {
    const box = row && row.querySelector("input[name=pick]");
    if (box) { box.checked = !box.checked; count(); }
  }

  function none() {
    for (const box of picks()) box.checked = false;
    count();
  }

  function target(name) {
    const found = all("[data-key]").filter((element) => element.dataset.key.toLowerCase() === name.toLowerCase() && seen(element));
    const inside = (selector) => found.find((element) => element.closest(selector));
    return (picks().length && inside(".bulk")) || inside("#panel") || found.find((element) => !element.closest(".bulk"));
  }

  function act(element) {
    if (element.matches("fieldset, .field-key")) (element.querySelector("input:checked") || element.querySelector("input")).focus();
    else if (element.matches("input[type=checkbox]")) element.click();
    else if (element.matches("input, select, textarea")) { element.focus(); if (element.select) element.select(); }
    else if (element.matches("details")) { element.open = true; (element.querySelector("a, input, button") || element).focus(); }
    else element.click();
  }

  /* Chips by number: the nth of the set in which the focus is. */
  function choose(n) {
    const set = document.activeElement && document.activeElement.closest(".field-key, fieldset.chips");
    const input = set && all("input[type=radio]", set)[n - 1];
    if (!input) return false;
    input.checked = true;
    input.focus();
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  /* Enter on a chip of a set in which nothing is chosen yet chooses it: C Enter takes the first. */
  function settle(focused) {
    const set = focused.matches("#panel input[type=radio]") && focused.closest(".field-key");
    const more = set && focused.form.elements[`${focused.name}_more`];
    if (!set || set.querySelector("input:checked") || (more && more.value)) return;
    focused.checked = true;
    focused.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function enter(main, focused) {
    if (main.form && !(main.form.contains(focused) && inView(main))) { main.focus(); return; }
    settle(focused);
    act(main);
  }

  /* A category of the whole list and one of the chips exclude each other; a person brings their body along, a body its only person. */
  function agree(changed) {
    const form = changed.form;
    if (!form || !changed.closest("#panel")) return;
    const more = form.elements.category_more, post = form.elements.post;
    if (changed === more && more.value) for (const chip of all("input[name=category]", form)) chip.checked = false;
    if (changed.name === "category" && more) more.value = "";
    if (!post || post.tagName !== "SELECT") return;
    const group = post.selectedOptions[0] && post.selectedOptions[0].closest("optgroup");
    const bodies = all("input[name=body]", form);
    const words = (input) => input.closest("label").textContent.trim();
    if (changed === post && group) { const body = bodies.find((input) => words(input) === group.label); if (body) body.checked = true; }
    if (changed.name === "body" && !(group && words(changed) === group.label)) {
      const theirs = all("optgroup", post).find((one) => one.label === words(changed));
      post.value = theirs && theirs.children.length === 1 ? theirs.children[0].value : "";
    }
  }

  /* Whom, by typing: the field before a long select narrows it to what holds every word; 1 to 9 take the nth. */
  function finder(select) {
    const groups = all("optgroup", select);
    const people = groups.flatMap((group) => all("option", group).map((option) => ({ option, group, label: option.textContent })));
    if (select.dataset.find || people.length < 2) return;
    select.dataset.find = "on";
    const field = document.createElement("input");
    Object.assign(field, { type: "search", className: "form-control finder", autocomplete: "off", ariaLabel: english ? "Find a person" : "找人", placeholder: english ? "A name, or 1 to 9" : "打名字，或按 1 到 9" });
    select.before(field);
    let shown = people, before = "", open = false;

    function draw() {
      const words = field.value.toLowerCase().split(/\s+/), body = select.form.querySelector("input[name=body]:checked");
      const near = body ? body.closest("label").textContent.trim() : "";
      groups.sort((a, b) => (b.label === near) - (a.label === near));
      shown = groups.flatMap((group) => people.filter((one) => one.group === group && words.every((word) => `${group.label} ${one.label}`.toLowerCase().includes(word))));
      shown.forEach((one, n) => { one.option.textContent = open && n < 9 ? `${n + 1} ${one.label}` : one.label; });
      for (const group of groups) {
        group.replaceChildren(...shown.filter((one) => one.group === group).map((one) => one.option));
        if (group.children.length) select.append(group); else group.remove();
      }
      select.size = open ? 7 : 0;
    }
    function close(value) {
      if (!open || !select.isConnected) return;
      open = false;
      field.value = "";
      draw();
      select.value = value || before;
      if (select.value !== before) select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    function take(value) {
      const main = target("Enter");
      close(value);
      (main || select).focus();
    }

    field.addEventListener("focus", () => { if (open) return; before = select.value; open = true; draw(); select.value = before; });
    function narrow() {
      draw();
      select.value = field.value.trim() ? (shown.length ? shown[0].option.value : "") : before;
    }
    field.addEventListener("input", (event) => { if (!event.isComposing) narrow(); });
    field.addEventListener("compositionend", narrow);
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const nth = event.key >= "1" && event.key <= "9" && shown[Number(event.key) - 1], first = shown.length ? shown[0].option.value : "";
      if (nth) take(nth.option.value);
      else if (event.key === "Enter" && (field.value || !select.value)) { if (first) take(select.value || first); }
      else if (event.key === "ArrowDown") { select.value = select.value || first; select.focus(); }
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    select.addEventListener("click", () => close(select.value));
    for (const one of [field, select]) one.addEventListener("blur", (event) => { if (![field, select].includes(event.relatedTarget)) close(select.value); });
  }
  document.addEventListener("htmx:load", (event) => all("select[data-find]", event.target).forEach(finder));

  function first() {
    const desk = document.querySelector("[data-desk]");
    if (!desk || !matchMedia("(min-width: 1200px)").matches) return;
    const row = document.getElementById(`row-${desk.dataset.opened}`) || rows()[0];
    if (!row || !row.querySelector("[data-open][hx-get]")) return;
    go(row, true, false);
  }

  /* Done with one: its line is new or gone, the next one opens. At the end of the page comes the next page. */
  document.addEventListener("desk-done", (event) => {
    const list = rows();
    const at = list.findIndex((row) => row.id === `row-${event.detail.number}`);
    const next = list[at + 1];
    document.addEventListener("htmx:afterSettle", () => {
      if (next) go(next);
      else if (!list[at] || !list[at].isConnected) { const more = document.querySelector("[data-more]"); if (more || !rows().length) location.reload(); else go(rows().at(-1)); }
    }, { once: true });
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    const row = lastId && document.getElementById(lastId);
    if (row && !here()) { row.classList.add("is-here"); row.setAttribute("aria-current", "true"); }
  });

  /* While the panel is on its way, keys wait for it: nobody has to look before typing on. */
  let awaited = 0;
  let typed = [];
  const ofPanel = (event) => event.detail.target && event.detail.target.id === "panel";
  document.addEventListener("htmx:beforeRequest", (event) => { if (ofPanel(event)) awaited += 1; });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!ofPanel(event)) return;
    if (!event.detail.successful) typed = [];
    setTimeout(() => { // after it has settled, when the next row may be on its way already
      awaited -= 1;
      while (typed.length && !awaited) press(typed.shift(), document.activeElement);
    }, 50);
  });

  /* True where the key meant something. */
  function press(name, focused) {
    if (name === "j" || name === "J") move(1);
    else if (name === "k" || name === "K") move(-1);
    else if (name === "x" || name === "X") pick(here());
    else if (name === "?") { const keys = document.getElementById("keys"); if (keys) keys.showModal(); }
    else if (name === " ") focused.click();
    else if (name === "Enter") {
      const main = target("Enter");
      if (picks().length && !document.querySelector("#panel [name=apply]")) return true;
      if (main) enter(main, focused);
      else if (here()) location.href = here().querySelector("[data-open]").href;
      else return false;
    } else if (name >= "1" && name <= "9" && choose(Number(name))) return true;
    else if (name.length === 1) {
      const element = target(name);
      if (!element) return false;
      act(element);
    } else return false;
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.repeat && !event.target.closest("textarea")) { event.preventDefault(); return; }
    if (event.key === "Enter" && event.target.matches("#panel select, #panel .finder") && target("Enter")) { event.preventDefault(); enter(target("Enter"), event.target); return; }
    const field = event.target.closest("textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=submit]), [contenteditable]");
    if (event.key === "Escape") { if (field) field.blur(); else if (!document.querySelector("dialog[open], [data-menu][open]")) none(); return; }
    if (field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    const name = event.key;
    if (name === "Enter" && (event.target.closest("button, summary, #panel [type=checkbox]") || (event.target.closest("a") && !event.target.matches("[data-open]")))) return;
    if (awaited && /^([^jkJK]|Enter)$/.test(name)) { typed.push(name); event.preventDefault(); return; }
    if (name === " ") return;
    if (press(name, event.target)) event.preventDefault();
  });

  document.addEventListener("change", (event) => {
    agree(event.target);
    if (event.target.matches("[data-pick-all]")) for (const box of all("input[name=pick]", event.target.closest("[data-desk]"))) box.checked = event.target.checked;
    if (event.target.matches("[data-pick-all], input[name=pick]")) count();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-bulk-none]")) { none(); return; }
    const row = event.target.closest("tr[data-row]");
    if (!row || event.target.closest(".pick")) return;
    const link = event.target.closest("a, button");
    if (!link) go(row);
    else if (link.matches("[data-open]") && link.hasAttribute("hx-get") && row !== here()) go(row, false);
  });
  document.addEventListener("htmx:afterSwap", count);
  document.addEventListener("DOMContentLoaded", () => setTimeout(first));
  all("select[data-find]").forEach(finder);
  count();
})();
