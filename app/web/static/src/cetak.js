// Takes many PDFs, one request for each, and shows how far. Without this script the form sends all of them at once.
(() => {
  const form = document.querySelector("[data-unggah-banyak]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const box = form.querySelector(".cetak-jatuhkan");
  const progress = form.querySelector("[data-kemajuan]");
  const bar = progress.querySelector("progress");
  const words = progress.querySelector("[data-kemajuan-kata]");
  const found = document.querySelector("[data-temuan]");
  const list = found.querySelector("ul");
  form.querySelector("[data-petunjuk]").hidden = false;

  const line = (text) => {
    const item = document.createElement("li");
    item.className = "temuan temuan-tidak";
    item.textContent = text;
    list.append(item);
  };

  const sendOne = (file, begun) =>
    new Promise((resolve) => {
      const data = new FormData();
      data.append("csrf_token", form.querySelector("[name=csrf_token]").value);
      data.append("pdf", file);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("HX-Request", "true");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = begun + event.loaded / event.total;
      });
      request.addEventListener("load", () => {
        if (request.status === 200) list.insertAdjacentHTML("beforeend", request.responseText);
        else line(`${file.name}: belum terkirim. Muat ulang halaman, lalu unggah lagi.`);
        resolve();
      });
      request.addEventListener("error", () => {
        line(`${file.name}: terputus. Unggah lagi.`);
        resolve();
      });
      request.send(data);
    });

  let busy = false;
  const sendAll = async (files) => {
    if (busy || files.length === 0) return;
    busy = true;
    found.hidden = false;
    progress.hidden = false;
    bar.max = files.length;
    for (const [number, file] of files.entries()) {
      words.textContent = `Berkas ${number + 1} dari ${files.length}`;
      await sendOne(file, number);
      bar.value = number + 1;
    }
    words.textContent = `Selesai: ${files.length} berkas diperiksa.`;
    found.querySelector("[data-segarkan]").hidden = list.querySelector(".temuan-cocok") === null;
    input.value = "";
    busy = false;
    (found.querySelector("[data-segarkan] a") ?? input).focus();
  };

  form.addEventListener("submit", (event) => {
    if (input.files.length === 0) return;
    event.preventDefault();
    sendAll([...input.files]);
  });
  for (const kind of ["dragenter", "dragover"]) {
    box.addEventListener(kind, (event) => {
      event.preventDefault();
      box.classList.add("cetak-di-atas");
    });
  }
  for (const kind of ["dragleave", "drop"]) box.addEventListener(kind, () => box.classList.remove("cetak-di-atas"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    sendAll([...event.dataTransfer.files]);
  });
})();
