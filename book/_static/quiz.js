// Quizzes: hide every explanation until its option is chosen. Without this script all of them are shown.
document.querySelectorAll("fieldset.quiz").forEach((quiz) => {
  const options = quiz.querySelectorAll(".quiz-option");
  const show = () =>
    options.forEach((option) => {
      const chosen = option.querySelector("input").checked;
      option.classList.toggle("quiz-chosen", chosen);
      option.querySelector(".quiz-why").hidden = !chosen;
    });
  quiz.classList.add("quiz-live");
  quiz.addEventListener("change", show);
  show(); // a reload may restore the choice
});
