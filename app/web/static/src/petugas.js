// The officers' pages, made quicker. Every page works without this file.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  const isTyping = (target) => target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

  // Single keys work outside of fields, unless they are switched off in this browser or something lies over the page.
  const isKey = (event) => !(event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)
    || document.querySelector('[data-pintasan="mati"], dialog[open]'));
  window.alur = { isKey };

  // --- Keys: a letter presses the button that names it (data-tombol), outside of fields. ---
  document.addEventListener("keydown", (event) => {
    if (!isKey(event) || event.repeat) return;
    const button = document.querySelector(`[data-tombol="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!button || button.closest("[hidden]")) return;
    event.preventDefault();
    button.click();
  });

  // --- A button that opens a dialog of this page. ---
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-buka-dialog]");
    if (button) document.getElementById(button.dataset.bukaDialog).showModal();
  });

  // --- A form is sent once: the second click of a double click is dropped. ---
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.terkirim) {
      event.preventDefault();
      return;
    }
    form.dataset.terkirim = "ya";
    setTimeout(() => delete form.dataset.terkirim, 4000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-terkirim]").forEach((form) => delete form.dataset.terkirim));

  // --- Narrow screens: the three panels as tabs. ---
  document.querySelectorAll(".panel-lompat").forEach((list) => {
    const links = [...list.querySelectorAll("a")];
    const open = (hash) => links.forEach((link) => {
      const chosen = link.hash === hash;
      document.querySelector(link.hash).classList.toggle("panel-sembunyi", !chosen);
      if (chosen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    list.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link) return;
      event.preventDefault();
      open(link.hash);
    });
    open(list.dataset.awal || links[0].hash);
    document.querySelectorAll(".kotak-galat a").forEach((link) => link.addEventListener("click", () => open(link.hash.startsWith("#lembar-") ? "#panel-berkas" : "#putusan")));
  });

  // --- Copy to the clipboard, for SIAK. ---
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".tombol-salin");
    if (!button) return;
    const source = button.dataset.salin || document.getElementById(button.dataset.salinDari).value;
    await navigator.clipboard.writeText(source);
    button.dataset.tersalin = "";
    const word = button.querySelector("span") || button;
    const before = word.textContent;
    word.textContent = "Tersalin";
    setTimeout(() => { word.textContent = before; }, 1500);
  });
  // One key copies one datum after the other; after the last it begins anew.
  document.addEventListener("keydown", (event) => {
    if (!isKey(event) || event.repeat || event.key.toLowerCase() !== "c") return;
    const all = [...document.querySelectorAll(".tombol-salin")];
    const next = all.find((one) => !("tersalin" in one.dataset)) || all[0];
    if (!next) return;
    event.preventDefault();
    if ("tersalin" in next.dataset) all.forEach((one) => delete one.dataset.tersalin);
    next.focus();
    next.click();
  });

  // --- Choose all. ---
  document.querySelectorAll("[data-pilih-semua]").forEach((box) => {
    const all = () => [...document.querySelectorAll(`input[name="${box.dataset.pilihSemua}"]`)];
    box.closest("[hidden]")?.removeAttribute("hidden");
    box.addEventListener("change", () => all().forEach((one) => { one.checked = box.checked; one.dispatchEvent(new Event("change", { bubbles: true })); }));
  });
  document.querySelectorAll("[data-hitung]").forEach((button) => {
    const count = () => document.querySelectorAll(`input[name="${button.dataset.hitung}"]:checked`).length;
    const tell = () => {
      button.querySelector("[data-jumlah]").textContent = String(count());
      if ("hitungPerlu" in button.dataset) button.disabled = !count();
    };
    document.addEventListener("change", tell);
    tell();
  });
})();
