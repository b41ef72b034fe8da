// Statistics of a text: counts, average word length, reading time and the most frequent words.

const WORDS_PER_MINUTE = 230;

function wordsOf(text) {
  return text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
}

function mostFrequent(words, limit) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .map(([word, count]) => ({ word, count }))
    .sort((one, other) => other.count - one.count || one.word.localeCompare(other.word))
    .slice(0, limit);
}

function main({ text, topWords = 5, ignoreCase = true }) {
  const words = wordsOf(ignoreCase ? text.toLowerCase() : text);
  const letters = words.reduce((sum, word) => sum + [...word].length, 0);
  if (words.length === 0) console.warn("The text has no words");
  else console.log(`Counted ${words.length} words`);

  return {
    characters: [...text].length,
    words: words.length,
    lines: text === "" ? 0 : text.split(/\r\n|\r|\n/).length,
    sentences: text.split(/[.!?…]+(?:\s|$)/).filter((sentence) => sentence.trim()).length,
    averageWordLength: words.length ? Number((letters / words.length).toFixed(2)) : 0,
    readingTimeSeconds: Math.ceil((words.length / WORDS_PER_MINUTE) * 60),
    topWords: mostFrequent(words, topWords),
  };
}
