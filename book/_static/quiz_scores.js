// Quiz scores: the first answer to each quiz is remembered, and counted at the chapter's end.
(() => {
  if (!window.reader) return;
  const { make, chapter } = reader;

  // Of a chapter, or of the book: "2 of 3 quizzes right at first try", or nothing before the first answer.
  reader.score = (chapter) => {
    const quizzes = chapter ? `quiz/${chapter}/` : "quiz/";
    const answers = Object.entries(reader.all()).filter(([name]) => name.startsWith(quizzes));
    const right = answers.filter(([, answer]) => answer.endsWith("right")).length;
    return answers.length ? `${right} of ${answers.length} quizzes right at first try` : "";
  };

  const score = make("p", {});
  const show = () => {
    const open = document.querySelectorAll("fieldset.quiz:not([data-first])").length;
    const text = reader.score(chapter);
    score.textContent = text && (open ? `${text}, ${open} not answered yet.` : `${text}.`);
  };

  document.querySelectorAll("fieldset.quiz").forEach((quiz) => {
    const name = `quiz/${chapter}/${quiz.dataset.check}`;
    const first = reader.get(name);
    if (first) {
      quiz.dataset.first = first;
      quiz.append(make("p", { className: "quiz-first" }, `Your first answer was ${first}.`));
    }
    quiz.addEventListener("change", ({ target }) => {
      if (quiz.dataset.first) return;
      quiz.dataset.first = `${target.value}, ${target.closest(".quiz-right") ? "right" : "wrong"}`;
      reader.set(name, quiz.dataset.first);
      show();
    });
  });
  document.querySelector(".chapter-end")?.append(score);
  reader.onShow(show);
})();
