"use strict";

// What forms can do besides: everything works without it.

// How many characters there are, as the server counts them: code points.
for (const field of document.querySelectorAll("[data-count]")) {
  const count = document.createElement("p");
  count.className = "hint count-line";
  const show = () => {
    const length = Array.from(field.value.replaceAll("\r\n", "\n")).length;
    const unit = length === 1 ? "character" : "characters";
    count.textContent = field.maxLength > 0 ? `${length} of ${field.maxLength} ${unit}` : `${length} ${unit}`;
  };
  field.after(count);
  field.addEventListener("input", show);
  show();
}

// The picture that was chosen, drawn over the one that is there: its middle, as it will be cut.
const chooser = document.querySelector('input[type="file"]');
const portrait = document.querySelector(".picture .portrait");
if (chooser && portrait) {
  let preview = null;
  chooser.addEventListener("change", async () => {
    preview?.replaceWith(portrait);
    preview = null;
    const file = chooser.files[0];
    const bitmap = file && (await createImageBitmap(file).catch(() => null));
    if (!bitmap || chooser.files[0] !== file) return;
    const side = Math.min(bitmap.width, bitmap.height);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 300;
    canvas.className = "portrait";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "The picture that you have chosen");
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, 300, 300);
    paper.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, 300, 300);
    bitmap.close();
    portrait.replaceWith(canvas);
    preview = canvas;
  });
}

// Whoever leaves with words that were not sent is asked first.
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  let sending = false;
  const fields = Array.from(form.querySelectorAll("input, textarea"));
  const changed = () => fields.some((field) => field.value !== field.defaultValue);
  const refused = document.querySelector(".faults") !== null;
  form.addEventListener("submit", () => {
    sending = true;
  });
  addEventListener("pageshow", () => {
    sending = false;
  });
  addEventListener("beforeunload", (event) => {
    if (!sending && (refused || changed())) event.preventDefault();
  });
}
