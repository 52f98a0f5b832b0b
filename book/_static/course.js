// Adds what the theme and Jupyter's widgets don't tell a screen reader: which question a control
// belongs to, and what has just changed. It also shows when the widgets have been loaded:
// `data-widgets` on the root element is "coming", then "here".
(() => {
  const root = document.documentElement;
  const words = (element) => element?.textContent.trim().replace(/\s+/g, " ") ?? "";

  // The theme's sidebar is not a landmark, and the names of its buttons are not the words on them.
  // Make the words the names, and give the button that has no words some for screen readers.
  const repairFrame = () => {
    const sidebar = document.getElementById("pst-primary-sidebar");
    sidebar?.setAttribute("role", "region");
    sidebar?.setAttribute("aria-label", "Course");
    document.querySelectorAll(".search-button-field, .theme-switch-button").forEach((button) => {
      if (button.matches(".theme-switch-button")) {
        const heard = document.createElement("span");
        heard.className = "tl-heard";
        heard.textContent = button.getAttribute("aria-label");
        button.prepend(heard);
      }
      button.removeAttribute("aria-label");
    });
  };

  // Paper is light, whatever the screen is, even for colours that no print style sheet sets.
  const watchThePrinter = () => {
    let onScreen = root.dataset.theme;
    matchMedia("print").addEventListener("change", ({ matches: toPaper }) => {
      if (toPaper) onScreen = root.dataset.theme;
      root.dataset.theme = toPaper ? "light" : onScreen;
    });
  };

  // A question's choices are one group, and its prompt is the group's name.
  const nameQuiz = (quiz) => {
    const group = quiz.querySelector(".widget-radio-box");
    const prompt = quiz.querySelector(".widget-html-content strong");
    if (!group || !prompt) return;
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", words(prompt));
  };

  // An explorer's buttons are one group, named by its description.
  const nameButtons = (control) => {
    control.setAttribute("role", "group");
    control.setAttribute("aria-label", words(control.querySelector(".widget-label")));
  };

  // What a control shows is put into the box below it. The box must be a live region before that
  // happens; live regions within it would be read out twice.
  const PANELS = ":is(.widget-radio, .widget-toggle-buttons, .widget-dropdown) + .widget-box";
  const enliven = (panel) => {
    panel.setAttribute("aria-live", "polite");
    panel.querySelectorAll("[role=status], div[aria-live]:not(.widget-box)").forEach((inner) => {
      inner.removeAttribute("role");
      inner.removeAttribute("aria-live");
    });
  };

  const nameAll = () => {
    document.querySelectorAll(".transferlab-quiz").forEach(nameQuiz);
    document.querySelectorAll(".widget-toggle-buttons").forEach(nameButtons);
    document.querySelectorAll(PANELS).forEach(enliven);
  };

  const VIEWS = 'script[type="application/vnd.jupyter.widget-view+json"]';
  const hasCome = (view) => view.parentElement.querySelector(".jupyter-widgets");

  const look = () => {
    nameAll();
    if ([...document.querySelectorAll(VIEWS)].every(hasCome)) root.dataset.widgets = "here";
  };

  const start = () => {
    repairFrame();
    watchThePrinter();
    if (!document.querySelector(VIEWS)) return;
    root.dataset.widgets = "coming";
    let waiting = false;
    const lookSoon = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        look();
      });
    };
    const article = document.querySelector("article");
    new MutationObserver(lookSoon).observe(article, { childList: true, subtree: true });
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
