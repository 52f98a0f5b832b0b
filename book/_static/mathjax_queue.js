// Widgets request typesetting through MathJax 2's queue; the pages load MathJax 3, which has none.
// Whatever object MathJax installs, give it a queue that passes requests on to MathJax 3.
(() => {
  const withQueue = (mathjax) => {
    if (mathjax && !mathjax.Hub) {
      mathjax.Hub = { Queue: ([, , element]) => mathjax.typesetPromise?.([element]) };
    }
    return mathjax;
  };
  let current = withQueue(window.MathJax);
  Object.defineProperty(window, "MathJax", {
    configurable: true,
    get: () => current,
    set: (mathjax) => {
      current = withQueue(mathjax);
    },
  });
})();
