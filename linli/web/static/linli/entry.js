/* A paper entered by keyboard: a digit chooses in the question that has the focus and goes on to the next one, Enter sends.
   <form data-entry>: its fieldsets of radios or boxes, in the order of the paper. Without script Tab and arrows do the same. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-entry]");
  if (!form) return;
  const inputs = (set) => [...set.querySelectorAll("input[type=radio], input[type=checkbox]")];
  const sets = [...form.querySelectorAll("fieldset")].filter((set) => inputs(set).length);
  const goto = (set) => { const all = set ? inputs(set) : []; (all.find((i) => i.checked) || all[0] || form.querySelector("button.btn-primary")).focus(); };
  const wrong = form.querySelector(".errors");
  if (!wrong) goto(sets[0]);
  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const set = event.target.closest("fieldset");
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      form.requestSubmit();
    } else if (set && /^[1-9]$/.test(event.key)) {
      const input = inputs(set)[Number(event.key) - 1];
      if (!input) return;
      event.preventDefault();
      input.click();
      if (input.type === "radio") goto(sets[sets.indexOf(set) + 1]);
      else input.focus();
    }
  });
})();
