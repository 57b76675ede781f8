// The inbox by keyboard. Every row can be reached and taken without this file.
(() => {
  "use strict";
  const { isKey } = window.alur;

  const links = () => [...document.querySelectorAll(".inbox tbody .kol-nomor a")];
  const here = () => document.activeElement.closest(".inbox tbody tr");

  const move = (by) => {
    const all = links();
    const row = here();
    const now = row ? all.findIndex((link) => row.contains(link)) : -1;
    const next = all[now < 0 ? 0 : Math.min(Math.max(now + by, 0), all.length - 1)];
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const opener = document.querySelector("[data-buka-alat]");
  const moves = {
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    a: () => here()?.querySelector("[data-baris-ambil]")?.click(),
    "/": () => {
      document.getElementById("alat-inbox").classList.add("terbuka");
      opener?.setAttribute("aria-expanded", "true");
      document.getElementById("cari").focus();
    },
  };

  document.addEventListener("keydown", (event) => {
    if (!isKey(event)) return;
    const act = moves[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    // Without a row under the hand the arrows belong to the page, which they scroll.
    if (!act || (event.key.startsWith("Arrow") && !here())) return;
    if (event.repeat && "a/".includes(event.key.toLowerCase())) return;
    event.preventDefault();
    act();
  });

  // On a phone the tools are folded until asked for: the first task belongs on the first screen.
  opener?.addEventListener("click", () => {
    const isOpen = document.getElementById("alat-inbox").classList.toggle("terbuka");
    opener.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) document.getElementById("cari").focus();
  });

  // --- What is new, asked now and then while somebody looks. It is told beside the rows: none of them moves. ---
  const EVERY = 20000;
  const news = document.getElementById("inbox-kabar");
  if (news) setInterval(() => { if (!document.hidden) window.htmx.trigger(news, "segarkan"); }, EVERY);
})();
