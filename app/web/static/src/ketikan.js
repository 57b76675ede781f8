// Keeps a page of a draft while it is filled in, so that a closed tab or an empty battery loses nothing. The page's token
// stays as it is, so this never gets in the way of a button. unggah.js may put a fresh form in the old one's place.
(() => {
  const MOMENT = 1500;
  const formOf = (element) => element?.closest?.("form[data-simpan]");
  let waiting = 0;
  let waits = null;

  const keep = async (form) => {
    clearTimeout(waiting);
    waits = null;
    const typed = new FormData(form);
    [...typed.entries()].forEach(([name, value]) => value instanceof File && typed.delete(name));
    const say = (words) => {
      const place = form.querySelector("[data-kabar-simpan]");
      if (place) place.textContent = words;
    };
    try {
      const answer = await fetch(form.dataset.simpan, { method: "POST", body: typed, keepalive: true });
      say(answer.ok ? await answer.text() : "Belum tersimpan. Tekan Lanjut untuk menyimpan halaman ini.");
    } catch {
      say("Belum tersimpan: sambungan terputus.");
    }
  };

  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (!form || event.target.type === "file") return;
    clearTimeout(waiting);
    waits = form;
    waiting = setTimeout(() => keep(form), MOMENT);
  });
  document.addEventListener("submit", () => {
    clearTimeout(waiting);
    waits = null;
  });
  const leave = () => waits && keep(waits);
  window.addEventListener("pagehide", leave);
  // A phone may throw a page away that was only put in the background, without another word.
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
})();
