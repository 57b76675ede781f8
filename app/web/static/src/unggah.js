// Sends chosen photos at once and shows how far; without this script the button "Unggah" does the same.
(() => {
  const send = (box, input) => {
    const form = input.form;
    const name = box.dataset.unggah;
    const status = box.querySelector(".unggah-kemajuan");
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", "Kemajuan mengunggah");
    const words = document.createElement("span");
    status.replaceChildren(words, bar);
    const data = new FormData(form);
    data.append("aksi", `unggah:${name}`);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (event) => {
      const part = event.lengthComputable ? Math.round((100 * event.loaded) / event.total) : 0;
      bar.value = part;
      words.textContent = part < 100 ? `Mengunggah ${part}%` : "Memeriksa berkas…";
    });
    request.addEventListener("load", () => {
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const fresh = page.getElementById("isi");
      if (!fresh) return form.submit();
      document.getElementById("isi").replaceWith(document.adoptNode(fresh));
      window.htmx?.process(document.getElementById("isi"));
      const place = document.querySelector("#kotak-galat") || document.querySelector(`[data-unggah="${CSS.escape(name)}"] input`);
      place?.focus();
    });
    request.addEventListener("error", () => {
      status.textContent = "Terputus. Foto belum terkirim; tekan Unggah untuk mengulang.";
    });
    request.send(data);
  };
  // At the document, since forms come and go: this script and htmx both put fresh ones in the old one's place.
  document.addEventListener("change", (event) => {
    const input = event.target;
    const box = input.matches?.("input[type=file]") && input.closest("[data-unggah]");
    if (box && input.files.length) send(box, input);
  });
})();
