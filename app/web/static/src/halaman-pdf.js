// Pages of a PDF, asked for as they come into view: the server writes down which of them an officer has had on the screen,
// and all of them must have been there before the paper is approved. A figure with data-halaman has that many pages.
(() => {
  "use strict";
  const pages = (figure) => [...figure.querySelectorAll("[data-halaman-ke]")];
  const left = (figure) => pages(figure).filter((page) => !("dibuka" in page.dataset));
  const tell = (figure) => {
    const all = pages(figure).length;
    const rest = left(figure).length;
    const word = figure.querySelector("[data-halaman-kabar]");
    if (word) word.textContent = `${all - rest} dari ${all} halaman sudah dibuka`;
    figure.dispatchEvent(new CustomEvent("halaman:dibuka", { bubbles: true }));
  };
  const ask = (picture) => { if (!picture.hasAttribute("src")) picture.src = picture.dataset.alamat; };
  const next = (figure) => {
    const page = left(figure)[0];
    if (!page) return false;
    page.scrollIntoView({ block: "start" });
    ask(page.querySelector("img"));
    return true;
  };

  // Half of the page, or as much of it as half the window holds: the same for pages that were enlarged.
  const isInView = (entry) => entry.intersectionRatio >= 0.5
    || (entry.rootBounds && entry.intersectionRect.height >= entry.rootBounds.height * 0.4);
  const watch = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (entry.isIntersecting && isInView(entry)) ask(entry.target.querySelector("img"));
  }), { threshold: Array.from({ length: 51 }, (_, number) => number / 50) });
  document.querySelectorAll("[data-halaman-ke]").forEach((page) => {
    const figure = page.closest("figure");
    const picture = page.querySelector("img");
    picture.addEventListener("load", () => {
      page.dataset.dibuka = "";
      page.classList.add("halaman-ada");
      tell(figure);
    });
    // A page that the server cannot draw: the browser's own viewer shows the file, all of it.
    picture.addEventListener("error", () => {
      if (!picture.isConnected) return;
      const viewer = document.createElement("iframe");
      viewer.src = picture.dataset.berkas;
      viewer.title = picture.alt;
      const frame = page.parentElement;
      pages(figure).forEach((one) => one.remove());
      figure.querySelector("[data-halaman-kabar]")?.remove();
      frame.append(viewer);
      tell(figure);
    });
    watch.observe(page);
  });
  document.querySelectorAll("figure [data-halaman-lanjut]").forEach((button) => {
    const figure = button.closest("figure");
    button.addEventListener("click", () => next(figure));
    figure.addEventListener("halaman:dibuka", () => { button.hidden = !left(figure).length; });
  });
  // A button that says "seen" waits until every page, and every picture, was there to be seen.
  document.querySelectorAll("[data-tunggu-halaman]").forEach((button) => {
    const figures = [...document.querySelectorAll(".ttd-lembar")];
    const pictures = figures.flatMap((figure) => [...figure.querySelectorAll("img:not([data-alamat])")]);
    const tellButton = () => {
      button.disabled = figures.some((figure) => left(figure).length) || pictures.some((picture) => !picture.complete);
      const why = button.form?.querySelector("[data-tunggu-kata]");
      if (why) why.hidden = !button.disabled;
    };
    figures.forEach((figure) => figure.addEventListener("halaman:dibuka", tellButton));
    pictures.forEach((picture) => ["load", "error"].forEach((name) => picture.addEventListener(name, tellButton)));
    tellButton();
  });
  window.alur.halaman = { ask, left, next, pages };
})();
