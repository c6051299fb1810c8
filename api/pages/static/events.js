// The page says that something happened since it was loaded; what, it says when it is loaded again.
// Without this script the page is the same and says nothing by itself.
"use strict";
const notice = document.getElementById("live");
if (notice && window.EventSource) {
  const stream = new EventSource("/v1/events/stream?after=" + notice.dataset.after);
  const show = () => { notice.hidden = false; };
  for (const kind of notice.dataset.kinds.split(" ")) stream.addEventListener(kind, show);
  window.addEventListener("pagehide", () => stream.close());
}
