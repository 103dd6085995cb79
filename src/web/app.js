// Takes the sheet from the server whenever it changes. What it gets is escaped already.
"use strict";
const sheet = document.getElementById("sheet");
const status = document.getElementById("status");
const filter = document.getElementById("filter");

// Rows and details that do not hold the words are hidden.
function sift() {
  const words = filter.value.toLowerCase();
  for (const part of sheet.querySelectorAll("tbody tr, details")) {
    part.hidden = !part.textContent.toLowerCase().includes(words);
  }
}

// What was opened stays open, and the keyboard stays where it was.
function show(html) {
  const open = new Set([...sheet.querySelectorAll("details[open]")].map((one) => one.id));
  const held = document.activeElement?.closest?.("details")?.id;
  sheet.innerHTML = html;
  for (const one of sheet.querySelectorAll("details")) one.open = open.has(one.id);
  if (held) document.getElementById(held)?.querySelector("summary")?.focus();
  sift();
}

filter.addEventListener("input", sift);
const events = new EventSource("/events?lang=" + document.documentElement.lang);
events.addEventListener("sheet", (event) => {
  show(event.data);
  status.textContent = "";
});
// The browser tries again by itself; a refusal ends its patience, not ours.
events.addEventListener("error", () => {
  status.textContent = status.dataset.lost;
  if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
});
