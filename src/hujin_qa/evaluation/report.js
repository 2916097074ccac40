"use strict";
const cause = document.getElementById("cause");
const find = document.getElementById("find");
const questions = [...document.querySelectorAll("#questions details")];

function filter() {
  const words = find.value.trim().toLowerCase();
  let shown = 0;
  for (const question of questions) {
    const its = question.dataset.cause;
    const wanted = cause.value === "" || (cause.value === "wrong" ? its !== "right" : its === cause.value);
    question.hidden = !(wanted && question.textContent.toLowerCase().includes(words));
    shown += question.hidden ? 0 : 1;
  }
  document.getElementById("shown").textContent = `${shown} 题`;
}

for (const time of document.querySelectorAll("time")) {
  time.textContent = new Date(time.dateTime).toLocaleString("sv").slice(0, 16); // Swedish dates are ISO's
}
cause.addEventListener("change", filter);
find.addEventListener("input", filter);
filter();
