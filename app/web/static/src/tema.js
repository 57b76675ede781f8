// Without a choice of one's own, the page follows the device. Runs before the first paint.
(() => {
  const page = document.documentElement;
  if (page.hasAttribute("data-bs-theme")) return;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => page.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  follow();
  dark.addEventListener("change", follow);
})();
