// Sends chosen photos at once and shows how far; without this script the button "Unggah" does the same.
(() => {
  const LIMIT = 10 * 1024 * 1024;
  const LONGEST_SIDE = 2400;
  // A photo beyond the server's limit is made smaller here, upright as it was taken; what this browser cannot read goes
  // as it is, and the server says why it takes it not.
  const within = async (file) => {
    if (file.size <= LIMIT || !file.type.startsWith("image/")) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const part = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * part);
      canvas.height = Math.round(picture.height * part);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const smaller = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
      return smaller ? new File([smaller], "foto.jpg", { type: smaller.type }) : file;
    } catch {
      return file;
    }
  };
  const send = async (box, input) => {
    const form = input.form;
    const name = box.dataset.unggah;
    const status = box.querySelector(".unggah-kemajuan");
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", "Kemajuan mengunggah");
    const words = document.createElement("span");
    status.replaceChildren(words, bar);
    words.textContent = "Menyiapkan foto…";
    const files = await Promise.all([...input.files].map(within));
    const data = new FormData(form);
    data.delete(input.name);
    files.forEach((file) => data.append(input.name, file));
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
