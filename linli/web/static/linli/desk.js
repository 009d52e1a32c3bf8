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

   J K next and previous row (moves and opens it in the panel)   X pick   Enter the panel's data-key="Enter", else open the page
   any other letter: the visible element with data-key="<letter>", in the bulk bar when rows are picked, else in the panel,
   else on the page; a button or link is clicked, a field focused, a .field-key or fieldset gets focus on its checked or first input.
   Z the page's data-key="Z" (undo)   / the data-key="/" field   ? the dialog #keys   Esc nothing picked. */
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const rows = () => all("tr[data-row]");
  const here = () => document.querySelector("tr.is-here");
  const seen = (element) => element.getClientRects().length > 0;
  const picks = () => all("[data-desk] input[name=pick]:checked");

  function go(row, open = true) {
    if (!row) return;
    for (const other of all("tr.is-here")) { other.classList.remove("is-here"); other.removeAttribute("aria-current"); }
    row.classList.add("is-here");
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    const link = row.querySelector("[data-open]");
    if (!link) return;
    link.focus({ preventScroll: true });
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
      for (const place of all("[data-bulk-count]", desk)) place.textContent = `选了 ${chosen.length} 件`;
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
    else if (element.matches("input, select, textarea")) { element.focus(); if (element.select) element.select(); }
    else if (element.matches("details")) { element.open = true; (element.querySelector("a, input, button") || element).focus(); }
    else element.click();
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=submit]), [contenteditable]");
    if (event.key === "Escape") { if (field) field.blur(); else if (!document.querySelector("dialog[open], [data-menu][open]")) none(); return; }
    if (field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    const name = event.key;
    if (name === "j" || name === "J") move(1);
    else if (name === "k" || name === "K") move(-1);
    else if (name === "x" || name === "X") pick(here());
    else if (name === "?") { const keys = document.getElementById("keys"); if (keys) keys.showModal(); }
    else if (name === "Enter") {
      if (event.target.closest("button, summary, [type=checkbox]") || (event.target.closest("a") && !event.target.matches("[data-open]"))) return;
      const main = target("Enter");
      if (main) act(main);
      else if (here()) location.href = here().querySelector("[data-open]").href;
      else return;
    } else if (name.length === 1) {
      const element = target(name);
      if (!element) return;
      act(element);
    } else return;
    event.preventDefault();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-all]")) for (const box of all("input[name=pick]", event.target.closest("[data-desk]"))) box.checked = event.target.checked;
    if (event.target.matches("[data-pick-all], input[name=pick]")) count();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-bulk-none]")) { none(); return; }
    const row = event.target.closest("tr[data-row]");
    if (!row || event.target.closest(".pick")) return;
    const link = event.target.closest("a, button");
    if (!link) go(row);
    else if (link.matches("[data-open]") && link.hasAttribute("hx-get")) go(row, false);
  });
  document.addEventListener("htmx:afterSwap", count);
  count();
})();
