// A page that waits for what is being done asks by itself and shows how far it is, then what came of it;
// nothing is loaded anew under whoever reads.  Without this script the browser loads the page every time.
"use strict";
const waits = document.querySelector("[data-again]");
// what grows while one waits: the notice itself, the numbers of a desk
const parts = (page) => [...page.querySelectorAll("[data-again], .work")];
const grow = (page) => {
  const next = parts(page);
  parts(document).forEach((old, place) => {
    const same = !next[place] || old.innerHTML === next[place].innerHTML;
    if (!same && !old.contains(document.activeElement)) old.replaceChildren(...next[place].childNodes);
  });
};
const arrive = (page) => {
  const old = document.getElementById("main"), next = page.getElementById("main");
  const at = document.activeElement, led = at === document.body || old.contains(at);
  document.title = page.title;
  old.replaceWith(next);
  if (led) {
    // where one was, or at the beginning of what came
    const link = [...next.querySelectorAll("a[href]")].find((each) => each.href === at.href);
    if (!link) next.tabIndex = -1;
    (link ?? next).focus({preventScroll: true});
  }
  for (const each of page.head.querySelectorAll("script[src]")) {
    if ([...document.scripts].some((here) => here.src === each.src)) continue;
    const script = document.createElement("script");
    script.src = each.src;
    document.head.append(script);
  }
  for (const each of page.head.querySelectorAll("link[rel=stylesheet]")) {
    if (![...document.styleSheets].some((here) => here.href === each.href)) document.head.append(each);
  }
};
const later = () => setTimeout(ask, 1000 * Number(waits.dataset.seconds));
const ask = async () => {
  const answer = await fetch(waits.dataset.again).catch(() => null);
  if (!answer) return later(); // the service does not answer: it may do so again
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.redirected || !page.getElementById("main")) return location.replace(answer.url);
  if (!page.querySelector("[data-again]")) return arrive(page);
  grow(page);
  return later();
};
later();
