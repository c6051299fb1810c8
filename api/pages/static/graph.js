// Zoom, pan and a PNG of the picture of a neighbourhood.  Without this script the picture is the same: it
// scrolls, and can be taken along as SVG.
"use strict";
const frame = document.getElementById("graph");
const tools = document.getElementById("graph-tools");
if (frame && tools) {
  const svg = frame.querySelector("svg");
  const width = Number(svg.getAttribute("width")), height = Number(svg.getAttribute("height"));
  let scale = 1;
  const zoom = (next) => {
    const across = (frame.scrollLeft + frame.clientWidth / 2) / scale;
    const down = (frame.scrollTop + frame.clientHeight / 2) / scale;
    scale = Math.min(4, Math.max(0.05, next));
    svg.setAttribute("width", width * scale);
    svg.setAttribute("height", height * scale);
    frame.scrollLeft = across * scale - frame.clientWidth / 2;
    frame.scrollTop = down * scale - frame.clientHeight / 2;
  };
  const whole = () => zoom(Math.min(1, (frame.clientWidth - 4) / width, (frame.clientHeight - 4) / height));
  const middle = () => {
    const dot = document.querySelector("#middle .dot").getBoundingClientRect();
    const seen = frame.getBoundingClientRect();
    frame.scrollLeft += dot.x + dot.width / 2 - seen.x - frame.clientWidth / 2;
    frame.scrollTop += dot.y + dot.height / 2 - seen.y - frame.clientHeight / 2;
  };
  tools.hidden = false;
  middle();
  for (const button of tools.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      const by = button.dataset.zoom;
      if (by === "fit") whole();
      else if (by === "1") { zoom(1); middle(); }
      else zoom(scale * Number(by));
    });
  }
  frame.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "=") zoom(scale * 1.25);
    else if (event.key === "-") zoom(scale * 0.8);
    else if (event.key === "0") whole();
    else return;
    event.preventDefault();
  });
  let from = null;
  frame.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button === 0 && !event.target.closest("a")) {
      from = { x: event.clientX + frame.scrollLeft, y: event.clientY + frame.scrollTop };
      frame.setPointerCapture(event.pointerId);
    }
  });
  frame.addEventListener("pointermove", (event) => {
    if (from) { frame.scrollLeft = from.x - event.clientX; frame.scrollTop = from.y - event.clientY; }
  });
  frame.addEventListener("pointerup", () => { from = null; });
  const png = tools.querySelector("[data-png]");
  png.addEventListener("click", () => {
    const image = new Image();
    image.addEventListener("load", () => {
      // a canvas has a greatest size: a large picture is made smaller, not cut
      const by = Math.min(2, 8000 / image.naturalWidth, 8000 / image.naturalHeight);
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.naturalWidth * by);
      canvas.height = Math.round(image.naturalHeight * by);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((made) => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(made);
        link.download = "graph.png";
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      }, "image/png");
    });
    image.src = png.dataset.png;
  });
}
