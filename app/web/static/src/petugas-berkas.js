// The papers of a task: one sheet at a time, larger, smaller, turned, the old one beside the new.
(() => {
  "use strict";
  const viewer = document.querySelector(".berkas-penampil");
  const sheets = viewer ? [...viewer.querySelectorAll(".lembar")] : [];
  if (!sheets.length) return;
  const links = [...viewer.querySelectorAll(".berkas-daftar a")];
  const place = viewer.querySelector("[data-letak]");
  const compare = viewer.querySelector("[data-lembar=banding]");
  const looks = new Map(); // frame -> {zoom, turn}
  let now = 0;

  const former = () => document.getElementById(sheets[now].dataset.pasangan);
  const visible = () => sheets.filter((sheet) => sheet.matches(".lembar-kini, .lembar-pasangan"));
  const look = (frame) => looks.get(frame) || looks.set(frame, { zoom: 1, turn: 0 }).get(frame);

  // Zoom 1 is as wide as the frame. A quarter turn swaps the sides, so the canvas keeps room for the turned picture.
  const draw = (frame) => frame.querySelectorAll("img").forEach((picture) => drawOne(frame, picture));
  const drawOne = (frame, picture) => {
    if (!picture.naturalWidth || !frame.clientWidth) return;
    const { zoom, turn } = look(frame);
    const ratio = picture.naturalHeight / picture.naturalWidth;
    const isSideways = turn % 2 === 1;
    const across = (frame.clientWidth - 2) * zoom;
    const width = isSideways ? across / ratio : across;
    const canvas = picture.parentElement;
    canvas.style.width = `${across}px`;
    canvas.style.height = `${isSideways ? width : width * ratio}px`;
    picture.style.width = `${width}px`;
    picture.style.transform = `translate(-50%, -50%) rotate(${turn * 90}deg)`;
  };
  const fit = (frame) => {
    const picture = frame.querySelector("img");
    if (!picture || !picture.naturalWidth) return;
    const ratio = picture.naturalHeight / picture.naturalWidth;
    const height = look(frame).turn % 2 === 1 ? 1 / ratio : ratio;
    const room = parseFloat(getComputedStyle(frame).maxHeight) || window.innerHeight * 0.8;
    look(frame).zoom = Math.min(1, room / ((frame.clientWidth - 2) * height));
  };
  const change = (how) => visible().forEach((sheet) => {
    const frame = sheet.querySelector(".lembar-bingkai");
    if (!frame) return;
    how(frame);
    draw(frame);
  });

  // A file is asked for when its sheet is shown: the server writes down what an officer has had on the screen. Of a PDF
  // that is its first page; the others follow as they come into view (halaman-pdf.js).
  const load = (sheet) => {
    const first = sheet.querySelector("[data-alamat]");
    if (first) window.alur.halaman.ask(first);
  };
  const more = viewer.querySelector(".berkas-alat [data-halaman-lanjut]");
  const offerMore = () => { more.hidden = !sheets[now].dataset.halaman || !window.alur.halaman.left(sheets[now]).length; };
  more.addEventListener("click", () => window.alur.halaman.next(sheets[now]));
  viewer.addEventListener("halaman:dibuka", (event) => {
    if (!window.alur.halaman.left(event.target).length) event.target.dataset.terbuka = "";
    offerMore();
  });
  const show = (index) => {
    now = (index + sheets.length) % sheets.length;
    const beside = compare && compare.getAttribute("aria-pressed") === "true" ? former() : null;
    viewer.classList.toggle("berdampingan", Boolean(beside));
    sheets.forEach((sheet, i) => {
      sheet.classList.toggle("lembar-kini", i === now);
      sheet.classList.toggle("lembar-pasangan", sheet === beside);
    });
    visible().forEach(load);
    offerMore();
    links.forEach((link) => {
      if (link.dataset.kelompok === sheets[now].dataset.kelompok) {
        link.setAttribute("aria-current", "true");
        const list = link.closest("ul");
        list.scrollLeft += link.getBoundingClientRect().left - list.getBoundingClientRect().left - 24;
      } else link.removeAttribute("aria-current");
    });
    document.querySelectorAll("[data-penilaian]").forEach((one) => {
      one.classList.toggle("penilaian-kini", one.dataset.penilaian === sheets[now].dataset.dokumen);
    });
    place.querySelector("b").textContent = `${now + 1} / ${sheets.length}`;
    place.querySelector("span").textContent = sheets[now].dataset.nama;
    change(() => {});
  };

  const step = (by) => {
    // What was replaced is seen beside what replaced it; on its own only while the two are not compared.
    const skips = (sheet) => sheet.classList.contains("lembar-lama") && compare?.getAttribute("aria-pressed") === "true";
    let next = now;
    do next = (next + by + sheets.length) % sheets.length; while (next !== now && skips(sheets[next]));
    show(next);
  };
  const acts = {
    perbesar: () => change((frame) => { look(frame).zoom = Math.min(look(frame).zoom * 1.4, 6); }),
    perkecil: () => change((frame) => { look(frame).zoom = Math.max(look(frame).zoom / 1.4, 0.25); }),
    paskan: () => change(fit),
    putar: () => change((frame) => { look(frame).turn = (look(frame).turn + 1) % 4; }),
    lanjut: () => step(1),
    mundur: () => step(-1),
    banding: () => {
      if (!compare) return;
      compare.setAttribute("aria-pressed", String(compare.getAttribute("aria-pressed") !== "true"));
      show(now);
    },
  };
  viewer.addEventListener("click", (event) => {
    const button = event.target.closest("[data-lembar]");
    if (button) acts[button.dataset.lembar]();
    const link = event.target.closest(".berkas-daftar a");
    if (!link) return;
    event.preventDefault();
    show(sheets.findIndex((sheet) => `#${sheet.id}` === link.hash));
  });
  // Other scripts ask for a sheet by its id.
  viewer.addEventListener("berkas:tampilkan", (event) => show(sheets.findIndex((sheet) => sheet.id === event.detail)));

  const keys = { "+": "perbesar", "=": "perbesar", "-": "perkecil", 0: "paskan", r: "putar", b: "banding", ArrowRight: "lanjut", ArrowLeft: "mundur" };
  document.addEventListener("keydown", (event) => {
    const onRadio = event.target.matches("input[type=radio]") && event.key.startsWith("Arrow");
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (onRadio || !keys[key] || !window.alur.isKey(event)) return;
    event.preventDefault();
    acts[keys[key]]();
  });

  // A picture larger than its frame is drawn along with the pointer.
  viewer.querySelectorAll(".lembar-bingkai").forEach((frame) => {
    let from = null;
    frame.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0 || !event.target.closest(".lembar-kanvas")) return;
      from = { x: event.clientX + frame.scrollLeft, y: event.clientY + frame.scrollTop };
      frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener("pointermove", (event) => { if (from) frame.scrollTo(from.x - event.clientX, from.y - event.clientY); });
    ["pointerup", "pointercancel"].forEach((name) => frame.addEventListener(name, () => { from = null; }));
    frame.querySelectorAll("img").forEach((picture) => {
      picture.addEventListener("load", () => {
        if (!picture.dataset.berkas) frame.closest(".lembar").dataset.terbuka = "";
        drawOne(frame, picture);
      });
    });
  });
  window.addEventListener("resize", () => change(() => {}));
  document.addEventListener("click", (event) => {
    const link = event.target.closest('.kotak-galat a[href^="#lembar-"]');
    const asked = link ? sheets.findIndex((sheet) => `#${sheet.id}` === link.hash) : -1;
    if (asked >= 0) show(asked);
  });
  // What the decision rests on comes first; where papers are judged after a return, what was sent anew.
  const first = sheets.findIndex((sheet) => "utama" in sheet.dataset);
  const fresh = "baruDulu" in viewer.dataset ? sheets.findIndex((sheet) => sheet.dataset.pasangan) : -1;
  show(Math.max(first >= 0 ? first : fresh, 0));
})();
