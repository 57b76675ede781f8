// Keeps the form of a task up to date while it is filled in: an answer may bring fields into view. The server decides
// which; here only what differs is put into the page, so that nobody's cursor jumps.
(() => {
  "use strict";
  const form = document.querySelector("form[data-perbarui]");
  if (!form) return;
  const place = form.querySelector(".isian-tugas");
  let running = null;

  const signature = (line) => [...line.querySelectorAll("input, select, textarea")]
    .map((one) => `${one.type}|${one.name}|${["radio", "checkbox"].includes(one.type) ? one.value : ""}`).join("\n")
    + (line.querySelector("[name^='otomatis:']")?.value ?? "");
  const lines = (root) => [...root.querySelectorAll("[data-isian]")];

  const patch = (fresh) => {
    const parts = new Map([...place.querySelectorAll("[data-bagian]")].map((part) => [part.dataset.bagian, part]));
    const wanted = [...fresh.querySelectorAll("[data-bagian]")];
    const kept = new Set(wanted.map((part) => part.dataset.bagian));
    parts.forEach((part, id) => kept.has(id) || part.remove());
    let before = place.querySelector("[name=ditampilkan]");
    before.value = fresh.querySelector("[name=ditampilkan]").value;
    wanted.forEach((part) => {
      const here = parts.get(part.dataset.bagian);
      if (!here) before.after(part);
      else patchLines(here, part);
      before = here || part;
    });
  };
  const patchLines = (here, part) => {
    const old = new Map(lines(here).map((line) => [line.dataset.isian, line]));
    const names = new Set(lines(part).map((line) => line.dataset.isian));
    old.forEach((line, name) => names.has(name) || line.remove());
    let before = null;
    lines(part).forEach((line) => {
      const present = old.get(line.dataset.isian);
      let now = present;
      if (!present) {
        now = line;
        if (before) before.after(line);
        else here.querySelector("h3").after(line);
      } else if (signature(present) !== signature(line) && !present.contains(document.activeElement?.closest("textarea, [type=text]"))) {
        present.replaceWith(line);
        now = line;
      }
      before = now;
    });
  };

  const typed = () => {
    const data = new FormData(form);
    [...data.entries()].forEach(([name, value]) => value instanceof File && data.delete(name));
    return data;
  };

  // Kept a moment after the last sign, so that a closed tab loses nothing.
  const said = form.querySelector("[data-kabar-simpan]");
  let waiting = 0;
  let sending = false;
  const keep = async () => {
    try {
      waiting = 0;
      const answer = await fetch(form.dataset.simpan, { method: "POST", body: typed(), keepalive: true });
      said.textContent = answer.ok ? await answer.text() : "Belum tersimpan.";
    } catch {
      said.textContent = "Belum tersimpan: sambungan terputus.";
    }
  };
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    clearTimeout(waiting);
    waiting = setTimeout(keep, 1500);
  });
  form.addEventListener("submit", () => {
    sending = true;
    clearTimeout(waiting);
  });
  window.addEventListener("pagehide", () => {
    if (waiting && !sending) keep();
  });

  form.addEventListener("change", async (event) => {
    if (event.target.type === "file") return;
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(form.dataset.perbarui, { method: "POST", body: typed(), signal: running.signal });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (fresh.querySelector("[name=ditampilkan]")) patch(fresh);
    } catch {
      // No network: the server asks for what is missing when the form is sent.
    }
  });
})();
