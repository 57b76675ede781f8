// Deciding by keyboard: 1 to 5 judge the paper on view and lead to the next, V ticks what was compared, and the buttons
// of the decision light up once nothing stands in their way. The server holds the same rules, without this file too.
(() => {
  "use strict";
  const form = document.querySelector(".formulir-tugas");
  const viewer = document.querySelector(".berkas-penampil");
  if (!form) return;
  const places = () => [...form.querySelectorAll("[data-penilaian]")];
  const verdict = (place) => place.querySelector("input[type=radio]:checked");
  const sheetsOf = (code) => [...viewer.querySelectorAll(".lembar:not(.lembar-lama)")].filter((sheet) => sheet.dataset.dokumen === code);
  const show = (sheet) => viewer.dispatchEvent(new CustomEvent("berkas:tampilkan", { detail: sheet.id }));
  const said = form.querySelector("[data-kabar-putusan]");

  // --- What stands in the way of each button ---
  const unticked = () => [...form.querySelectorAll("[data-centang-semua] input[type=checkbox], [data-pernyataan] input[type=checkbox]")].filter((box) => !box.checked);
  const words = (text) => (text || "").split(" ").filter(Boolean);
  const groups = (field) => places().filter((place) => place.querySelector("input[type=radio]")?.name.startsWith(`${field}.`));
  const boxes = (field) => [...form.querySelectorAll(`input[type=checkbox][name="${CSS.escape(field)}"]`)];
  const reasons = (button) => {
    const found = [];
    words(button.dataset.sesuai).forEach((field) => {
      const left = groups(field).filter((place) => verdict(place)?.value !== "sesuai").length;
      if (left) found.push(`${left} berkas belum Sesuai`);
    });
    words(button.dataset.kurang).forEach((field) => {
      if (groups(field).length && !groups(field).some((place) => verdict(place) && verdict(place).value !== "sesuai")) found.push("belum ada berkas yang kurang");
    });
    words(button.dataset.centang).forEach((field) => {
      const left = boxes(field).filter((box) => !box.checked).length;
      if (left) found.push(`${left} belum dicentang`);
    });
    const sheets = words(button.dataset.tampil).map((id) => document.getElementById(`lembar-${id}`)).filter(Boolean);
    const unseen = sheets.find((sheet) => !("terbuka" in sheet.dataset));
    if (unseen) found.push(`${unseen.dataset.nama} belum dibuka${unseen.dataset.halaman ? " semua halamannya (H)" : ""}`);
    return found;
  };
  const update = () => {
    const buttons = [...form.querySelectorAll(".tombol-putusan")];
    const free = buttons.filter((button) => {
      button.disabled = reasons(button).length > 0;
      return !button.disabled;
    });
    const main = buttons.find((button) => button.hasAttribute("data-dipilih") && !button.disabled)
      || free.find((button) => button.dataset.sesuai || button.dataset.kurang || button.dataset.centang);
    buttons.forEach((button) => button.classList.toggle("btn-primary", button === main));
    const first = buttons[0];
    if (said && first) said.textContent = first.disabled ? `${first.querySelector("span").firstChild.textContent.trim()} menunggu: ${reasons(first).join(", ")}.` : "";
    viewer?.querySelectorAll(".berkas-daftar a").forEach((link) => {
      const place = places().find((one) => one.dataset.penilaian === link.dataset.dokumen);
      const chosen = place && verdict(place);
      const word = link.querySelector("[data-nilai]");
      word.textContent = chosen ? chosen.closest("label").textContent.trim() : "";
      word.classList.toggle("berkas-nilai-kurang", Boolean(chosen && chosen.value !== "sesuai"));
    });
  };
  form.addEventListener("change", update);
  new MutationObserver(update).observe(form.querySelector(".isian-tugas"), { childList: true, subtree: true });

  if (viewer) new MutationObserver(update).observe(viewer, { subtree: true, attributeFilter: ["data-terbuka"] });

  // --- 1 to 5 ---
  const next = (code) => {
    const order = [...viewer.querySelectorAll(".lembar:not(.lembar-lama)")];
    const at = order.findIndex((sheet) => sheet.classList.contains("lembar-kini"));
    const turn = [...order.slice(at + 1), ...order.slice(0, at)];
    const waits = (sheet) => {
      const place = sheet.dataset.dokumen && places().find((one) => one.dataset.penilaian === sheet.dataset.dokumen);
      return place && !verdict(place) && sheet.dataset.dokumen !== code;
    };
    const sheet = turn.find(waits);
    if (sheet) show(sheet);
    else unticked()[0]?.scrollIntoView({ block: "center" });
  };
  const judge = (number) => {
    const current = viewer?.querySelector(".lembar-kini");
    const code = current?.dataset.dokumen;
    const place = code && places().find((one) => one.dataset.penilaian === code);
    const choice = place && place.querySelector(`input[type=radio][data-nomor="${number}"]`);
    if (!choice) return;
    const unseen = choice.value === "sesuai" && sheetsOf(code).find((sheet) => !("terbuka" in sheet.dataset));
    if (unseen) {
      const rest = window.alur.halaman.left(unseen).length;
      show(unseen);
      window.alur.halaman.next(unseen);
      if (said) said.textContent = rest > 1 ? `Lihat dulu ${unseen.dataset.nama}: ${rest} halaman belum dibuka (H).` : `Lihat dulu ${unseen.dataset.nama}, lembar ini juga.`;
      return;
    }
    choice.checked = true;
    const note = place.querySelector("input[type=text], input:not([type])");
    const standard = [...place.querySelectorAll("input[type=radio]")].map((one) => one.dataset.catatan);
    if (note && (!note.value || standard.includes(note.value))) note.value = choice.dataset.catatan || "";
    choice.dispatchEvent(new Event("input", { bubbles: true }));
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    place.scrollIntoView({ block: "nearest" });
    if (choice.value !== "sesuai" && note && !note.value) note.focus();
    else next(code);
  };
  form.addEventListener("change", (event) => {
    const choice = event.target.closest("[data-penilaian] input[type=radio]");
    const note = choice?.closest("[data-penilaian]").querySelector("input[type=text], input:not([type])");
    if (note && !note.value) note.value = choice.dataset.catatan || "";
  });

  // --- V ---
  // Nobody attests what they cannot see: the box comes into the middle of the window, and is marked.
  const tick = () => {
    const left = unticked()[0];
    if (!left) return;
    form.querySelectorAll(".centang-kini").forEach((one) => one.classList.remove("centang-kini"));
    left.closest("label")?.classList.add("centang-kini");
    left.checked = true;
    left.dispatchEvent(new Event("input", { bubbles: true }));
    left.dispatchEvent(new Event("change", { bubbles: true }));
    left.scrollIntoView({ block: "center" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.repeat || !window.alur.isKey(event)) return;
    const isVerdict = /^[1-5]$/.test(event.key);
    if (!isVerdict && event.key.toLowerCase() !== "v") return;
    event.preventDefault();
    if (isVerdict) judge(Number(event.key));
    else tick();
  });
  update();
  // What an answer brought into view is what there is to look at; the keys keep working meanwhile.
  document.querySelector("[data-fokus]")?.focus({ preventScroll: true });
  document.querySelector("[data-fokus]")?.scrollIntoView({ block: "start" });
})();
