// What a search would find, while it is typed: the same question as the button asks, sooner.
// Without this script the button does it.  What is being composed in an input method is not asked.
// A form that looks for something else than a party is sent elsewhere, and left alone.
"use strict";
const SOON_MS = 250, LEAST = 2, MOST = 8;
for (const form of document.querySelectorAll('form[role=search][action="/"]')) {
  const field = form.querySelector("input[name=text]");
  const list = document.createElement("ul");
  list.id = `${field.id}-found`;
  list.className = "found";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.said);
  list.hidden = true;
  field.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) field.setAttribute(name, value);
  let soon, asking, at = -1;

  const close = () => {
    clearTimeout(soon);
    if (asking) asking.abort();
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const choose = (next) => {
    const items = [...list.children];
    at = (next + items.length) % items.length;
    items.forEach((item, place) => item.setAttribute("aria-selected", place === at));
    field.setAttribute("aria-activedescendant", items[at].id);
    items[at].scrollIntoView({block: "nearest"});
  };
  const show = (rows) => {
    list.replaceChildren(...rows.slice(0, MOST).map((row, place) => {
      const item = document.createElement("li"), link = document.createElement("a");
      const told = [...row.cells].map((cell) => cell.textContent.trim());
      link.href = row.querySelector("a").getAttribute("href");
      link.tabIndex = -1;
      link.textContent = told[0];
      item.id = `${list.id}-${place}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const where = told.slice(1, 5).filter((word) => word && word !== "—").join(" ");
      item.append(link, Object.assign(document.createElement("span"), {textContent: where}));
      return item;
    }));
    list.hidden = rows.length === 0;
    at = -1;
    field.setAttribute("aria-expanded", String(!list.hidden));
    field.removeAttribute("aria-activedescendant");
  };
  const ask = async () => {
    asking = new AbortController();
    try {
      const answer = await fetch("/", {method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error", signal: asking.signal});
      if (!answer.ok) return close();
      const told = new DOMParser().parseFromString(await answer.text(), "text/html");
      show([...told.querySelectorAll("#results tbody tr")]);
    } catch {
      close();
    }
  };
  field.addEventListener("input", (event) => {
    close();
    if (!event.isComposing && field.value.trim().length >= LEAST) soon = setTimeout(ask, SOON_MS);
  });
  field.addEventListener("compositionend", () => field.dispatchEvent(new InputEvent("input")));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return close();
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      list.children[at].querySelector("a").click();
    }
  });
  form.addEventListener("submit", close);
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
  // a click on the list does not take the focus away before it is heard
  list.addEventListener("mousedown", (event) => event.preventDefault());
}
