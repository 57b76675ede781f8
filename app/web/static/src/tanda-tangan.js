// Signing many: one letter a request, so that the page can count along. Without this file one request signs them all.
(() => {
  "use strict";
  // What is copied for SIAK is what will be marked as signed there.
  const numbers = document.getElementById("nomor-siak");
  if (numbers) {
    const seen = [...document.querySelectorAll('input[name="pilih"]:enabled[data-nomor]')];
    const list = () => {
      const chosen = seen.filter((one) => one.checked);
      numbers.value = (chosen.length ? chosen : seen).map((one) => `${one.dataset.nomor}\n`).join("");
    };
    document.addEventListener("change", list);
    list();
  }
  const SIGNS = ["tandatangani", "lanjut", "ulangi"];

  document.querySelectorAll("form[data-tanda-tangan]").forEach((form) => {
    const place = form.querySelector("[data-kemajuan]");
    if (!place) return;
    const bar = place.querySelector("progress");
    const words = place.querySelector("[data-kemajuan-kata]");
    const more = place.querySelector("[data-kemajuan-lanjut]");
    const phrase = form.querySelector('input[name="frasa"]');
    const token = form.querySelector('input[name="csrf_token"]').value;
    let known = null;
    let running = false;

    const tell = (state) => {
      bar.max = state.jumlah;
      bar.value = state.selesai;
      words.textContent = `${state.selesai} dari ${state.jumlah}${state.gagal ? `, ${state.gagal} gagal` : ""}`;
    };
    const halted = (text, mayGoOn) => {
      running = false;
      words.textContent = text;
      more.hidden = !mayGoOn;
      form.querySelectorAll("button[name=aksi]").forEach((button) => { button.disabled = mayGoOn; });
      (mayGoOn ? more : phrase).focus();
    };
    const ask = async (address, body) => {
      const answer = await fetch(address, { method: "POST", body, redirect: "error" });
      if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) throw new Error("other answer");
      return answer.json();
    };
    const goOn = async (address, body) => {
      running = true;
      more.hidden = true;
      try {
        let state = await ask(address, body);
        let last = "";
        while (true) {
          const now = `${state.selesai} ${state.gagal} ${state.sisa}`;
          tell(state);
          known = state;
          if (state.berhenti) return halted(state.berhenti, false);
          if (!state.sisa) break;
          if (now === last) throw new Error("nothing moved");
          last = now;
          state = await ask(state.alamat, later());
        }
        phrase.value = "";
        location.assign(known.alamat);
      } catch {
        const done = known ? known.selesai : 0;
        const left = known ? ` ${done} sudah sah, ${known.sisa} belum;` : "";
        halted(`Terhenti di ${done}.${left} tidak ada yang ditandatangani dua kali.`, true);
      }
    };
    const later = () => {
      const body = new FormData();
      body.set("csrf_token", token);
      body.set("frasa", phrase.value);
      body.set("aksi", "lanjut");
      body.set("bertahap", "1");
      return body;
    };

    let first = null;
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (!button || !SIGNS.includes(button.value) || !phrase.value) return;
      if (button.value === "tandatangani" && !form.querySelector('input[name="pilih"]:checked')) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (running) return;
      first = new FormData(form);
      first.set("aksi", button.value);
      first.set("bertahap", "1");
      known = null;
      place.hidden = false;
      words.textContent = "Menandatangani…";
      goOn(form.action, first);
    });
    more.addEventListener("click", () => (known ? goOn(known.alamat, later()) : goOn(form.action, first)));
  });
})();
