// What the book remembers of its reader: strings by name, in this browser only. Where the browser keeps nothing for
// us there is no `reader`, and the scripts that need it do nothing.
(() => {
  const PREFIX = "lasso-book/"; // other sites may share the storage, such as all files on the disk
  try {
    localStorage.setItem(`${PREFIX}test`, "");
    localStorage.removeItem(`${PREFIX}test`);
  } catch {
    return;
  }
  const entries = () => Object.entries(localStorage).filter(([key]) => key.startsWith(PREFIX));
  const chapterOf = (path) => /\/chapters\/([^/]+?)(\.html)?$/.exec(path)?.[1];

  window.reader = {
    chapterOf,
    chapter: chapterOf(location.pathname), // of this page; undefined if it is not a chapter
    get: (name) => localStorage.getItem(PREFIX + name),
    set: (name, value) => localStorage.setItem(PREFIX + name, value),
    forget: (name) => localStorage.removeItem(PREFIX + name),
    all: () => Object.fromEntries(entries().map(([key, value]) => [key.slice(PREFIX.length), value])),
    clear: () => entries().forEach(([key]) => localStorage.removeItem(key)),
    // Now, and when the page comes back from the browser's history.
    onShow: (action) => window.addEventListener("pageshow", action),
    // An element with properties and contents.
    make: (tag, properties, ...contents) => {
      const element = Object.assign(document.createElement(tag), properties);
      element.append(...contents);
      return element;
    },
  };
})();
